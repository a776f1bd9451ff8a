/* Python's way to search.c: a type that holds the arrays of postings, and searches them. */
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "search.h"

#define LARGE 65536 /* paragraphs from which on other threads may run meanwhile */
#define ARRAYS 13

typedef struct {
    PyObject_HEAD
    Postings postings;
    Py_buffer buffers[ARRAYS];
} Searching;

static const struct {
    const char *name;
    Py_ssize_t size;
} FIELDS[ARRAYS] = {
    {"keys", 8},          {"counts", 4},       {"bounds", 4},       {"starts", 8},           {"paragraphs", 4},
    {"codes", 1},         {"dense_terms", 8},  {"dense_bounds", 1}, {"dense_frequencies", 1}, {"dense_shifts", 1},
    {"many_keys", 8},     {"many_frequencies", 2}, {"lengths", 4},
};

/* Takes hold of the arrays; only their sizes are tested, as their contents would have to be read for more. */
static int hold(Searching *self, PyObject *given)
{
    int64_t length[ARRAYS];
    for (int i = 0; i < ARRAYS; i++) {
        Py_buffer *buffer = &self->buffers[i];
        PyObject *array = PyMapping_GetItemString(given, FIELDS[i].name);
        int failed = array == NULL || PyObject_GetBuffer(array, buffer, PyBUF_C_CONTIGUOUS) < 0;
        Py_XDECREF(array);
        if (failed)
            return -1;
        if (buffer->itemsize != FIELDS[i].size || (uintptr_t)buffer->buf % (uintptr_t)buffer->itemsize) {
            PyErr_Format(PyExc_ValueError, "%s is of another type", FIELDS[i].name);
            return -1;
        }
        length[i] = buffer->len / buffer->itemsize;
    }
    Postings *p = &self->postings;
    p->terms = length[0], p->listed = length[4], p->rows = length[6], p->many = length[10];
    p->paragraph_count = length[12];
    if (length[1] != p->terms || length[2] != p->terms || length[3] != p->terms + 1 || length[5] != p->listed ||
        length[7] != p->rows * p->paragraph_count || length[8] != p->rows * ((p->paragraph_count + 1) / 2) ||
        length[9] != p->rows || length[11] != p->many || p->paragraph_count > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit together");
        return -1;
    }
    const void **arrays[ARRAYS] = {
        (const void **)&p->keys,        (const void **)&p->counts,       (const void **)&p->bounds,
        (const void **)&p->starts,      (const void **)&p->paragraphs,   (const void **)&p->codes,
        (const void **)&p->dense_terms, (const void **)&p->dense_bounds, (const void **)&p->dense_frequencies,
        (const void **)&p->dense_shifts, (const void **)&p->many_keys,   (const void **)&p->many_frequencies,
        (const void **)&p->lengths,
    };
    for (int i = 0; i < ARRAYS; i++)
        *arrays[i] = self->buffers[i].buf;
    return 0;
}

static void drop(PyObject *object)
{
    Searching *self = (Searching *)object;
    PyTypeObject *type = Py_TYPE(object);
    for (int i = 0; i < ARRAYS; i++)
        if (self->buffers[i].obj)
            PyBuffer_Release(&self->buffers[i]);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyObject *make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(named))
{
    PyObject *given;
    float saturation, slope, offset;
    double unit, drift = 1;
    Py_ssize_t collected = -1;
    if (!PyArg_ParseTuple(args, "Offfd|nd", &given, &saturation, &slope, &offset, &unit, &collected, &drift))
        return NULL;
    PyObject *object = ((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (object == NULL)
        return NULL;
    Searching *self = (Searching *)object;
    self->postings.saturation = saturation;
    self->postings.slope = slope;
    self->postings.offset = offset;
    self->postings.unit = unit;
    self->postings.drift = drift;
    if (hold(self, given) < 0) {
        Py_DECREF(object);
        return NULL;
    }
    self->postings.collected = collected < 0 ? self->postings.paragraph_count : (int64_t)collected;
    return object;
}

static PyObject *listed(const Hit *best, int64_t found)
{
    PyObject *list = PyList_New((Py_ssize_t)found);
    for (int64_t i = 0; list != NULL && i < found; i++) {
        PyObject *pair = Py_BuildValue("if", (int)best[i].position, best[i].score);
        if (pair == NULL || PyList_SetItem(list, (Py_ssize_t)i, pair) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *failed(int64_t reason)
{
    if (reason == TOO_MANY_TERMS)
        Py_RETURN_NONE;
    if (reason == NO_MEMORY)
        return PyErr_NoMemory();
    PyErr_SetString(PyExc_ValueError, "the postings are damaged");
    return NULL;
}

/* Takes hold of a view's bits; 0 if they are not those of these postings, with an error set. */
static int take_bits(PyObject *given, Py_buffer *bits, int64_t count, const char *name)
{
    if (PyObject_GetBuffer(given, bits, PyBUF_SIMPLE) < 0)
        return 0;
    if (bits->len == (Py_ssize_t)((count + 7) / 8))
        return 1;
    PyBuffer_Release(bits);
    PyErr_Format(PyExc_ValueError, "the view has another number of %s", name);
    return 0;
}

static PyObject *searched(PyObject *object, PyObject *args)
{
    const Postings *postings = &((Searching *)object)->postings;
    PyObject *given, *paragraphs = Py_None, *terms = Py_None, *collected = Py_None, *result = NULL;
    Py_buffer paragraph_bits = {0}, term_bits = {0};
    Py_ssize_t limit;
    Asked asked = {0};
    if (!PyArg_ParseTuple(args, "O!n|OOOf", &PyList_Type, &given, &limit, &paragraphs, &terms, &collected, &asked.floor))
        return NULL;
    Py_ssize_t count = PyList_Size(given);
    if (collected != Py_None && (!PyList_Check(collected) || PyList_Size(collected) != count)) {
        PyErr_SetString(PyExc_ValueError, "not as many counts as keys");
        return NULL;
    }
    if (limit > postings->paragraph_count)
        limit = (Py_ssize_t)postings->paragraph_count;
    if (limit < 1)
        return PyList_New(0);
    uint64_t *keys = PyMem_Malloc((size_t)count * sizeof *keys + 1);
    uint32_t *counts = PyMem_Malloc((size_t)count * sizeof *counts + 1);
    Hit *best = PyMem_Malloc((size_t)limit * sizeof *best);
    if (keys == NULL || counts == NULL || best == NULL) {
        PyErr_NoMemory();
        goto end;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        keys[i] = PyLong_AsUnsignedLongLong(PyList_GetItem(given, i));
        unsigned long among = collected == Py_None ? 0 : PyLong_AsUnsignedLong(PyList_GetItem(collected, i));
        if ((keys[i] == (uint64_t)-1 || among == (unsigned long)-1) && PyErr_Occurred())
            goto end;
        counts[i] = among < UINT32_MAX ? (uint32_t)among : UINT32_MAX;
    }
    asked.keys = keys, asked.counts = collected == Py_None ? NULL : counts, asked.count = count;
    View bits = {0}, *view = NULL;
    if (paragraphs != Py_None) {
        if (!take_bits(paragraphs, &paragraph_bits, postings->paragraph_count, "paragraphs") ||
            (terms != Py_None && !take_bits(terms, &term_bits, postings->terms, "terms")))
            goto end;
        bits.paragraphs = paragraph_bits.buf, bits.terms = term_bits.buf;
        view = &bits;
    }
    int64_t found;
    if (postings->paragraph_count < LARGE) {
        found = search(postings, view, &asked, best, limit);
    } else {
        Py_BEGIN_ALLOW_THREADS
        found = search(postings, view, &asked, best, limit);
        Py_END_ALLOW_THREADS
    }
    result = found < 0 ? failed(found) : listed(best, found);
end:
    if (paragraph_bits.obj)
        PyBuffer_Release(&paragraph_bits);
    if (term_bits.obj)
        PyBuffer_Release(&term_bits);
    PyMem_Free(keys);
    PyMem_Free(counts);
    PyMem_Free(best);
    return result;
}

static PyObject *counted(PyObject *object, PyObject *args)
{
    const Postings *postings = &((Searching *)object)->postings;
    PyObject *key, *terms = Py_None;
    if (!PyArg_ParseTuple(args, "O|O", &key, &terms))
        return NULL;
    uint64_t number = PyLong_AsUnsignedLongLong(key);
    if (number == (uint64_t)-1 && PyErr_Occurred())
        return NULL;
    int64_t place = place_of(postings->keys, postings->terms, number);
    if (place >= 0 && terms != Py_None) {
        Py_buffer bits;
        if (!take_bits(terms, &bits, postings->terms, "terms"))
            return NULL;
        if (!has_bit(bits.buf, place))
            place = -1;
        PyBuffer_Release(&bits);
    }
    return PyLong_FromUnsignedLong(place < 0 ? 0 : postings->counts[place]);
}

static PyObject *found_terms(PyObject *object, PyObject *paragraphs)
{
    const Postings *postings = &((Searching *)object)->postings;
    Py_ssize_t size = (Py_ssize_t)((postings->terms + 7) / 8);
    Py_buffer bits;
    if (!take_bits(paragraphs, &bits, postings->paragraph_count, "paragraphs"))
        return NULL;
    PyObject *terms = NULL;
    uint8_t *places = PyMem_Calloc((size_t)size + 1, 1);
    if (places == NULL) {
        PyErr_NoMemory();
    } else {
        int result;
        Py_BEGIN_ALLOW_THREADS
        result = find_terms(postings, bits.buf, places);
        Py_END_ALLOW_THREADS
        terms = result < 0 ? failed(result) : PyBytes_FromStringAndSize((const char *)places, size);
    }
    PyMem_Free(places);
    PyBuffer_Release(&bits);
    return terms;
}

/* Looks a key up among rising ones and gives the count that belongs to it, 0 where there is none. */
static PyObject *count_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer keys, counts;
    PyObject *key, *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*O", &keys, &counts, &key))
        return NULL;
    int64_t count = keys.len / 8;
    uint64_t number = PyLong_AsUnsignedLongLong(key);
    if (keys.len != 8 * count || counts.len != 4 * count || (uintptr_t)keys.buf % 8 || (uintptr_t)counts.buf % 4) {
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit together");
    } else if (number != (uint64_t)-1 || !PyErr_Occurred()) {
        int64_t place = place_of(keys.buf, count, number);
        result = PyLong_FromUnsignedLong(place < 0 ? 0 : ((const uint32_t *)counts.buf)[place]);
    }
    PyBuffer_Release(&keys);
    PyBuffer_Release(&counts);
    return result;
}

static PyMethodDef functions[] = {{"count_of", count_of, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef methods[] = {
    {"search", searched, METH_VARARGS, NULL},
    {"frequency", counted, METH_VARARGS, NULL},
    {"terms", found_terms, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {{Py_tp_new, make}, {Py_tp_dealloc, drop}, {Py_tp_methods, methods}, {0, NULL}};
static PyType_Spec spec = {"retrieval.postings._search.CompiledSearch", sizeof(Searching), 0, Py_TPFLAGS_DEFAULT, slots};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_search", NULL, 0, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__search(void)
{
    PyObject *created = PyModule_Create(&module);
    PyObject *type = PyType_FromSpec(&spec);
    if (created == NULL || type == NULL || PyModule_AddObjectRef(created, "CompiledSearch", type) < 0)
        Py_CLEAR(created);
    Py_XDECREF(type);
    return created;
}
