/* The question's terms, and their bounds as whole numbers that are rounded up, so that they can be added in 16 bits. */
#include "question.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define SHIFTS 30        /* of a row, at most */
#define ROOM 16000       /* for the rows' bounds, beside the lists' in 16 bits */
#define COARSEST 4096    /* with less room, bounds would say too little */
#define ROUNDING 1.00001 /* bounds are raised by this, since sums of float32 are not exact */

int64_t lower(const uint64_t *array, int64_t count, uint64_t key)
{
    int64_t first = 0;
    while (count > 0) {
        int64_t half = count / 2;
        if (array[first + half] < key) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

int64_t place_of(const uint64_t *keys, int64_t count, uint64_t key)
{
    int64_t place = lower(keys, count, key);
    return place < count && keys[place] == key ? place : -1;
}

/* ---- bounds ---- */

int measure(Search *s)
{
    double total = 0, dense = 0, room = ROOM - 64.0 * (double)(s->count - s->sparse);
    for (int64_t i = 0; i < s->count; i++) {
        total += s->terms[i].bound;
        dense += i < s->sparse ? 0 : s->terms[i].bound;
    }
    if (room < COARSEST)
        return TOO_MANY_TERMS;
    s->per_score = s->threshold > 0 ? CEILING * 0.75 / s->threshold : CEILING / total;
    s->per_score = fmin(s->per_score, fmin(room / 1.1 / dense, INT32_MAX / 4 / total));
    s->need = needed(s);
    s->rest[s->count] = 0;
    for (int64_t i = s->count - 1; i >= 0; i--) {
        Term *term = &s->terms[i];
        double most = term->bound * s->per_score;
        term->most = (int32_t)ceil(most);
        s->rest[i] = s->rest[i + 1] + term->most;
        for (int level = 0; level <= LEVELS && i < s->sparse; level++)
            term->levels[level] = (int16_t)fmin(ceil(most * level / LEVELS), CEILING);
        if (i >= s->sparse) {
            double step = ldexp(s->postings->unit, -s->postings->dense_shifts[term->row]) * ROUNDING;
            step = ceil(step * term->scale * term->repeated * s->per_score);
            if (!(step < ROOM))
                return DAMAGED;
            term->step = (int16_t)step;
        }
    }
    return 0;
}

/* ---- the question's terms ---- */

static int rarer(const void *one, const void *other)
{
    const Term *a = one, *b = other;
    if (a->collected != b->collected)
        return a->collected < b->collected ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static int sparser(const void *one, const void *other)
{
    const Term *a = one, *b = other;
    if ((a->row < 0) != (b->row < 0))
        return a->row < 0 ? -1 : 1;
    return rarer(a, b);
}

static int scored_before(const void *one, const void *other)
{
    return rarer(*(Term *const *)one, *(Term *const *)other);
}

static double idf(int64_t paragraphs, uint32_t count)
{
    return log1p(((double)paragraphs - count + 0.5) / (count + 0.5));
}

/* Reads a term that stands in so many of the collection's paragraphs, and tests that what it points to is there. */
static int read_term(const Postings *p, int64_t place, uint32_t collected, Term *term)
{
    term->place = place;
    term->repeated = 1;
    term->count = p->counts[place];
    term->collected = collected;
    term->bound = p->bounds[place];
    if (term->count > p->paragraph_count || !(term->bound >= FLT_MIN && term->bound <= FLT_MAX))
        return DAMAGED;
    term->weight = (float)idf(p->collected, collected);
    /* The bounds were made with the weight and the norms that these postings have alone. */
    term->scale = p->drift * (idf(p->collected, collected) / idf(p->paragraph_count, term->count));
    if (term->scale != 1)
        term->scale *= ROUNDING;
    term->bound *= term->scale;
    term->row = -1;
    int64_t row = lower((const uint64_t *)p->dense_terms, p->rows, (uint64_t)place);
    if (row < p->rows && p->dense_terms[row] == place) {
        term->row = row;
        term->bounds = p->dense_bounds + row * p->paragraph_count;
        term->frequencies = p->dense_frequencies + row * ((p->paragraph_count + 1) / 2);
        return p->dense_shifts[row] > SHIFTS ? DAMAGED : 0;
    }
    int64_t start = p->starts[place], stop = p->starts[place + 1];
    if (start < 0 || start > stop || stop > p->listed)
        return DAMAGED;
    term->paragraphs = p->paragraphs + start;
    term->codes = p->codes + start;
    term->length = stop - start;
    return 0;
}

/* Whether one of the paragraphs holds a term: 1 or 0, or DAMAGED. */
static int is_held(const Postings *p, const Term *term, const uint8_t *paragraphs)
{
    for (int64_t i = 0; term->row < 0 && i < term->length; i++) {
        if (term->paragraphs[i] < 0 || term->paragraphs[i] >= p->paragraph_count)
            return DAMAGED;
        if (has_bit(paragraphs, term->paragraphs[i]))
            return 1;
    }
    for (int64_t i = 0; term->row >= 0 && i < p->paragraph_count; i++)
        if ((term->frequencies[i >> 1] >> (i & 1) * 4 & 15) && has_bit(paragraphs, i))
            return 1;
    return 0;
}

int find_terms(const Postings *postings, const uint8_t *paragraphs, uint8_t *terms)
{
    for (int64_t place = 0; place < postings->terms; place++) {
        Term term = {0};
        int held = read_term(postings, place, postings->counts[place], &term);
        if (held == 0)
            held = is_held(postings, &term, paragraphs);
        if (held < 0)
            return DAMAGED;
        terms[place / 8] |= (uint8_t)(held << place % 8);
    }
    return 0;
}

int prepare(Search *s, const Asked *asked)
{
    const Postings *p = s->postings;
    for (int64_t i = 0; i < asked->count; i++) {
        int64_t place = place_of(p->keys, p->terms, asked->keys[i]);
        if (place < 0 || (s->view != NULL && s->view->terms != NULL && !has_bit(s->view->terms, place)))
            continue;
        uint32_t collected = asked->counts ? asked->counts[i] : p->counts[place];
        if (collected > p->collected || read_term(p, place, collected, &s->terms[s->count++]) < 0)
            return DAMAGED;
    }
    if (!s->count)
        return 0;
    qsort(s->terms, (size_t)s->count, sizeof *s->terms, sparser);
    int64_t distinct = 0;
    for (int64_t i = 1; i < s->count; i++) {
        if (s->terms[i].place == s->terms[distinct].place)
            s->terms[distinct].repeated++;
        else
            s->terms[++distinct] = s->terms[i];
    }
    s->count = distinct + 1;
    for (int64_t i = 0; i < s->count; i++) {
        s->terms[i].bound *= s->terms[i].repeated * ROUNDING;
        s->sparse += s->terms[i].row < 0;
        s->scored[i] = &s->terms[i];
    }
    qsort(s->scored, (size_t)s->count, sizeof *s->scored, scored_before);
    return measure(s);
}
