#pragma once
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "../engine/tape.h"
#include "../engine/tensor.h"

namespace pykeras {

namespace py = pybind11;

/// What a symbolic call passes around instead of a tensor; Python's KerasTensor derives from it.
struct SymbolicTensor {
  Spec spec;
};

void bind_errors(py::module_& m);
void bind_tensor(py::module_& m);
void bind_ops(py::module_& m);
void bind_host_op(py::module_& m);
void bind_recording(py::module_& m);
void bind_structures(py::module_& m);
void bind_system(py::module_& m);

DType dtype_from_name(const std::string& name);
/// Sizes from Python: integers, None for unknown where `symbolic`.
Shape shape_from(py::handle shape, bool symbolic);
py::tuple shape_tuple(const Shape& shape);

/// A tensor with the values of a NumPy array; shares its memory when that is aligned, dense and read-only or `share`.
Tensor tensor_from_array(const py::array& array);

/// Tensor, Variable, NumPy array, number or (nested) list.
struct Operand {
  Tensor tensor;
  bool weak = false;  // a Python number takes the dtype of the others
  const SymbolicTensor* symbolic = nullptr;
};
Operand operand_from(py::handle value, const char* op, const char* input);

}  // namespace pykeras
