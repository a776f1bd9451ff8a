/* What search.c knows of a question while it is searched: its terms, their bounds, and the best paragraphs so far. */
#ifndef YUANJU_QUESTION_H
#define YUANJU_QUESTION_H

#include <stddef.h>

#include "search.h"

#define LEVELS 15     /* as in layout.py */
#define CEILING 16000 /* a sum of lists' bounds that stands for itself and all above */

typedef struct {
    int64_t place, row; /* among the terms and the rows; the row is -1 for a sparse term */
    uint32_t count, collected, repeated; /* its paragraphs here and in the collection */
    float weight;
    double scale, bound; /* what the bounds are to be raised by; what it can add to a score */
    /* of a sparse term: its list, the next posting to enter, and the last that was looked up */
    const int32_t *paragraphs;
    const uint8_t *codes;
    int64_t length, next, looked;
    int16_t levels[LEVELS + 1];
    /* of a dense one */
    const uint8_t *bounds, *frequencies;
    int16_t step;
    int32_t most; /* it can add, in the unit of the sums */
} Term;

typedef struct {
    int32_t place, bound; /* in its window; in the unit of the sums */
} Candidate;

typedef struct {
    const Postings *postings;
    const View *view;
    Term *terms;   /* all sparse before all dense ones, and the rarest first */
    Term **scored; /* the same in the order in which scores are added up: that of the collection */
    int64_t count, sparse;
    int32_t *rest;     /* what the terms from each one on can add together */
    double per_score;  /* units in a score of 1 */
    int16_t *sums;     /* of a window; zeros between windows */
    uint64_t *marks;   /* of it */
    Candidate *candidates;
    Hit *best;         /* a heap with the worst on top */
    int64_t found, limit;
    float threshold;   /* at least `limit` paragraphs of the collection reach it */
    int32_t need;      /* the same in units */
} Search;

static inline int64_t least_of(int64_t a, int64_t b) { return a < b ? a : b; }

/* The threshold in the unit of the sums. */
static inline int32_t needed(const Search *s)
{
    double need = s->threshold * s->per_score;
    return need < CEILING ? (int32_t)need : CEILING;
}

/* The first place in a rising array that is not below a key. */
int64_t lower(const uint64_t *array, int64_t count, uint64_t key);

/* Looks the terms up; gives 0, or DAMAGED or TOO_MANY_TERMS. */
int prepare(Search *s, const Asked *asked);

/* Expresses bounds in a unit: as small a one as the threshold allows, since no bound above it needs to be told from
 * another. Gives as `prepare` does. */
int measure(Search *s);

/* Whether a paragraph may be seen. */
static inline int seen(const Search *s, int64_t position)
{
    return s->view == NULL || has_bit(s->view->paragraphs, position);
}

/* Keeps a paragraph if it is among the best so far. */
void offer(Search *s, int32_t position, float score);

/* Puts the best in order. */
void sort(Hit *heap, int64_t count);

#endif
