/* Lists a folder with what tells whether its files have changed: to ask for that one file after the other, holding the
   interpreter, takes twice as long. */
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef __APPLE__
#define CHANGED(status) ((status).st_mtimespec)
#else
#define CHANGED(status) ((status).st_mtim)
#endif

struct entry {
    long long size, mtime_ns; /* of an ordinary file; the size of anything else is -1 */
    size_t length;            /* of the name that follows, with the zero at its end */
};

struct entries {
    char *bytes;
    size_t used, room;
};

static int append(struct entries *entries, const void *bytes, size_t length)
{
    if (entries->room - entries->used < length) {
        size_t room = 2 * entries->room + length;
        char *larger = realloc(entries->bytes, room);
        if (larger == NULL)
            return -1;
        entries->bytes = larger;
        entries->room = room;
    }
    memcpy(entries->bytes + entries->used, bytes, length);
    entries->used += length;
    return 0;
}

/* Gives 0, or what went wrong as errno has it. */
static int list(const char *path, struct entries *entries)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return errno;
    struct dirent *found;
    int failed = 0;
    while (!failed && (errno = 0, found = readdir(folder)) != NULL) {
        struct entry entry = {-1, 0, strlen(found->d_name) + 1};
        struct stat status;
        if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, ".."))
            continue;
        if ((found->d_type == DT_REG || found->d_type == DT_UNKNOWN) &&
            fstatat(dirfd(folder), found->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode)) {
            entry.size = (long long)status.st_size;
            entry.mtime_ns = CHANGED(status).tv_sec * 1000000000LL + CHANGED(status).tv_nsec;
        }
        if (append(entries, &entry, sizeof entry) || append(entries, found->d_name, entry.length))
            failed = ENOMEM;
    }
    if (!failed)
        failed = errno; /* of readdir */
    closedir(folder);
    return failed;
}

static PyObject *entry_of(const struct entry *entry, const char *name)
{
    if (entry->size < 0)
        return Py_BuildValue("(NO)", PyUnicode_DecodeFSDefault(name), Py_None);
    return Py_BuildValue("(NN)", PyUnicode_DecodeFSDefault(name),
                         PyUnicode_FromFormat("%lld %lld ", entry->size, entry->mtime_ns));
}

static PyObject *listed(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *path, *result = NULL;
    if (!PyArg_ParseTuple(args, "O&", PyUnicode_FSConverter, &path))
        return NULL;
    const char *name = PyBytes_AsString(path);
    struct entries entries = {NULL, 0, 0};
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = list(name, &entries);
    Py_END_ALLOW_THREADS
    if (failed) {
        errno = failed;
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, name);
    } else {
        result = PyList_New(0);
    }
    for (size_t place = 0; result != NULL && place < entries.used;) {
        struct entry entry;
        memcpy(&entry, entries.bytes + place, sizeof entry);
        PyObject *one = entry_of(&entry, entries.bytes + place + sizeof entry);
        if (one == NULL || PyList_Append(result, one))
            Py_CLEAR(result);
        Py_XDECREF(one);
        place += sizeof entry + entry.length;
    }
    free(entries.bytes);
    Py_DECREF(path);
    return result;
}

static PyMethodDef methods[] = {{"listed", listed, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_listing", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__listing(void) { return PyModule_Create(&module); }
