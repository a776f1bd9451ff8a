/* What the ranking measures of the found sentences; each function is defined by the one of its name in measures.py.

   Rows are sentences: begins[r] and ends[r] are their bounds in the text, rising. Terms are columns: the positions of
   term t are places[firsts[t]] to places[firsts[t + 1] - 1], rising. */
#ifndef MEASURES_H
#define MEASURES_H

#include <stdint.h>

#define GROUPS 3
#define MOST_SHARES 64
#define MOST_SPLITS 8 /* of a tree */
#define PLACES 6 /* bits of places in which a term may stand */

typedef struct {
    const int64_t *places, *firsts;
    int64_t count;
} Terms;

typedef struct {
    const int64_t *begins, *ends;
    int64_t count;
} Rows;

/* Writes the positions of the terms into places, an array that is made here and freed by whoever calls, and how many each
   has into counts. A term is codes[firsts[t]] to codes[firsts[t + 1] - 1]. Returns how many there are; -1 for want of
   memory. */
int64_t find(const uint32_t *text, int64_t length, const uint32_t *codes, const int64_t *firsts, int64_t terms,
             int64_t **places, int64_t *counts);
void count(const Terms *terms, const int64_t *starts, int64_t pieces, double *counts);
void share(const uint8_t *held, const double *weights, const double *members, int64_t rows, int64_t terms,
           double *share);
/* Writes the bits of places for each sentence and term, and in how many sentences of each paragraph the term stands; counts
   are pieces x terms, and a piece with the place -1 is a title. */
void held(const double *counts, const int64_t *place, int64_t pieces, int64_t terms, uint8_t *bits, double *holding);
/* Writes shares x groups x rows. Each of the count shares counts the terms of whose bits of places counting tells it, by
   a kind of weights, which are kinds x hits x terms. Returns -1 for want of memory. */
int shares(const uint8_t *held, const int64_t *hit, int64_t rows, int64_t terms, const uint8_t *counting,
           const int64_t *kind, const uint8_t *absolute, int64_t count, const double *weights, int64_t kinds,
           int64_t hits, const double *members, double *shares);
/* Writes how many characters of a text stand in a term before each of its places, and before its end. */
void cover(const Terms *terms, const int64_t *lengths, int64_t text, int64_t *before);
/* Clauses are pieces of the text, from starts[c] to starts[c + 1]. Returns -1 for want of memory. */
int clauses(const Terms *terms, const int64_t *starts, int64_t pieces, const double *weights, const double *members,
            const Rows *rows, double *share);
/* The letters are some of the terms, no one twice, with a mask each. Returns -1 for want of memory. */
int subsequences(const Terms *terms, const int64_t *letters, const uint64_t *masks, int64_t count, int64_t length,
                 const Rows *rows, double *lengths);
int skipping(const Terms *terms, const int64_t *lefts, const int64_t *rights, const double *weights, int64_t pairs,
             int64_t apart, const Rows *rows, double *held);
void closeness(const Terms *terms, const int64_t *lengths, const double *weights, const double *fading, int64_t faded,
               const int64_t *places, const int64_t *rows_of, int64_t count, const Rows *rows, double *close);
/* Splits are trees x splits, values trees x leaves; the first cut columns of the table, rows x columns, have cuts. Returns
   -1 for want of memory. */
int leaves(const int16_t *features, const int16_t *ranks, const int16_t *lost, const double *cuts, const int64_t *firsts,
           int64_t cut, const double *values, int64_t trees, int64_t splits, const double *table, int64_t rows,
           int64_t columns, double *sums);

#endif
