// Ops written in Python: a function of NumPy arrays, or values that are there already under a gradient of one's own.
// Recorded steps hold them like any other op; running them takes the interpreter's lock.
#include <cstring>

#include "../ops/op.h"
#include "bindings.h"

namespace pykeras {
namespace {

/// A Python object that may be let go by a thread without the interpreter's lock.
std::shared_ptr<py::object> held(py::object object) {
  return {new py::object(std::move(object)), [](py::object* p) {
            py::gil_scoped_acquire gil;
            delete p;
          }};
}

/// Strings come and go as their numbers.
const char* stored_name(DType dtype) { return name_of(dtype == DType::string ? DType::int64 : dtype); }

py::array view_of(const In& in) {
  std::vector<py::ssize_t> shape(in.spec->shape.begin(), in.spec->shape.end());
  py::array array(py::dtype(stored_name(in.dtype())), shape, in.data, py::none());
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

py::list as_list(const Tensors& tensors) {
  py::list list;
  for (const Tensor& tensor : tensors) list.append(tensor ? py::cast(tensor) : py::none());
  return list;
}

class HostOp final : public Op {
 public:
  /// Without a `function` the results are the last inputs, as many as there are outputs.
  HostOp(std::string name, py::object function, py::object gradient, Specs outputs)
      : name_(std::move(name)), copies_(function.is_none()), differentiable_(!gradient.is_none()) {
    function_ = held(std::move(function));
    gradient_ = held(std::move(gradient));
    outputs_ = std::move(outputs);
  }

  const char* name() const override { return name_.c_str(); }
  Specs infer(const Specs&) const override { return outputs_; }
  bool differentiable() const override { return differentiable_; }

  void forward(const Ins& in, const Outs& out) const override {
    if (copies_) {
      const size_t first = in.size() - out.size();
      for (size_t i = 0; i < out.size(); ++i) std::memcpy(out[i].data, in[first + i].data, out[i].spec->bytes());
      return;
    }
    py::gil_scoped_acquire gil;
    py::list arguments;
    for (const In& input : in) arguments.append(input ? py::object(view_of(input)) : py::none());
    const py::object result = (*function_)(*py::tuple(arguments));
    const bool single = out.size() == 1 && !py::isinstance<py::tuple>(result);
    const py::tuple results = single ? py::make_tuple(result) : py::tuple(result);
    if (results.size() != out.size()) {
      throw Error(name_ + ": expected " + std::to_string(out.size()) + " results, got " +
                  std::to_string(results.size()));
    }
    for (size_t i = 0; i < out.size(); ++i) store(results[i], out[i]);
  }

  Tensors gradient(const Backward& b) const override {
    py::gil_scoped_acquire gil;
    const py::sequence found = (*gradient_)(as_list(b.inputs), as_list(b.outputs), as_list(b.gradients));
    Tensors result;
    for (size_t i = 0; i < b.inputs.size() && i < found.size(); ++i) {
      const py::object gradient = found[i];
      if (gradient.is_none() || !b.needs(static_cast<int>(i))) {
        result.emplace_back();
        continue;
      }
      result.push_back(operand_from(gradient, name_.c_str(), "gradient").tensor);
      expect_same(name_.c_str(), "gradient", b.in(static_cast<int>(i)).spec(), result.back().spec());
    }
    result.resize(b.inputs.size());
    return result;
  }

 private:
  void store(py::handle value, const Out& out) const {
    py::array array =
        py::module_::import("numpy").attr("ascontiguousarray")(value, py::dtype(stored_name(out.dtype())));
    const Shape& shape = out.spec->shape;
    // ascontiguousarray gives scalars an axis.
    const bool fits =
        array.size() == shape.size() &&
        (shape.rank() == 0 || (array.ndim() == shape.rank() && std::equal(shape.begin(), shape.end(), array.shape())));
    if (!fits) {
      throw Error(name_ + ": expected a result of shape " + shape.text() + ", got " +
                  py::str(py::getattr(array, "shape")).cast<std::string>());
    }
    std::memcpy(out.data, array.data(), out.spec->bytes());
  }

  std::string name_;
  bool copies_, differentiable_;
  std::shared_ptr<py::object> function_, gradient_;
  Specs outputs_;
};

}  // namespace

void bind_host_op(py::module_& m) {
  m.def(
      "host_op",
      [](std::string name, py::object function, py::object gradient, const std::vector<std::optional<Tensor>>& inputs,
         const std::vector<std::pair<py::object, std::string>>& outputs) {
        Specs specs;
        for (const auto& [shape, dtype] : outputs) {
          specs.push_back(Spec{dtype_from_name(dtype), shape_from(shape, false)});
        }
        Tensors given;
        for (const auto& input : inputs) given.push_back(input ? *input : Tensor());
        const bool copies = function.is_none();
        if (copies && given.size() < specs.size()) throw Error(name + ": expected the results among the inputs");
        for (size_t i = 0; copies && i < specs.size(); ++i) {
          expect_same(name.c_str(), "result", specs[i], given[given.size() - specs.size() + i].spec());
        }
        return run_op(std::make_shared<HostOp>(std::move(name), std::move(function), std::move(gradient), specs),
                      std::move(given));
      },
      py::arg("name"), py::arg("function"), py::arg("gradient"), py::arg("inputs"), py::arg("outputs"),
      "Runs a Python function of NumPy arrays as an op; outputs are (shape, dtype) of its results. gradient(inputs, "
      "outputs, dy) gives one tensor or None per input. Without a function the results are the last inputs.");
}

}  // namespace pykeras
