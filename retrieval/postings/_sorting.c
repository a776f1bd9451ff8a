/* Sorts numbers of 64 bits by their digits: building an index spends a quarter of its time on sorting otherwise. */
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT 11 /* bits; the places of 2048 digits stay in a near cache */
#define DIGITS (1 << DIGIT)

/* Puts the numbers into the order of one digit, from `from` to `to`; gives 0 if all of them have the same. */
static int pass(const uint64_t *from, uint64_t *to, Py_ssize_t count, int shift)
{
    Py_ssize_t places[DIGITS] = {0}, place = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        places[from[i] >> shift & (DIGITS - 1)]++;
    if (places[from[0] >> shift & (DIGITS - 1)] == count)
        return 0;
    for (int digit = 0; digit < DIGITS; digit++) {
        Py_ssize_t many = places[digit];
        places[digit] = place;
        place += many;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
    return 1;
}

static PyObject *sorted(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer buffer;
    int lowest;
    if (!PyArg_ParseTuple(args, "w*i", &buffer, &lowest))
        return NULL;
    Py_ssize_t count = buffer.len / (Py_ssize_t)sizeof(uint64_t);
    uint64_t *numbers = buffer.buf, *scratch = count ? malloc((size_t)buffer.len) : NULL;
    PyObject *result = NULL;
    if (buffer.itemsize != sizeof(uint64_t) || (uintptr_t)numbers % sizeof(uint64_t) || lowest < 0 || lowest > 63) {
        PyErr_SetString(PyExc_ValueError, "not numbers of 64 bits, or no bit of them");
    } else if (count && scratch == NULL) {
        PyErr_NoMemory();
    } else {
        uint64_t *from = numbers, *to = scratch;
        Py_BEGIN_ALLOW_THREADS
        for (int shift = lowest; count && shift < 64; shift += DIGIT) {
            if (pass(from, to, count, shift)) {
                uint64_t *filled = to;
                to = from;
                from = filled;
            }
        }
        if (from != numbers)
            memcpy(numbers, from, (size_t)buffer.len);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    free(scratch);
    PyBuffer_Release(&buffer);
    return result;
}

static PyMethodDef methods[] = {{"sort", sorted, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_sorting", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__sorting(void) { return PyModule_Create(&module); }
