/* The best paragraphs so far: a heap with the worst on top, whose score is the threshold once the heap is full. */
#include "question.h"

static int worse(Hit a, Hit b) { return a.score != b.score ? a.score < b.score : a.position > b.position; }

static void sift(Hit *heap, int64_t count, Hit hit)
{
    int64_t hole = 0;
    for (int64_t child; (child = 2 * hole + 1) < count; hole = child) {
        if (child + 1 < count && worse(heap[child + 1], heap[child]))
            child++;
        if (!worse(heap[child], hit))
            break;
        heap[hole] = heap[child];
    }
    heap[hole] = hit;
}

void offer(Search *s, int32_t position, float score)
{
    Hit hit = {position, score};
    if (s->found == s->limit) {
        if (!worse(s->best[0], hit))
            return;
        sift(s->best, s->found, hit);
    } else {
        int64_t hole = s->found;
        if (!(score > 0) || score < s->threshold)
            return;
        for (int64_t above; hole && worse(hit, s->best[above = (hole - 1) / 2]); hole = above)
            s->best[hole] = s->best[above];
        s->best[hole] = hit;
        if (++s->found < s->limit)
            return;
    }
    s->threshold = s->best[0].score;
    s->need = needed(s);
}

void sort(Hit *heap, int64_t count)
{
    while (--count > 0) {
        Hit last = heap[count];
        heap[count] = heap[0];
        sift(heap, count, last);
    }
}
