/* Python's way to measures.c: arrays come as buffers, results go into buffers that NumPy has made. */
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdlib.h>
#include <string.h>

#include "measures.h"

#define MOST 12

/* The arguments of a call: a letter each. Arrays: d of doubles, q of 64-bit, u of 32-bit and h of 16-bit integers, b of flags,
   c of bytes, capitals for those that are written to; n is a number. */
typedef struct {
    Py_buffer buffers[MOST];
    int64_t length[MOST], number[MOST];
    int count;
} Given;

static void release(Given *given)
{
    for (int i = 0; i < given->count; i++)
        if (given->buffers[i].obj)
            PyBuffer_Release(&given->buffers[i]);
}

static int take(Given *given, const char *kinds, PyObject *args)
{
    memset(given, 0, sizeof *given);
    if (PyTuple_Size(args) != (Py_ssize_t)strlen(kinds)) {
        PyErr_SetString(PyExc_TypeError, "another number of arguments is expected");
        return 0;
    }
    for (const char *kind = kinds; *kind; kind++) {
        int i = given->count++;
        PyObject *argument = PyTuple_GetItem(args, i);
        if (*kind == 'n') {
            given->number[i] = PyLong_AsLongLong(argument);
            if (given->number[i] == -1 && PyErr_Occurred())
                goto failed;
            continue;
        }
        int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (*kind < 'a' ? PyBUF_WRITABLE : 0);
        Py_ssize_t size = strchr("dqDQ", *kind) ? 8 : strchr("uU", *kind) ? 4 : *kind == 'h' ? 2 : 1;
        const char *types = strchr("dD", *kind) ? "d" : strchr("qQ", *kind) ? "lqLQ" : strchr("uU", *kind) ? "IL"
                            : *kind == 'h' ? "h" : strchr("cC", *kind) ? "B" : "?";
        Py_buffer *buffer = &given->buffers[i];
        if (PyObject_GetBuffer(argument, buffer, flags) < 0)
            goto failed;
        if (buffer->itemsize != size || buffer->format == NULL || !strchr(types, *buffer->format)) {
            PyErr_SetString(PyExc_ValueError, "an array is of another type");
            goto failed;
        }
        given->length[i] = buffer->len / size;
    }
    return 1;
failed:
    release(given);
    return 0;
}

/* Whether everything fits together; else an error is set. */
static int fit(int whether)
{
    if (!whether)
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit together");
    return whether;
}

/* Whether numbers rise from 0 to a limit, as the places where terms begin do. */
static int rise(const int64_t *numbers, int64_t count, int64_t limit)
{
    for (int64_t i = 1; i < count; i++)
        if (numbers[i] < numbers[i - 1])
            return 0;
    return count > 0 && numbers[0] == 0 && numbers[count - 1] == limit;
}

/* Whether all numbers are below a limit, and none below 0. */
static int within(const int64_t *numbers, int64_t count, int64_t limit)
{
    for (int64_t i = 0; i < count; i++)
        if (numbers[i] < 0 || numbers[i] >= limit)
            return 0;
    return 1;
}

/* Whether there are no other bits than those of places. */
static int within_bits(const uint8_t *bits, int64_t count)
{
    uint8_t any = 0;
    for (int64_t i = 0; i < count; i++)
        any |= bits[i];
    return any >> PLACES == 0;
}

static PyObject *done(Given *given, int whether)
{
    release(given);
    if (!whether)
        return NULL;
    Py_RETURN_NONE;
}

#define TERMS(a, b) ((Terms){(a).buffers[b].buf, (a).buffers[(b) + 1].buf, (a).length[(b) + 1] - 1})
#define ROWS(a, b) ((Rows){(a).buffers[b].buf, (a).buffers[(b) + 1].buf, (a).length[b]})

/* find(text, codes, firsts, counts) -> the places */
static PyObject *py_find(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    PyObject *result = NULL;
    if (!take(&g, "uuqQ", args))
        return NULL;
    int64_t terms = g.length[2] - 1, *places = NULL;
    const int64_t *firsts = g.buffers[2].buf;
    int whether = rise(firsts, terms + 1, g.length[1]) && g.length[3] == terms && terms < INT32_MAX;
    for (int64_t t = 0; whether && t < terms; t++)
        whether = firsts[t] < firsts[t + 1];
    if (fit(whether)) {
        int64_t found = find(g.buffers[0].buf, g.length[0], g.buffers[1].buf, firsts, terms, &places, g.buffers[3].buf);
        result = found < 0 ? PyErr_NoMemory()
                           : PyBytes_FromStringAndSize((const char *)places, (Py_ssize_t)found * 8);
        free(places);
    }
    release(&g);
    return result;
}

/* count(places, firsts, starts, counts) */
static PyObject *py_count(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "qqqD", args))
        return NULL;
    Terms terms = TERMS(g, 0);
    int64_t pieces = g.length[2] - 1;
    int whether = fit(rise(terms.firsts, terms.count + 1, g.length[0]) && pieces >= 0 &&
                      g.length[3] == pieces * terms.count);
    if (whether)
        count(&terms, g.buffers[2].buf, pieces, g.buffers[3].buf);
    return done(&g, whether);
}

/* share(held, weights, members, share) */
static PyObject *py_share(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "bddD", args))
        return NULL;
    int64_t terms = g.length[1], rows = g.length[3] / GROUPS;
    int whether = fit(g.length[2] == terms * GROUPS && g.length[3] == rows * GROUPS && g.length[0] == rows * terms);
    if (whether)
        share(g.buffers[0].buf, g.buffers[1].buf, g.buffers[2].buf, rows, terms, g.buffers[3].buf);
    return done(&g, whether);
}

/* held(counts, place, bits, holding) */
static PyObject *py_held(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "dqCD", args))
        return NULL;
    const int64_t *place = g.buffers[1].buf;
    int64_t pieces = g.length[1], terms = pieces ? g.length[0] / pieces : 0, rows = 0;
    for (int64_t p = 0; p < pieces; p++)
        rows += place[p] >= 0;
    int whether = fit(pieces && place[0] < 0 && g.length[0] == pieces * terms && g.length[2] == rows * terms &&
                      g.length[3] == (pieces - rows) * terms);
    if (whether)
        held(g.buffers[0].buf, place, pieces, terms, g.buffers[2].buf, g.buffers[3].buf);
    return done(&g, whether);
}

/* shares(held, hit, counting, kind, absolute, weights, hits, members, shares) */
static PyObject *py_shares(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "cqbqbdndD", args))
        return NULL;
    int64_t rows = g.length[1], count = g.length[3], hits = g.number[6], terms = g.length[7] / GROUPS;
    int64_t each = hits * terms, kinds = each > 0 ? g.length[5] / each : 0;
    int whether = each >= 0 && count <= MOST_SHARES && g.length[7] == terms * GROUPS && g.length[0] == rows * terms &&
                  g.length[2] == count << PLACES && g.length[4] == count && g.length[5] == kinds * each &&
                  (each == 0 || within(g.buffers[3].buf, count, kinds)) && within(g.buffers[1].buf, rows, hits) &&
                  g.length[8] == count * rows * GROUPS && within_bits(g.buffers[0].buf, g.length[0]);
    if (fit(whether) && shares(g.buffers[0].buf, g.buffers[1].buf, rows, terms, g.buffers[2].buf, g.buffers[3].buf,
                               g.buffers[4].buf, count, g.buffers[5].buf, kinds, hits, g.buffers[7].buf,
                               g.buffers[8].buf) < 0) {
        PyErr_NoMemory();
        whether = 0;
    }
    return done(&g, whether);
}

/* cover(places, firsts, lengths, before) */
static PyObject *py_cover(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "qqqQ", args))
        return NULL;
    Terms terms = TERMS(g, 0);
    int64_t text = g.length[3] - 1;
    int whether = fit(rise(terms.firsts, terms.count + 1, g.length[0]) && g.length[2] == terms.count && text >= 0 &&
                      within(terms.places, g.length[0], text));
    if (whether)
        cover(&terms, g.buffers[2].buf, text, g.buffers[3].buf);
    return done(&g, whether);
}

/* clauses(places, firsts, starts, weights, members, begins, ends, share) */
static PyObject *py_clauses(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "qqqddqqD", args))
        return NULL;
    Terms terms = TERMS(g, 0);
    Rows rows = ROWS(g, 5);
    int64_t pieces = g.length[2] - 1;
    int whether = fit(rise(terms.firsts, terms.count + 1, g.length[0]) && pieces >= 0 && g.length[3] == terms.count &&
                      g.length[4] == terms.count * GROUPS && g.length[6] == rows.count &&
                      g.length[7] == rows.count * GROUPS);
    if (whether && clauses(&terms, g.buffers[2].buf, pieces, g.buffers[3].buf, g.buffers[4].buf, &rows,
                           g.buffers[7].buf) < 0) {
        PyErr_NoMemory();
        whether = 0;
    }
    return done(&g, whether);
}

/* subsequences(places, firsts, letters, masks, length, begins, ends, lengths) */
static PyObject *py_subsequences(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "qqqqnqqD", args))
        return NULL;
    Terms terms = TERMS(g, 0);
    Rows rows = ROWS(g, 5);
    const int64_t *letters = g.buffers[2].buf;
    int64_t text = rows.count && g.length[6] == rows.count ? rows.ends[rows.count - 1] : 0;
    int whether = rise(terms.firsts, terms.count + 1, g.length[0]) && g.length[2] == g.length[3] && g.number[4] >= 0 &&
                  g.number[4] <= 64 && g.length[6] == rows.count && g.length[7] == rows.count && text >= 0 &&
                  within(letters, g.length[2], terms.count) && within(rows.begins, rows.count, text + 1) &&
                  within(rows.ends, rows.count, text + 1);
    for (int64_t i = 0; whether && i < g.length[0]; i++)
        whether = terms.places[i] >= 0;
    for (int64_t l = 1; whether && l < g.length[2]; l++) /* as a chain with a letter in it twice has no end */
        for (int64_t other = 0; whether && other < l; other++)
            whether = letters[l] != letters[other];
    if (fit(whether) && subsequences(&terms, letters, g.buffers[3].buf, g.length[2], g.number[4], &rows,
                                     g.buffers[7].buf) < 0) {
        PyErr_NoMemory();
        whether = 0;
    }
    return done(&g, whether);
}

/* skipping(places, firsts, lefts, rights, weights, apart, begins, ends, held) */
static PyObject *py_skipping(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "qqqqdnqqD", args))
        return NULL;
    Terms terms = TERMS(g, 0);
    Rows rows = ROWS(g, 6);
    int64_t pairs = g.length[2];
    int whether = fit(rise(terms.firsts, terms.count + 1, g.length[0]) && g.length[3] == pairs &&
                      g.length[4] == pairs && within(g.buffers[2].buf, pairs, terms.count) &&
                      within(g.buffers[3].buf, pairs, terms.count) && g.length[7] == rows.count &&
                      g.length[8] == rows.count);
    if (whether && skipping(&terms, g.buffers[2].buf, g.buffers[3].buf, g.buffers[4].buf, pairs, g.number[5], &rows,
                            g.buffers[8].buf) < 0) {
        PyErr_NoMemory();
        whether = 0;
    }
    return done(&g, whether);
}

/* closeness(places, firsts, lengths, weights, fading, spots, rows, begins, ends, close) */
static PyObject *py_closeness(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "qqqddqqqqD", args))
        return NULL;
    Terms terms = TERMS(g, 0);
    Rows rows = ROWS(g, 7);
    int64_t spots = g.length[5];
    int whether = fit(rise(terms.firsts, terms.count + 1, g.length[0]) && g.length[2] == terms.count &&
                      g.length[3] == terms.count && within(g.buffers[6].buf, spots, rows.count) &&
                      g.length[6] == spots && g.length[8] == rows.count && g.length[9] == spots);
    if (whether)
        closeness(&terms, g.buffers[2].buf, g.buffers[3].buf, g.buffers[4].buf, g.length[4], g.buffers[5].buf,
                  g.buffers[6].buf, spots, &rows, g.buffers[9].buf);
    return done(&g, whether);
}

/* leaves(feature, rank, lost, cuts, firsts, values, trees, table, sums) */
static PyObject *py_leaves(PyObject *Py_UNUSED(module), PyObject *args)
{
    Given g;
    if (!take(&g, "hhhdqdndD", args))
        return NULL;
    int64_t trees = g.number[6], rows = g.length[8], columns = rows ? g.length[7] / rows : 0, cut = g.length[4] - 1;
    int64_t splits = trees > 0 ? g.length[0] / trees : 0;
    const int16_t *features = g.buffers[0].buf, *ranks = g.buffers[1].buf, *lost = g.buffers[2].buf;
    int whether = trees >= 0 && splits <= MOST_SPLITS && g.length[0] == trees * splits && g.length[1] == g.length[0] &&
                  g.length[2] == g.length[0] && g.length[5] == trees * (splits + 1) && g.length[7] == rows * columns &&
                  (rows == 0 || cut <= columns) && rise(g.buffers[4].buf, cut + 1, g.length[3]) &&
                  g.length[3] <= INT16_MAX;
    for (int64_t s = 0; whether && s < g.length[0]; s++) /* the rightmost leaf is never lost */
        whether = features[s] >= 0 && features[s] < cut && ranks[s] >= 0 && lost[s] >= 0 && lost[s] < 1 << splits;
    if (fit(whether) && leaves(features, ranks, lost, g.buffers[3].buf, g.buffers[4].buf, cut,
                               g.buffers[5].buf, trees, splits, g.buffers[7].buf, rows, columns,
                               g.buffers[8].buf) < 0) {
        PyErr_NoMemory();
        whether = 0;
    }
    return done(&g, whether);
}

static PyMethodDef methods[] = {
    {"find", py_find, METH_VARARGS, NULL},
    {"count", py_count, METH_VARARGS, NULL},
    {"share", py_share, METH_VARARGS, NULL},
    {"held", py_held, METH_VARARGS, NULL},
    {"shares", py_shares, METH_VARARGS, NULL},
    {"cover", py_cover, METH_VARARGS, NULL},
    {"clauses", py_clauses, METH_VARARGS, NULL},
    {"subsequences", py_subsequences, METH_VARARGS, NULL},
    {"skipping", py_skipping, METH_VARARGS, NULL},
    {"closeness", py_closeness, METH_VARARGS, NULL},
    {"leaves", py_leaves, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_measures", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__measures(void)
{
    return PyModule_Create(&module);
}
