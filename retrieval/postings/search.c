/* Max-score (Turtle and Flood, 1995) over windows of paragraphs: whatever can still be among the best by its bounds is
 * scored exactly. No number read from the arrays is used as an offset before it is tested, since a disk may have
 * damaged them. */
#include "question.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "a float must be computed as a float, or scores would differ from those of NumPy"
#endif

#define WINDOW 32768 /* paragraphs whose sums stay in a near cache */
#define BLOCK 32     /* paragraphs that are compared at once */
#define MANY 15      /* as in layout.py */
#define SAMPLE 512   /* postings of the rarest terms that are looked at first, for a threshold */
#define SPOTS 64     /* places in the rows that are */
#define SPOT 256     /* paragraphs there, at most */
#define SLIGHT 32    /* a row that adds no larger a part of the threshold is not worth a look */

#ifdef _MSC_VER
#include <intrin.h>
static int lowest_bit(uint64_t word)
{
    unsigned long bit;
    return _BitScanForward64(&bit, word), (int)bit;
}
#else
static int lowest_bit(uint64_t word) { return __builtin_ctzll(word); }
#endif

/* ---- one paragraph ---- */

/* The code of a paragraph in a list, 0 if it is not there; asked for rising positions. */
static int code_at(Term *term, int32_t position)
{
    const int32_t *list = term->paragraphs;
    int64_t low = term->looked, high = low, step = 1;
    while (high < term->length && list[high] < position) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    high = least_of(high, term->length);
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list[middle] < position)
            low = middle + 1;
        else
            high = middle;
    }
    term->looked = low;
    return low < term->length && list[low] == position ? term->codes[low] : 0;
}

static int frequency(const Postings *postings, Term *term, int32_t position)
{
    int half = term->row < 0 ? code_at(term, position) & 15 : term->frequencies[position >> 1] >> (position & 1) * 4 & 15;
    if (half == MANY) {
        uint64_t key = (uint64_t)term->place << 32 | (uint32_t)position;
        int64_t at = lower(postings->many_keys, postings->many, key);
        if (at < postings->many && postings->many_keys[at] == key)
            return postings->many_frequencies[at];
    }
    return half;
}

/* Adds up in the order of the collection's terms, as everywhere else. */
static float score_of(Search *s, int32_t position)
{
    const Postings *postings = s->postings;
    float norm = (float)postings->lengths[position] * postings->slope + postings->offset, score = 0;
    if (!(norm > 1e-30f))
        norm = 1e-30f;
    for (Term **place = s->scored; place < s->scored + s->count; place++) {
        Term *term = *place;
        float often = (float)frequency(postings, term, position);
        float impact = term->weight * (often * postings->saturation / (often + norm));
        score += impact * (float)term->repeated;
    }
    return score;
}

/* ---- all of them, a window at a time ---- */

/* Takes the dense term's bound of the candidates for what it was thought to add at most, and drops those that cannot
 * be among the best; gives how many are left. */
static int64_t thin_by_row(const Search *s, const Term *term, int64_t base, int64_t count)
{
    Candidate *candidates = s->candidates;
    const uint8_t *row = term->bounds + base;
    int64_t left = 0;
    for (int64_t i = 0; i < count; i++) {
        Candidate one = candidates[i];
        one.bound += row[one.place] * term->step - term->most;
        candidates[left] = one;
        left += one.bound >= s->need;
    }
    return left;
}

static int64_t thin_by_list(const Search *s, Term *term, int64_t base, int64_t count)
{
    Candidate *candidates = s->candidates;
    int64_t left = 0, before = term->looked;
    for (int64_t i = 0; i < count; i++) {
        Candidate one = candidates[i];
        one.bound += term->levels[code_at(term, (int32_t)(base + one.place)) >> 4] - term->most;
        candidates[left] = one;
        left += one.bound >= s->need;
    }
    term->looked = before;
    return left;
}

/* Offers those candidates of a window that can be among the best; their bounds are of the terms before `terms`. */
static void consider(Search *s, int64_t base, int64_t count, int64_t terms)
{
    for (int64_t i = terms > s->sparse ? terms : s->sparse; i < s->count; i++)
        if (s->terms[i].most > s->need / SLIGHT)
            count = thin_by_row(s, &s->terms[i], base, count);
    for (int64_t i = terms; i < s->sparse; i++)
        count = thin_by_list(s, &s->terms[i], base, count);
    for (int64_t i = 0; i < count; i++)
        if (s->candidates[i].bound >= s->need && seen(s, base + s->candidates[i].place))
            offer(s, (int32_t)base + s->candidates[i].place, score_of(s, (int32_t)base + s->candidates[i].place));
}

/* Adds a list's bounds to the sums of a window, and marks those that reach `least`; gives how many were added. */
static int64_t enter(Search *s, Term *term, uint32_t base, uint32_t size, int32_t least)
{
    int64_t at = term->next;
    if (term->looked < at)
        term->looked = at;
    for (; at < term->length; at++) {
        uint32_t place = (uint32_t)term->paragraphs[at] - base;
        if (place >= size)
            break;
        int32_t sum = s->sums[place] + term->levels[term->codes[at] >> 4];
        sum = sum < CEILING ? sum : CEILING;
        s->sums[place] = (int16_t)sum;
        if (sum >= least)
            s->marks[place / 64] |= (uint64_t)1 << place % 64;
    }
    int64_t entered = at - term->next;
    term->next = at;
    return entered;
}

static void add_row(int16_t *restrict sums, const uint8_t *restrict row, int16_t step, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        sums[i] = (int16_t)(sums[i] + row[i] * step);
}

static int16_t highest(const int16_t *sums)
{
    int16_t most = 0;
    for (int i = 0; i < BLOCK; i++)
        most = sums[i] > most ? sums[i] : most;
    return most;
}

/* Lists the paragraphs whose sums reach `least`, and gives how many. */
static int64_t list_sums(Search *s, uint32_t size, int32_t least, int32_t rest)
{
    int64_t count = 0;
    for (uint32_t block = 0; block < size; block += BLOCK) {
        if (highest(s->sums + block) < least)
            continue;
        for (uint32_t i = block; i < block + BLOCK; i++) {
            s->candidates[count] = (Candidate){(int32_t)i, s->sums[i] + rest};
            count += s->sums[i] >= least;
        }
    }
    return count;
}

static int64_t list_marks(Search *s, uint32_t size, int32_t rest)
{
    int64_t count = 0;
    for (uint32_t word = 0; word <= (size - 1) / 64; word++) {
        uint64_t marks = s->marks[word];
        s->marks[word] = 0;
        for (; marks; marks &= marks - 1) {
            int32_t place = (int32_t)word * 64 + lowest_bit(marks);
            s->candidates[count++] = (Candidate){place, s->sums[place] + rest};
        }
    }
    return count;
}

/* The first paragraph from `base` on that one of the first lists holds; the count of all if there is none. */
static int64_t next_listed(const Search *s, int64_t base, int64_t lists)
{
    int64_t first = s->postings->paragraph_count;
    for (const Term *term = s->terms; term < s->terms + lists; term++)
        if (term->next < term->length)
            first = least_of(first, (uint32_t)term->paragraphs[term->next]);
    return first < base ? base : first;
}

/* Offers all paragraphs with one of the first `terms` that can be among the best; ends after `budget` postings. */
static void scan(Search *s, int64_t terms, int64_t budget)
{
    int64_t count = s->postings->paragraph_count;
    for (int64_t i = 0; i < s->sparse; i++)
        s->terms[i].next = s->terms[i].looked = 0;
    for (int64_t base = 0; budget > 0;) {
        if (s->need == CEILING)
            measure(s);
        /* A paragraph that has only the terms from `terms` on cannot reach the threshold. */
        while (terms && s->rest[terms - 1] < s->need)
            terms--;
        int64_t lists = least_of(terms, s->sparse);
        if (terms == lists)
            base = next_listed(s, base, lists);
        if (!terms || base >= count)
            break;
        uint32_t size = (uint32_t)least_of(WINDOW, count - base);
        int32_t rest = s->rest[terms], least = s->need > rest ? s->need - rest : 1;
        int64_t candidates;
        for (int64_t i = 0; i < lists; i++)
            budget -= enter(s, &s->terms[i], (uint32_t)base, size, least);
        if (terms > lists) {
            for (int64_t i = lists; i < terms; i++)
                add_row(s->sums, s->terms[i].bounds + base, s->terms[i].step, size);
            candidates = list_sums(s, size, least, rest);
            memset(s->marks, 0, WINDOW / 8);
        } else {
            candidates = list_marks(s, size, rest);
        }
        memset(s->sums, 0, size * sizeof *s->sums);
        consider(s, base, candidates, terms);
        base += size;
    }
}

/* Offers the most promising paragraphs by their dense terms, at places that are spread evenly. */
static void sample_rows(Search *s)
{
    int64_t count = s->postings->paragraph_count;
    int64_t spots = 2 * s->limit > SPOTS ? 2 * s->limit : SPOTS, spot = least_of(SPOT, count / spots);
    for (int64_t i = 0; i < s->sparse; i++)
        s->terms[i].looked = 0;
    for (int64_t base = 0; spot > 1 && base + spot <= count; base += count / spots) {
        int64_t best = 0;
        for (int64_t i = s->sparse; i < s->count; i++)
            add_row(s->sums, s->terms[i].bounds + base, s->terms[i].step, (uint32_t)spot);
        for (int64_t i = 1; i < spot; i++)
            best = s->sums[i] > s->sums[best] ? i : best;
        memset(s->sums, 0, (size_t)spot * sizeof *s->sums);
        if (seen(s, base + best))
            offer(s, (int32_t)(base + best), score_of(s, (int32_t)(base + best)));
    }
}

static void run(Search *s)
{
    int64_t lists = 0, postings = 0, sample = 4 * s->limit > SAMPLE ? 4 * s->limit : SAMPLE;
    for (int64_t i = 0; i < s->count; i++)
        postings += s->terms[i].count;
    if (postings > 2 * sample) {
        /* What is found here sets a threshold, and will be found again. */
        postings = 0;
        while (lists < s->sparse && (!lists || postings + s->terms[lists].length <= sample))
            postings += s->terms[lists++].length;
        scan(s, lists, sample);
        s->found = 0;
        if (s->sparse < s->count && s->rest[s->sparse] >= s->need) {
            sample_rows(s);
            s->found = 0;
        }
        measure(s);
    }
    scan(s, s->count, INT64_MAX);
    sort(s->best, s->found);
}

int64_t search(const Postings *postings, const View *view, const Asked *asked, Hit *best, int64_t limit)
{
    int64_t window = least_of(WINDOW, postings->paragraph_count) + BLOCK;
    size_t room = (size_t)asked->count + 1;
    Search s = {.postings = postings, .view = view, .best = best, .limit = limit, .threshold = asked->floor};
    s.terms = calloc(room, sizeof *s.terms);
    s.scored = calloc(room, sizeof *s.scored);
    s.rest = calloc(room, sizeof *s.rest);
    s.sums = calloc((size_t)window, sizeof *s.sums);
    s.marks = calloc(WINDOW / 64, sizeof *s.marks);
    s.candidates = malloc((size_t)window * sizeof *s.candidates);
    int64_t result = NO_MEMORY;
    if (s.terms && s.scored && s.rest && s.sums && s.marks && s.candidates) {
        result = prepare(&s, asked);
        if (!result && s.count && limit > 0) {
            run(&s);
            result = s.found;
        }
    }
    free(s.terms);
    free(s.scored);
    free(s.rest);
    free(s.sums);
    free(s.marks);
    free(s.candidates);
    return result;
}
