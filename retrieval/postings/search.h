/* The search of postings: the best paragraphs, with the scores of bm25.py to the last bit. */
#ifndef YUANJU_SEARCH_H
#define YUANJU_SEARCH_H

#include <stdint.h>

/* The arrays of postings.Postings, and the numbers of formula.Formula as float32: of the collection that is searched, of
 * which these postings may be a part. */
typedef struct {
    int64_t terms, paragraph_count, rows, listed, many;
    const uint64_t *keys;
    const uint32_t *counts;
    const float *bounds;
    const int64_t *starts;
    const int32_t *paragraphs;
    const uint8_t *codes;
    const int64_t *dense_terms;
    const uint8_t *dense_bounds, *dense_frequencies, *dense_shifts;
    const uint64_t *many_keys;
    const uint16_t *many_frequencies;
    const int32_t *lengths;
    float saturation, slope, offset; /* k1 + 1; norm = length * slope + offset */
    int64_t collected;               /* the collection's paragraphs */
    double unit;                     /* of dense_bounds */
    double drift;                    /* bounds are to be raised by, for the norms of the collection */
} Postings;

typedef struct {
    int32_t position;
    float score;
} Hit;

/* Who searches may see these paragraphs only: bits by position, and by term whether one of its paragraphs is among
 * them. A term without is searched for as one that stands nowhere; where `terms` is NULL, all are searched for. */
typedef struct {
    const uint8_t *paragraphs, *terms;
} View;

enum { DAMAGED = -1, NO_MEMORY = -2, TOO_MANY_TERMS = -3 };

static inline int has_bit(const uint8_t *bits, int64_t place) { return bits[place / 8] >> place % 8 & 1; }

/* What is searched for: keys, and in how many of the collection's paragraphs each stands; in as many as these postings
 * have where `counts` is NULL. Only paragraphs that score `floor` at least are. */
typedef struct {
    const uint64_t *keys;
    const uint32_t *counts;
    int64_t count;
    float floor;
} Asked;

/* Writes the best paragraphs to `best`, which has room for `limit`, and gives how many, or one of the above; of those
 * in `view`, unless it is NULL. */
int64_t search(const Postings *postings, const View *view, const Asked *asked, Hit *best, int64_t limit);

/* Sets the bit of every term that one of these paragraphs holds, in `terms`, which is zeros; gives 0 or DAMAGED. */
int find_terms(const Postings *postings, const uint8_t *paragraphs, uint8_t *terms);

/* Gives the place of a key in a rising array, -1 if it is not there. */
int64_t place_of(const uint64_t *keys, int64_t count, uint64_t key);

#endif
