#include "measures.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 4096 /* terms are told apart by so many bits of their first character at once */
#define BITS 64

/* Returns the first place in rising numbers that is not below a value. */
static int64_t lower(const int64_t *numbers, int64_t first, int64_t last, int64_t value)
{
    while (first < last) {
        int64_t middle = first + (last - first) / 2;
        if (numbers[middle] < value)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

/* The terms with the same first character, the lower bits of it, are a chain: heads[c], then next[t]; -1 ends it. */
int64_t find(const uint32_t *text, int64_t length, const uint32_t *codes, const int64_t *firsts, int64_t terms,
             int64_t **places, int64_t *counts)
{
    int32_t *heads = malloc(BLOCK * sizeof *heads), *next = malloc((size_t)(terms + 1) * sizeof *next);
    int64_t room = 256, found = 0, *pairs = malloc((size_t)room * 2 * sizeof *pairs), *sorted = NULL;
    memset(counts, 0, (size_t)terms * sizeof *counts);
    if (heads == NULL || next == NULL || pairs == NULL) {
        found = -1;
        goto end;
    }
    memset(heads, -1, BLOCK * sizeof *heads);
    for (int64_t t = terms - 1; t >= 0; t--) {
        uint32_t first = codes[firsts[t]] % BLOCK;
        next[t] = heads[first];
        heads[first] = (int32_t)t;
    }
    for (int64_t at = 0; at < length; at++) {
        for (int32_t t = heads[text[at] % BLOCK]; t >= 0; t = next[t]) {
            int64_t size = firsts[t + 1] - firsts[t];
            if (at + size > length || memcmp(text + at, codes + firsts[t], (size_t)size * sizeof *text))
                continue;
            if (found == room) {
                int64_t *more = realloc(pairs, (size_t)room * 4 * sizeof *pairs);
                if (more == NULL) {
                    found = -1;
                    goto end;
                }
                pairs = more, room *= 2;
            }
            pairs[2 * found] = t, pairs[2 * found + 1] = at;
            counts[t]++, found++;
        }
    }
    int64_t *ends = calloc((size_t)terms + 1, sizeof *ends);
    sorted = malloc((size_t)(found + 1) * sizeof *sorted);
    if (ends == NULL || sorted == NULL) {
        free(ends);
        free(sorted);
        sorted = NULL, found = -1;
        goto end;
    }
    for (int64_t t = 0; t < terms; t++)
        ends[t + 1] = ends[t] + counts[t];
    for (int64_t i = 0; i < found; i++)
        sorted[ends[pairs[2 * i]]++] = pairs[2 * i + 1];
    free(ends);
end:
    free(heads);
    free(next);
    free(pairs);
    *places = sorted;
    return found;
}

void count(const Terms *terms, const int64_t *starts, int64_t pieces, double *counts)
{
    memset(counts, 0, (size_t)(pieces * terms->count) * sizeof *counts);
    for (int64_t t = 0; t < terms->count; t++) {
        int64_t piece = 0;
        for (int64_t i = terms->firsts[t]; i < terms->firsts[t + 1]; i++) {
            piece = lower(starts, piece, pieces, terms->places[i] + 1) - 1;
            if (piece < 0)
                piece = 0;
            else
                counts[piece * terms->count + t] += 1;
        }
    }
}

static void weigh(const uint8_t *held, const double *weights, const double *members, int64_t terms, double *sums)
{
    for (int g = 0; g < GROUPS; g++)
        sums[g] = 0;
    for (int64_t t = 0; t < terms; t++)
        if (held == NULL || held[t])
            for (int g = 0; g < GROUPS; g++)
                sums[g] += weights[t] * members[t * GROUPS + g];
}

void share(const uint8_t *held, const double *weights, const double *members, int64_t rows, int64_t terms,
           double *share)
{
    double totals[GROUPS];
    weigh(NULL, weights, members, terms, totals);
    for (int64_t r = 0; r < rows; r++) {
        weigh(held + r * terms, weights, members, terms, share + r * GROUPS);
        for (int g = 0; g < GROUPS; g++)
            if (totals[g] > 0)
                share[r * GROUPS + g] /= totals[g];
    }
}

/* The bits of places, as held() of measures.py has them. */
enum { SENTENCE = 1, TITLE = 2, FIRST = 4, PREVIOUS = 8, FOLLOWING = 16, PARAGRAPH = 32 };

void held(const double *counts, const int64_t *place, int64_t pieces, int64_t terms, uint8_t *bits, double *holding)
{
    for (int64_t first = 0, last; first < pieces; first = last, holding += terms) {
        memset(holding, 0, (size_t)terms * sizeof *holding);
        for (last = first + 1; last < pieces && place[last] >= 0; last++)
            for (int64_t t = 0; t < terms; t++)
                holding[t] += counts[last * terms + t] > 0;
        const double *title = counts + first * terms, *head = title + terms; /* the first sentence */
        for (int64_t p = first + 1; p < last; p++, bits += terms) {
            const double *own = counts + p * terms;
            for (int64_t t = 0; t < terms; t++)
                bits[t] = (uint8_t)((own[t] > 0) * SENTENCE | (title[t] > 0) * TITLE | (head[t] > 0) * FIRST |
                                    (title[t] + holding[t] > 0) * PARAGRAPH);
            for (int64_t t = 0; p > first + 1 && t < terms; t++)
                bits[t] |= (uint8_t)((own[t - terms] > 0) * PREVIOUS);
            for (int64_t t = 0; p + 1 < last && t < terms; t++)
                bits[t] |= (uint8_t)((own[t + terms] > 0) * FOLLOWING);
        }
    }
}

int shares(const uint8_t *held, const int64_t *hit, int64_t rows, int64_t terms, const uint8_t *counting,
           const int64_t *kind, const uint8_t *absolute, int64_t count, const double *weights, int64_t kinds,
           int64_t hits, const double *members, double *shares)
{
    enum { WIDE = 4 }; /* a group more, so that two are added at once */
    if (terms == 0) {
        memset(shares, 0, (size_t)(count * rows * GROUPS) * sizeof *shares);
        return 0;
    }
    int64_t each = hits * terms;
    double *weighed = calloc((size_t)(kinds * each + 1) * WIDE, sizeof *weighed);
    double *totals = calloc((size_t)(kinds * hits + 1) * WIDE, sizeof *totals), *sums = NULL;
    uint8_t counted[1 << PLACES][MOST_SHARES], some[1 << PLACES] = {0}; /* which shares count a term with these bits */
    if (weighed == NULL || totals == NULL || (sums = malloc((size_t)(count + 1) * WIDE * sizeof *sums)) == NULL) {
        free(weighed);
        free(totals);
        return -1;
    }
    for (int64_t i = 0; i < kinds * hits; i++)
        for (int64_t t = 0; t < terms; t++)
            for (int g = 0; g < GROUPS; g++) {
                double weight = weights[i * terms + t] * members[t * GROUPS + g];
                weighed[(i * terms + t) * WIDE + g] = weight;
                totals[i * WIDE + g] += weight;
            }
    for (int places = 0; places < 1 << PLACES; places++)
        for (int64_t s = 0; s < count; s++)
            if (counting[(s << PLACES) + places])
                counted[places][some[places]++] = (uint8_t)s;
    for (int64_t r = 0; r < rows; r++) {
        memset(sums, 0, (size_t)count * WIDE * sizeof *sums);
        for (int64_t t = 0; t < terms; t++) {
            const double *own = weighed + (hit[r] * terms + t) * WIDE;
            const uint8_t places = held[r * terms + t], *counts = counted[places];
            for (int i = 0; i < some[places]; i++) {
                double *restrict sum = sums + counts[i] * WIDE;
                const double *restrict weight = own + kind[counts[i]] * each * WIDE;
                for (int g = 0; g < WIDE; g++)
                    sum[g] += weight[g];
            }
        }
        for (int64_t s = 0; s < count; s++) {
            const double *total = totals + (kind[s] * hits + hit[r]) * WIDE;
            for (int g = 0; g < GROUPS; g++)
                shares[(s * GROUPS + g) * rows + r] =
                    absolute[s] || !(total[g] > 0) ? sums[s * WIDE + g] : sums[s * WIDE + g] / total[g];
        }
    }
    free(weighed);
    free(totals);
    free(sums);
    return 0;
}

void cover(const Terms *terms, const int64_t *lengths, int64_t text, int64_t *before)
{
    memset(before, 0, (size_t)(text + 1) * sizeof *before);
    for (int64_t t = 0; t < terms->count; t++)
        for (int64_t i = terms->firsts[t]; i < terms->firsts[t + 1]; i++)
            for (int64_t at = terms->places[i]; at < terms->places[i] + lengths[t] && at < text; at++)
                before[at + 1] = 1;
    for (int64_t at = 0; at < text; at++)
        before[at + 1] += before[at];
}

int clauses(const Terms *terms, const int64_t *starts, int64_t pieces, const double *weights, const double *members,
            const Rows *rows, double *share)
{
    int64_t count = terms->count;
    double totals[GROUPS];
    uint8_t *held = calloc((size_t)((pieces + 2) * count) + 1, 1); /* behind the last clause there is an empty one */
    if (held == NULL)
        return -1;
    for (int64_t t = 0; t < count; t++) {
        int64_t piece = 0;
        for (int64_t i = terms->firsts[t]; i < terms->firsts[t + 1]; i++) {
            piece = lower(starts, piece, pieces, terms->places[i] + 1) - 1;
            if (piece < 0)
                piece = 0;
            else
                held[piece * count + t] = 1;
        }
    }
    for (int64_t i = 0; i < pieces * count; i++)
        held[i] |= held[i + count];
    weigh(NULL, weights, members, count, totals);
    for (int64_t r = 0; r < rows->count; r++) {
        double *best = share + r * GROUPS, sums[GROUPS];
        int64_t clause = lower(starts, 0, pieces, rows->begins[r]);
        memset(best, 0, GROUPS * sizeof *best);
        do {
            weigh(held + clause * count, weights, members, count, sums);
            for (int g = 0; g < GROUPS; g++)
                if (sums[g] > best[g])
                    best[g] = sums[g];
        } while (++clause < pieces && starts[clause] < rows->ends[r]);
        for (int g = 0; g < GROUPS; g++)
            if (totals[g] > 0)
                best[g] /= totals[g];
    }
    free(held);
    return 0;
}

/* What stands at a place is a chain: heads[place], then next[i] of each position, one more than its number; 0 ends it. */
int subsequences(const Terms *terms, const int64_t *letters, const uint64_t *masks, int64_t count, int64_t length,
                 const Rows *rows, double *lengths)
{
    uint64_t full = length == BITS ? ~(uint64_t)0 : ((uint64_t)1 << length) - 1;
    int64_t text = rows->count ? rows->ends[rows->count - 1] : 0, positions = terms->firsts[terms->count];
    int64_t *heads = calloc((size_t)text + 1, sizeof *heads), *next = malloc((size_t)(positions + 1) * sizeof *next);
    uint64_t *matches = malloc((size_t)(positions + 1) * sizeof *matches);
    int result = heads == NULL || next == NULL || matches == NULL ? -1 : 0;
    for (int64_t l = count - 1; result == 0 && l >= 0; l--) {
        int64_t last = terms->firsts[letters[l] + 1];
        for (int64_t i = terms->firsts[letters[l]]; i < last && terms->places[i] < text; i++) {
            next[i] = heads[terms->places[i]];
            heads[terms->places[i]] = i + 1;
            matches[i] = masks[l];
        }
    }
    for (int64_t r = 0; result == 0 && r < rows->count; r++) {
        uint64_t state = full;
        for (int64_t at = rows->begins[r]; at < rows->ends[r]; at++)
            for (int64_t i = heads[at]; i; i = next[i - 1]) {
                uint64_t matched = state & matches[i - 1];
                state = ((state + matched) | (state - matched)) & full;
            }
        int64_t left = 0;
        for (; state; state &= state - 1)
            left++;
        lengths[r] = (double)(length - left);
    }
    free(heads);
    free(next);
    free(matches);
    return result;
}

/* Returns the row that a place stands in, at or behind a given one; -1 for a place between rows. */
static int64_t row_of(const Rows *rows, int64_t from, int64_t place)
{
    int64_t row = lower(rows->begins, from, rows->count, place + 1) - 1;
    return row >= 0 && place < rows->ends[row] ? row : -1;
}

int skipping(const Terms *terms, const int64_t *lefts, const int64_t *rights, const double *weights, int64_t pairs,
             int64_t apart, const Rows *rows, double *held)
{
    int64_t *counted = calloc((size_t)rows->count + 1, sizeof *counted);
    if (counted == NULL)
        return -1;
    memset(held, 0, (size_t)rows->count * sizeof *held);
    for (int64_t pair = 0; pair < pairs; pair++) {
        int64_t right = terms->firsts[rights[pair]], stop = terms->firsts[rights[pair] + 1], from = 0;
        for (int64_t i = terms->firsts[lefts[pair]]; i < terms->firsts[lefts[pair] + 1]; i++) {
            int64_t left = terms->places[i];
            while (right < stop && terms->places[right] <= left)
                right++;
            if (right == stop)
                break;
            if (terms->places[right] - left > apart)
                continue;
            int64_t row = row_of(rows, from, left);
            if (row < 0)
                continue;
            from = row;
            if (terms->places[right] < rows->ends[row] && counted[row] <= pair) {
                counted[row] = pair + 1;
                held[row] += weights[pair];
            }
        }
    }
    free(counted);
    return 0;
}

void closeness(const Terms *terms, const int64_t *lengths, const double *weights, const double *fading, int64_t faded,
               const int64_t *places, const int64_t *rows_of, int64_t count, const Rows *rows, double *close)
{
    memset(close, 0, (size_t)count * sizeof *close);
    for (int64_t t = 0; t < terms->count; t++) {
        int64_t first = 0, last = 0, row = -1;
        for (int64_t p = 0; lengths[t] && p < count; p++) {
            if (rows_of[p] != row) {
                row = rows_of[p];
                first = lower(terms->places, terms->firsts[t], terms->firsts[t + 1], rows->begins[row]);
                last = lower(terms->places, first, terms->firsts[t + 1], rows->ends[row]);
            }
            int64_t best = faded;
            for (int64_t i = first; i < last; i++) {
                int64_t halves = llabs(2 * (places[p] - terms->places[i]) - lengths[t]);
                best = halves < best ? halves : best;
            }
            if (best < faded)
                close[p] += fading[best] * weights[t];
        }
    }
}

/* Writes how many of rising numbers are below each value of a column. There is no branch, which could not be foretold, and
   no value waits for another. */
static void all_below(int16_t *levels, const double *numbers, int64_t count, const double *column, int64_t columns,
                      int64_t rows)
{
    memset(levels, 0, (size_t)rows * sizeof *levels);
    for (; count > 0; count /= 2) {
        int64_t half = (count + 1) / 2;
        for (int64_t r = 0; r < rows; r++)
            levels[r] += (int16_t)(half & -(int64_t)(numbers[levels[r] + half - 1] < column[r * columns]));
    }
}

/* The rows of a block are compared with a rank eight at a time; a row's level is how many of the column's cuts it is above. */
int leaves(const int16_t *features, const int16_t *ranks, const int16_t *lost, const double *cuts, const int64_t *firsts,
           int64_t cut, const double *values, int64_t trees, int64_t splits, const double *table, int64_t rows,
           int64_t columns, double *sums)
{
    enum { LANES = 8 };
    typedef int16_t Lanes __attribute__((vector_size(2 * LANES)));
    uint8_t leaf[1 << MOST_SPLITS] = {0}; /* the first that is not lost */
    for (int gone = 1; gone < 1 << MOST_SPLITS; gone++)
        leaf[gone] = gone & 1 ? (uint8_t)(leaf[gone >> 1] + 1) : 0;
    union {
        int16_t of[BITS];
        Lanes lanes[BITS / LANES];
    } *levels = calloc((size_t)cut + 1, sizeof *levels), gone;
    if (levels == NULL)
        return -1;
    memset(sums, 0, (size_t)rows * sizeof *sums);
    for (int64_t first = 0; first < rows; first += BITS) {
        int64_t size = rows - first < BITS ? rows - first : BITS;
        for (int64_t c = 0; c < cut; c++)
            all_below(levels[c].of, cuts + firsts[c], firsts[c + 1] - firsts[c], table + first * columns + c, columns, size);
        for (int64_t t = 0; t < trees; t++) {
            memset(&gone, 0, sizeof gone);
            for (int64_t s = t * splits; s < (t + 1) * splits; s++)
                for (int64_t i = 0; LANES * i < size; i++)
                    gone.lanes[i] |= (levels[features[s]].lanes[i] > ranks[s]) & lost[s];
            for (int64_t r = 0; r < size; r++)
                sums[first + r] += values[t * (splits + 1) + leaf[gone.of[r]]];
        }
    }
    free(levels);
    return 0;
}
