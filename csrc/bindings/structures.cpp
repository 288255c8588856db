// Walks through nested Python structures that happen at every call of a layer, too often for Python itself.
#include <unordered_set>

#include "bindings.h"

namespace pykeras {
namespace {

bool is_sequence(PyObject* value) { return PyTuple_Check(value) || PyList_Check(value); }

/// visit(child) for the children of a list, tuple or dictionary in their order, until one returns true.
template <class Visit>
bool any_child(PyObject* structure, const Visit& visit) {
  if (Py_EnterRecursiveCall(" in a nested structure")) throw py::error_already_set();
  struct Leave {
    ~Leave() { Py_LeaveRecursiveCall(); }
  } leave;
  if (is_sequence(structure)) {
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(structure); ++i) {
      if (visit(PySequence_Fast_GET_ITEM(structure, i))) return true;
    }
  } else {
    PyObject *key, *value;
    for (Py_ssize_t position = 0; PyDict_Next(structure, &position, &key, &value);) {
      if (visit(value)) return true;
    }
  }
  return false;
}

bool any_symbolic(PyObject* structure, PyTypeObject* symbolic) {
  if (!is_sequence(structure) && !PyDict_Check(structure)) return PyObject_TypeCheck(structure, symbolic);
  return any_child(structure, [symbolic](PyObject* child) { return any_symbolic(child, symbolic); });
}

/// What an object holds of some classes, each thing once.
class Held {
 public:
  explicit Held(const py::tuple& kinds) : kinds_(kinds) {}

  bool may_hold(PyObject* value) const { return is_kind(value) || is_sequence(value) || PyDict_Check(value); }

  void collect(PyObject* value) {
    if (is_kind(value)) {
      if (found_.insert(value).second) items.append(py::handle(value));
    } else if ((is_sequence(value) || PyDict_Check(value)) && seen_.insert(value).second) {  // it may hold itself
      any_child(value, [this](PyObject* child) {
        collect(child);
        return false;
      });
    }
  }

  py::list items;

 private:
  bool is_kind(PyObject* value) const {
    for (py::handle kind : kinds_) {
      if (PyObject_TypeCheck(value, reinterpret_cast<PyTypeObject*>(kind.ptr()))) return true;
    }
    return false;
  }

  py::tuple kinds_;
  std::unordered_set<PyObject*> found_, seen_;
};

}  // namespace

void bind_structures(py::module_& m) {
  m.def(
      "any_symbolic",
      [type = py::type::of<SymbolicTensor>()](const py::args& structures) {
        return any_symbolic(structures.ptr(), reinterpret_cast<PyTypeObject*>(type.ptr()));
      },
      "Whether there is a symbolic tensor in one of the nested structures.");
  m.def(
      "held",
      [](const py::dict& attributes, const py::tuple& kinds, const py::frozenset& skipped) {
        for (py::handle kind : kinds) {
          if (!PyType_Check(kind.ptr())) throw TypeError("held: kinds: expected classes");
        }
        Held held(kinds);
        PyObject *name, *value;
        for (Py_ssize_t position = 0; PyDict_Next(attributes.ptr(), &position, &name, &value);) {
          if (held.may_hold(value) && !skipped.contains(py::handle(name))) held.collect(value);
        }
        return held.items;
      },
      py::arg("attributes"), py::arg("kinds"), py::arg("skipped"),
      "The instances of `kinds` among the attributes, but those `skipped`, and in lists, tuples and dictionaries there;"
      " in order, each once.");
}

}  // namespace pykeras
