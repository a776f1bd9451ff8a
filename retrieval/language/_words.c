/* The words of a dictionary that lies in memory as it lies on disk, and jieba's most probable path through them. */
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A table as retrieval/language/dictionary.py makes it: rows of a key and a value, a key's row the first that is free
   from that of its last bits on. */
typedef struct {
    Py_buffer buffer;
    const uint64_t *rows;
    uint64_t last;
} Table;

static int hold(Table *table, PyObject *array)
{
    if (PyObject_GetBuffer(array, &table->buffer, PyBUF_C_CONTIGUOUS) < 0)
        return 0;
    uint64_t count = (uint64_t)table->buffer.len / 16;
    if (table->buffer.itemsize != 8 || count == 0 || count & (count - 1) || (uint64_t)table->buffer.len != count * 16) {
        PyBuffer_Release(&table->buffer);
        PyErr_SetString(PyExc_ValueError, "this is no table of words");
        return 0;
    }
    table->rows = table->buffer.buf;
    table->last = count - 1;
    return 1;
}

static uint64_t further(uint64_t key, Py_UCS4 character)
{
    key = (key ^ character) * 0x9E3779B97F4A7C15u;
    return key ^ key >> 32;
}

/* The value of a key; 0 where the table has none, and *known says whether it has. */
static uint64_t look(const Table *table, uint64_t key, int *known)
{
    uint64_t row = key & table->last;
    for (uint64_t tried = 0; tried <= table->last; tried++, row = (row + 1) & table->last) {
        uint64_t found = table->rows[2 * row];
        if (found == key || found == 0) {
            *known = found == key;
            return *known ? table->rows[2 * row + 1] : 0;
        }
    }
    *known = 0;
    return 0;
}

static PyObject *value(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *array, *word;
    if (!PyArg_ParseTuple(args, "OU", &array, &word))
        return NULL;
    Table table;
    if (!hold(&table, array))
        return NULL;
    uint64_t key = 0;
    Py_ssize_t length = PyUnicode_GetLength(word);
    for (Py_ssize_t i = 0; i < length; i++)
        key = further(key, PyUnicode_ReadChar(word, i));
    int known;
    uint64_t found = look(&table, key, &known);
    PyBuffer_Release(&table.buffer);
    return PyLong_FromUnsignedLongLong(found);
}

/* Where the word ends that the best path takes at each place. Every run of characters that jieba knows is by itself. */
static void path(const Table *table, const Py_UCS4 *text, Py_ssize_t length, double total, double *best, Py_ssize_t *ends)
{
    best[length] = 0;
    for (Py_ssize_t start = length - 1; start >= 0; start--) {
        uint64_t key = 0;
        best[start] = -HUGE_VAL;
        for (Py_ssize_t end = start; end < length && text[end] >= 0x4e00 && text[end] <= 0x9fd5; end++) {
            int known;
            key = further(key, text[end]);
            uint64_t frequency = look(table, key, &known) >> 16;
            if (!known)
                break;
            double score = frequency ? log((double)frequency) - total + best[end + 1] : -HUGE_VAL;
            if (frequency && score >= best[start]) /* of two that are as probable the one with the longer word */
                best[start] = score, ends[start] = end + 1;
        }
        if (best[start] == -HUGE_VAL) {
            int single = text[start] >= 0x4e00 && text[start] <= 0x9fd5;
            best[start] = single ? log(1) - total + best[start + 1] : 0;
            ends[start] = start + 1;
        }
    }
}

static PyObject *cut(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *array, *run, *words = NULL;
    double total;
    Table table;
    if (!PyArg_ParseTuple(args, "OUd", &array, &run, &total) || !hold(&table, array))
        return NULL;
    Py_ssize_t length = PyUnicode_GetLength(run);
    Py_UCS4 *text = malloc((size_t)(length + 1) * sizeof *text);
    double *best = malloc((size_t)(length + 1) * sizeof *best);
    Py_ssize_t *ends = malloc((size_t)(length + 1) * sizeof *ends);
    if (text == NULL || best == NULL || ends == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    if (PyUnicode_AsUCS4(run, text, length + 1, 1) == NULL)
        goto done;
    path(&table, text, length, total, best, ends);
    words = PyList_New(0);
    for (Py_ssize_t start = 0; words && start < length; start = ends[start]) {
        PyObject *word = PyUnicode_Substring(run, start, ends[start]);
        if (word == NULL || PyList_Append(words, word) < 0)
            Py_CLEAR(words);
        Py_XDECREF(word);
    }
done:
    PyBuffer_Release(&table.buffer);
    free(text), free(best), free(ends);
    return words;
}

/* The words of a text as they are first met, the number of each in the order of the text, and where it begins. */
static PyObject *numbered(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *array, *run, *words = NULL, *result = NULL;
    double total;
    Table table;
    if (!PyArg_ParseTuple(args, "OUd", &array, &run, &total) || !hold(&table, array))
        return NULL;
    Py_ssize_t length = PyUnicode_GetLength(run), slots = 1, count = 0, distinct = 0;
    while (slots <= 2 * length)
        slots *= 2;
    Py_UCS4 *text = malloc((size_t)(length + 1) * sizeof *text);
    double *best = malloc((size_t)(length + 1) * sizeof *best);
    Py_ssize_t *ends = malloc((size_t)(length + 1) * sizeof *ends);
    uint32_t *numbers = malloc((size_t)(length + 1) * sizeof *numbers);
    uint32_t *starts = malloc((size_t)(length + 1) * sizeof *starts);
    uint32_t *firsts = malloc((size_t)(length + 1) * sizeof *firsts);
    uint32_t *known = calloc((size_t)slots, sizeof *known); /* numbers of words, from 1 on, by their keys */
    if (!text || !best || !ends || !numbers || !starts || !firsts || !known || length >= UINT32_MAX) {
        PyErr_NoMemory();
        goto done;
    }
    if (PyUnicode_AsUCS4(run, text, length + 1, 1) == NULL)
        goto done;
    path(&table, text, length, total, best, ends);
    for (Py_ssize_t start = 0; start < length; start = ends[start]) {
        size_t size = (size_t)(ends[start] - start) * sizeof *text;
        uint64_t slot = 0;
        for (Py_ssize_t i = start; i < ends[start]; i++)
            slot = further(slot, text[i]);
        for (slot &= (uint64_t)slots - 1; known[slot]; slot = (slot + 1) & ((uint64_t)slots - 1)) {
            uint32_t first = firsts[known[slot] - 1];
            if (ends[first] - first == ends[start] - start && memcmp(text + first, text + start, size) == 0)
                break;
        }
        if (!known[slot]) {
            firsts[distinct] = (uint32_t)start;
            known[slot] = (uint32_t)++distinct;
        }
        numbers[count] = known[slot] - 1;
        starts[count++] = (uint32_t)start;
    }
    words = PyList_New(distinct);
    for (Py_ssize_t i = 0; words && i < distinct; i++) {
        PyObject *word = PyUnicode_Substring(run, firsts[i], ends[firsts[i]]);
        if (word == NULL)
            Py_CLEAR(words);
        else
            PyList_SetItem(words, i, word);
    }
    if (words)
        result = Py_BuildValue("Ny#y#", words, numbers, count * 4, starts, count * 4);
done:
    PyBuffer_Release(&table.buffer);
    free(text), free(best), free(ends), free(numbers), free(starts), free(firsts), free(known);
    return result;
}

/* A text of which each character gives way to the one that a table has for it; None where it has none for one. */
static PyObject *fold(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *text, *folded = NULL;
    Py_buffer table;
    if (!PyArg_ParseTuple(args, "Uy*", &text, &table))
        return NULL;
    const uint32_t *others = table.buf;
    Py_ssize_t length = PyUnicode_GetLength(text), at = 0;
    Py_UCS4 *codes = malloc((size_t)(length + 1) * sizeof *codes);
    if (codes == NULL) {
        PyErr_NoMemory();
    } else if (PyUnicode_AsUCS4(text, codes, length + 1, 1)) {
        for (; at < length && codes[at] < (size_t)table.len / sizeof *others && others[codes[at]]; at++)
            codes[at] = others[codes[at]];
        int order = *(const uint8_t *)&(uint16_t){1} ? -1 : 1; /* that of this machine; a byte order mark is text */
        folded = at < length ? Py_NewRef(Py_None)
                             : PyUnicode_DecodeUTF32((const char *)codes, length * 4, "surrogatepass", &order);
    }
    free(codes);
    PyBuffer_Release(&table);
    return folded;
}

static PyMethodDef METHODS[] = {
    {"cut", cut, METH_VARARGS, "Cut a text into words."},
    {"numbered", numbered, METH_VARARGS, "Cut a text into words, and number these."},
    {"fold", fold, METH_VARARGS, "Return a text with other characters, None where a table has none for one of it."},
    {"value", value, METH_VARARGS, "Return the value of a word, 0 for one that is not in the table."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_words", NULL, -1, METHODS, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__words(void)
{
    return PyModule_Create(&MODULE);
}
