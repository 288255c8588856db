#include <cstring>

#include "../engine/record.h"
#include "../ops/op.h"
#include "bindings.h"

namespace pykeras {
namespace {

/// In the order of DType.
constexpr std::array<py::dtype (*)(), dtype_count> numpy_dtypes{
    &py::dtype::of<bool>,    &py::dtype::of<uint8_t>,  &py::dtype::of<int8_t>,  &py::dtype::of<uint16_t>,
    &py::dtype::of<int16_t>, &py::dtype::of<uint32_t>, &py::dtype::of<int32_t>, &py::dtype::of<uint64_t>,
    &py::dtype::of<int64_t>, &py::dtype::of<float>,    &py::dtype::of<double>};

py::dtype numpy_dtype(DType dtype) {
  return numpy_dtypes[static_cast<int>(dtype == DType::string ? DType::int64 : dtype)]();
}

/// By NumPy's one-letter kind, which our names begin with, and the size: no Python attribute is looked up.
DType dtype_from_numpy(const py::dtype& dtype) {
  for (int i = 0; i < dtype_count; ++i) {
    const bool same_size = static_cast<size_t>(dtype.itemsize()) == dtype_sizes[i];
    if (same_size && dtype.kind() == dtype_names[i][0]) return static_cast<DType>(i);
  }
  throw TypeError("unknown or unsupported dtype \"" + std::string(py::str(dtype)) + "\"");
}

/// A read-only view of the tensor's memory, of strings their numbers; the tensor lives as long as the view.
py::array memory_of(const Tensor& tensor) {
  std::vector<py::ssize_t> shape(tensor.shape().begin(), tensor.shape().end());
  auto* handle = new Tensor(tensor);
  const py::capsule owner(handle, [](void* p) { delete static_cast<Tensor*>(p); });
  py::array array(numpy_dtype(tensor.dtype()), shape, tensor.data(), owner);
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

/// The values: a view of the memory, or an array of texts.
py::array array_of(const Tensor& tensor) {
  py::array memory = memory_of(tensor);
  if (tensor.dtype() != DType::string) return memory;
  return py::module_::import("pykeras.strings").attr("texts_of")(memory);
}

py::object item(const Tensor& tensor, const char* how) {
  note_value_read(tensor, how);
  if (tensor.size() != 1) {
    throw TypeError(std::string(how) + ": expected a tensor of one element, got shape " + tensor.shape().text());
  }
  return array_of(tensor).attr("item")();
}

}  // namespace

DType dtype_from_name(const std::string& name) {
  for (int i = 0; i <= dtype_count; ++i) {
    if (name == dtype_names[i]) return static_cast<DType>(i);
  }
  throw TypeError("unknown or unsupported dtype \"" + name + "\"");
}

Shape shape_from(py::handle shape, bool symbolic) {
  Shape result;
  for (py::handle dim : py::reinterpret_borrow<py::iterable>(shape)) {
    if (dim.is_none()) {
      if (!symbolic) throw Error("expected a shape of integers, got None");
      result.push_back(Shape::unknown);
    } else {
      const auto size = dim.cast<int64_t>();
      if (size < 0) throw Error("expected sizes >= 0, got " + std::to_string(size));
      result.push_back(size);
    }
  }
  return result;
}

py::tuple shape_tuple(const Shape& shape) {
  py::tuple result(shape.rank());
  for (int axis = 0; axis < shape.rank(); ++axis) {
    result[axis] = shape[axis] == Shape::unknown ? py::object(py::none()) : py::object(py::int_(shape[axis]));
  }
  return result;
}

Tensor tensor_from_array(const py::array& source) {
  py::array array = source;
  const DType dtype = dtype_from_numpy(array.dtype());
  const char order = array.dtype().byteorder();
  if (order != '=' && order != '|') array = array.attr("astype")(numpy_dtype(dtype));
  if (array.ndim() > Shape::max_rank) throw Error("a tensor has at most 12 axes, got " + std::to_string(array.ndim()));
  const Spec spec{dtype, Shape(array.shape(), array.shape() + array.ndim())};
  const bool dense = (array.flags() & py::array::c_style) != 0;
  const auto address = reinterpret_cast<uintptr_t>(array.data());
  // Memory that nobody may write is shared; anything else is copied, because tensors never change.
  if (dense && !array.writeable() && address % size_of(dtype) == 0 && spec.bytes() > 0 && array.base() &&
      py::isinstance<py::capsule>(array.base())) {
    auto owner = std::shared_ptr<void>(new py::array(array), [](void* p) {
      py::gil_scoped_acquire gil;
      delete static_cast<py::array*>(p);
    });
    void* data = const_cast<void*>(array.data());
    return Tensor(spec, std::make_shared<Storage>(data, spec.bytes(), owner), data);
  }
  Tensor tensor(spec);
  if (spec.bytes() > 0) {
    const py::array packed = dense ? array : py::array::ensure(array, py::array::c_style);
    std::memcpy(tensor.data(), packed.data(), spec.bytes());
  }
  return tensor;
}

Operand operand_from(py::handle value, const char* op, const char* input) {
  Operand result;
  if (py::isinstance<Tensor>(value)) {
    result.tensor = value.cast<Tensor&>();
  } else if (py::isinstance<Variable>(value)) {
    result.tensor = value.cast<Variable&>().read();
  } else if (py::isinstance<SymbolicTensor>(value)) {
    result.symbolic = value.cast<const SymbolicTensor*>();
  } else if (py::isinstance<py::bool_>(value)) {
    result.tensor = scalar_like(value.cast<bool>() ? 1 : 0, DType::boolean);
    result.weak = true;
  } else if (py::isinstance<py::int_>(value)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow) throw Error(std::string(op) + ": " + input + ": integer out of range");
    const bool wide = number > INT32_MAX || number < INT32_MIN;
    result.tensor = Tensor(Spec{wide ? DType::int64 : DType::int32, Shape{}});
    if (wide) {
      *result.tensor.as<int64_t>() = number;
    } else {
      *result.tensor.as<int32_t>() = static_cast<int32_t>(number);
    }
    result.weak = true;
  } else if (py::isinstance<py::float_>(value) && !py::hasattr(value, "dtype")) {
    result.tensor = scalar_like(value.cast<double>(), DType::float64);
    result.weak = true;
  } else {
    const py::module_ convert = py::module_::import("pykeras.convert");
    result.tensor = convert.attr("tensor_from")(value, op, input).cast<Tensor>();
  }
  return result;
}

void bind_errors(py::module_&) {
  py::register_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const TypeError& error) {
      py::set_error(PyExc_TypeError, error.what());
    } catch (const IndexError& error) {
      py::set_error(PyExc_IndexError, error.what());
    } catch (const Error& error) {
      py::set_error(PyExc_ValueError, error.what());
    } catch (const OutOfMemory& error) {
      py::set_error(PyExc_MemoryError, error.what());
    }
  });
}

void bind_tensor(py::module_& m) {
  py::class_<Tensor>(m, "Tensor", py::buffer_protocol(), py::dynamic_attr(),
                     "An immutable dense array; see pykeras.ops for what can be done.")
      .def_property_readonly("shape", [](const Tensor& t) { return shape_tuple(t.shape()); })
      .def_property_readonly("dtype", [](const Tensor& t) { return name_of(t.dtype()); })
      .def_property_readonly("ndim", [](const Tensor& t) { return t.shape().rank(); })
      .def_property_readonly("size", &Tensor::size)
      .def_property_readonly("nbytes", &Tensor::bytes)
      .def(
          "numpy",
          [](const Tensor& t) {
            note_value_read(t, "numpy()");
            return array_of(t);
          },
          "The values as a read-only NumPy array that shares the tensor's memory.")
      .def(
          "__array__",
          [](const Tensor& t, const py::object& dtype, const py::object& copy) {
            note_value_read(t, "__array__");
            py::array array = array_of(t);
            if (!dtype.is_none() && !array.dtype().equal(dtype)) {
              if (!copy.is_none() && !copy.cast<bool>()) {
                throw Error("__array__: a conversion to another dtype needs a copy");
              }
              return py::array(array.attr("astype")(dtype));
            }
            return !copy.is_none() && copy.cast<bool>() ? py::array(array.attr("copy")()) : array;
          },
          py::arg("dtype") = py::none(), py::arg("copy") = py::none())
      .def("item", [](const Tensor& t) { return item(t, "item()"); })
      .def("__float__", [](const Tensor& t) { return py::float_(item(t, "float()")); })
      .def("__int__", [](const Tensor& t) { return py::int_(item(t, "int()")); })
      .def("__index__",
           [](const Tensor& t) {
             if (is_float(t.dtype())) throw TypeError("only an integer tensor can be an index");
             return py::int_(item(t, "index"));
           })
      .def("__bool__", [](const Tensor& t) { return py::bool_(item(t, "bool()")); })
      .def("__len__",
           [](const Tensor& t) {
             if (t.shape().rank() == 0) throw TypeError("len(): a tensor without axes has no length");
             return t.shape()[0];
           })
      .def_property_readonly(
          "logits",
          [](const Tensor& t) -> py::object {
            if (!t.logits()) return py::none();
            return py::make_tuple(t.logits_of(), t.logits());
          },
          "(op, input) when this is the result of a softmax or sigmoid, else None.")
      .def_buffer([](const Tensor& t) {
        note_value_read(t, "buffer");
        if (t.dtype() == DType::string) throw TypeError("a tensor of strings has no buffer; use numpy()");
        const py::array array = array_of(t);
        return py::buffer_info(t.data(), array.itemsize(), std::string(1, array.dtype().char_()), array.ndim(),
                               std::vector<py::ssize_t>(array.shape(), array.shape() + array.ndim()),
                               std::vector<py::ssize_t>(array.strides(), array.strides() + array.ndim()), true);
      });

  py::class_<Variable, VariablePtr>(m, "Variable", "A place for a tensor that can be replaced.")
      .def(py::init([](const Tensor& value, bool trainable) { return std::make_shared<Variable>(value, trainable); }),
           py::arg("value"), py::arg("trainable") = true)
      .def(
          "read", [](Variable& v) { return v.read(); }, "The current value.")
      .def(
          "accepts",
          [](const Variable& v, py::handle value) {
            return py::isinstance<Tensor>(value) && value.cast<const Tensor&>().spec() == v.spec();
          },
          py::arg("value"), "Whether `value` is a tensor of the same shape and dtype.")
      .def("write", &Variable::assign, py::arg("value"), "Replaces the value by one of the same shape and dtype.")
      .def(
          "write_connected",
          [](Variable& v, const Tensor& value) {
            v.assign(value);
            const Tensor held = v.read();
            for (Tape* tape : listeners().tapes) tape->record(engine_ops().copy, {value}, {held});
          },
          py::arg("value"), "``write``, through which gradients flow to what the value was computed from.")
      .def_property_readonly("shape", [](const Variable& v) { return shape_tuple(v.spec().shape); })
      .def_property_readonly("dtype", [](const Variable& v) { return name_of(v.spec().dtype); })
      .def_property("trainable", &Variable::trainable, &Variable::set_trainable);
  m.def(
      "trainable_changes", [] { return Variable::trainable_changes.load(); },
      "A number that grows when a variable is made, frozen or thawed.");

  py::class_<SymbolicTensor>(m, "SymbolicTensor", "A shape and a dtype that ops can be called with.")
      .def(py::init([](const py::object& shape, const std::string& dtype) {
             return SymbolicTensor{Spec{dtype_from_name(dtype), shape_from(shape, true)}};
           }),
           py::arg("shape"), py::arg("dtype") = "float32")
      .def_property_readonly("shape", [](const SymbolicTensor& t) { return shape_tuple(t.spec.shape); })
      .def_property_readonly("dtype", [](const SymbolicTensor& t) { return name_of(t.spec.dtype); })
      .def_property_readonly("ndim", [](const SymbolicTensor& t) { return t.spec.rank(); });

  m.def("tensor", &tensor_from_array, py::arg("array"), "A tensor with the values of a NumPy array.");
  m.def(
      "string_tensor",
      [](const py::array& numbers) {
        const Tensor tensor = tensor_from_array(numbers);
        if (tensor.dtype() != DType::int64) throw TypeError("string_tensor: expected int64 numbers");
        return tensor.viewed_as(Spec{DType::string, tensor.shape()});
      },
      py::arg("numbers"), "A tensor of strings from the numbers that pykeras.strings gave them.");
  m.def("live_string_tensors", &live_string_tensors, "How many tensors of strings there are.");
  m.def("common_dtype", [](const std::string& a, const std::string& b) {
    return name_of(common_dtype(dtype_from_name(a), dtype_from_name(b)));
  });
}

}  // namespace pykeras
