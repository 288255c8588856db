// One Python function per op, made from the registry: arguments by position or name, inputs first, then attributes.
#include "../ops/floatx.h"
#include "../ops/op.h"
#include "bindings.h"

namespace pykeras {
namespace {

py::object symbolic_class;  // what a symbolic call returns; set by pykeras.keras_tensor

struct AttributeText {
  std::string operator()(bool v) const { return v ? "True" : "False"; }
  std::string operator()(int64_t v) const { return std::to_string(v); }
  std::string operator()(double v) const { return py::repr(py::float_(v)).cast<std::string>(); }
  std::string operator()(const std::string& v) const { return '"' + v + '"'; }
  std::string operator()(const std::vector<int64_t>& v) const {
    return py::repr(py::tuple(py::cast(v))).cast<std::string>();
  }
  std::string operator()(DType v) const { return std::string("\"") + name_of(v) + '"'; }
};
struct AttributeType {
  std::string operator()(bool) const { return "bool"; }
  std::string operator()(int64_t) const { return "int"; }
  std::string operator()(double) const { return "float"; }
  std::string operator()(const std::string&) const { return "str"; }
  std::string operator()(const std::vector<int64_t>&) const { return "Sequence[int]"; }
  std::string operator()(DType) const { return "str"; }
};

std::vector<int64_t> integers(py::handle value) {
  std::vector<int64_t> result;
  for (py::handle v : py::reinterpret_borrow<py::iterable>(value)) result.push_back(v.cast<int64_t>());
  return result;
}

Attribute attribute_from(const OpInfo& info, const AttributeInfo& attribute, py::handle value) {
  try {
    return std::visit(
        [&](const auto& initial) -> Attribute {
          using T = std::decay_t<decltype(initial)>;
          if constexpr (std::is_same_v<T, DType>) {
            return dtype_from_name(value.cast<std::string>());
          } else if constexpr (std::is_same_v<T, std::vector<int64_t>>) {
            // Texts and bytes are sequences too, of what nobody meant as sizes.
            const bool is_text = py::isinstance<py::str>(value) || py::isinstance<py::bytes>(value) ||
                                 py::isinstance<py::bytearray>(value);
            if (!PySequence_Check(value.ptr()) || is_text) throw py::cast_error();
            return integers(value);
          } else if constexpr (std::is_same_v<T, double>) {
            return value.attr("__float__")().template cast<double>();
          } else if constexpr (std::is_same_v<T, int64_t>) {
            if (!PyIndex_Check(value.ptr())) throw py::cast_error();
            return value.attr("__index__")().template cast<int64_t>();
          } else {
            return value.cast<T>();
          }
        },
        attribute.initial);
  } catch (const py::cast_error&) {
  } catch (const py::error_already_set&) {
  } catch (const TypeError& error) {
    throw TypeError(info.name + ": " + attribute.name + ": " + error.what());
  }
  throw TypeError(info.name + ": " + attribute.name + ": expected " + std::visit(AttributeType{}, attribute.initial) +
                  ", got " + py::repr(value).cast<std::string>());
}

std::string plain(const std::string& input) {
  return input.back() == '?' || input.back() == '*' ? input.substr(0, input.size() - 1) : input;
}

std::string signature(const OpInfo& info) {
  std::string text = info.name + "(";
  bool first = true;
  for (const std::string& input : info.inputs) {
    if (!first) text += ", ";
    first = false;
    text += plain(input) + (input.back() == '*'   ? ": Sequence[TensorLike]"
                            : input.back() == '?' ? ": TensorLike | None = None"
                                                  : ": TensorLike");
  }
  for (const AttributeInfo& attribute : info.attributes) {
    text += ", " + attribute.name + ": " + std::visit(AttributeType{}, attribute.initial) + " = " +
            std::visit(AttributeText{}, attribute.initial);
  }
  return text + ")";
}

bool fits(int64_t number, DType whole) {
  if (size_of(whole) == 8) return is_signed(whole) || number >= 0;
  const int bits = static_cast<int>(size_of(whole)) * 8 - (is_signed(whole) ? 1 : 0);
  return number < (int64_t{1} << bits) && number >= (is_signed(whole) ? -(int64_t{1} << bits) : 0);
}

/// Python numbers take the dtype of the other operands; alone, they are floatx or int32.
void settle_weak(const OpInfo& info, std::vector<Operand>& operands) {
  std::optional<DType> strong;
  bool weak_float = false, any_weak = false;
  for (const Operand& operand : operands) {
    if (operand.weak) {
      any_weak = true;
      weak_float = weak_float || is_float(operand.tensor.dtype());
    } else if (operand.tensor || operand.symbolic) {
      const DType dtype = operand.symbolic ? operand.symbolic->spec.dtype : operand.tensor.dtype();
      if (dtype == DType::string) continue;  // beside indices, or refused later
      strong = strong ? common_dtype(*strong, dtype) : dtype;
    }
  }
  if (!any_weak) return;
  for (Operand& operand : operands) {
    if (!operand.weak) continue;
    const DType own = operand.tensor.dtype();
    DType target = own == DType::float64 ? floatx() : own;
    if (strong) {
      if (is_float(*strong)) {
        target = *strong;
      } else if (!weak_float && own != DType::boolean && *strong != DType::boolean) {
        target = *strong;
      }
    } else if (weak_float && own != DType::boolean) {
      target = floatx();
    }
    if (target == own) continue;
    if (!is_float(own) && own != DType::boolean && !is_float(target)) {
      const int64_t number = own == DType::int64 ? *operand.tensor.as<int64_t>() : *operand.tensor.as<int32_t>();
      expect(fits(number, target), info.name.c_str(),
             "the number " + std::to_string(number) + " does not fit into " + name_of(target));
    }
    Tensor converted(Spec{target, Shape{}});
    table().cast(own, target, 1, operand.tensor.data(), converted.data());
    operand.tensor = converted;
  }
}

py::object call(const OpInfo& info, const py::args& args, const py::kwargs& kwargs) {
  const size_t n_inputs = info.inputs.size(), n_attributes = info.attributes.size();
  if (args.size() > n_inputs + n_attributes) {
    throw TypeError(info.name + ": expected at most " + std::to_string(n_inputs + n_attributes) + " arguments, got " +
                    std::to_string(args.size()));
  }
  size_t used = 0;
  const auto argument = [&](size_t position, const std::string& name) -> py::object {
    if (position < args.size()) {
      if (kwargs.contains(name)) throw TypeError(info.name + ": " + name + " is given twice");
      return args[position];
    }
    if (kwargs.contains(name)) {
      ++used;
      return kwargs[name.c_str()];
    }
    return py::object();
  };

  std::vector<Operand> operands;
  for (size_t i = 0; i < n_inputs; ++i) {
    const std::string& input = info.inputs[i];
    const std::string name = plain(input);
    const py::object value = argument(i, name);
    if (input.back() == '*') {
      if (!value) throw TypeError(info.name + ": missing argument " + name);
      if (!py::isinstance<py::iterable>(value)) {
        throw TypeError(info.name + ": " + name + ": expected a list of tensors, got " +
                        py::repr(value).cast<std::string>());
      }
      for (py::handle element : py::reinterpret_borrow<py::iterable>(value)) {
        operands.push_back(operand_from(element, info.name.c_str(), name.c_str()));
      }
    } else if (value && !value.is_none()) {
      operands.push_back(operand_from(value, info.name.c_str(), name.c_str()));
    } else if (input.back() == '?') {
      operands.emplace_back();
    } else {
      throw TypeError(info.name + ": missing argument " + name);
    }
  }
  std::vector<Attribute> attributes;
  for (size_t i = 0; i < n_attributes; ++i) {
    const py::object value = argument(n_inputs + i, info.attributes[i].name);
    attributes.push_back(value ? attribute_from(info, info.attributes[i], value) : info.attributes[i].initial);
  }
  if (used < kwargs.size()) {
    for (const auto& [key, value] : kwargs) {
      bool known = false;
      for (const std::string& input : info.inputs) known = known || plain(input) == key.cast<std::string>();
      for (const AttributeInfo& attribute : info.attributes) known = known || attribute.name == key.cast<std::string>();
      if (!known) throw TypeError(info.name + ": unknown argument " + key.cast<std::string>());
    }
  }

  settle_weak(info, operands);
  const OpPtr op = info.make(attributes);
  bool symbolic = false;
  for (const Operand& operand : operands) symbolic = symbolic || operand.symbolic;
  py::list results;
  if (symbolic) {
    Specs specs;
    for (const Operand& operand : operands) {
      specs.push_back(operand.symbolic ? operand.symbolic->spec
                      : operand.tensor ? operand.tensor.spec()
                                       : Spec::none());
    }
    if (!symbolic_class) throw Error("symbolic calls need pykeras.keras_tensor");
    for (const Spec& spec : op->infer(specs)) {
      results.append(symbolic_class(shape_tuple(spec.shape), name_of(spec.dtype)));
    }
  } else {
    Tensors inputs;
    for (Operand& operand : operands) inputs.push_back(std::move(operand.tensor));
    for (const Tensor& output : run_op(op, std::move(inputs))) results.append(output);
  }
  if (results.size() == 1) return results[0];
  return py::tuple(results);
}

}  // namespace

void bind_ops(py::module_& m) {
  py::module_ ops =
      m.def_submodule("op", "The ops as C++ declares them; pykeras.ops has Keras's names and signatures.");
  py::options options;
  options.disable_function_signatures();
  for (const OpInfo& info : op_registry()) {
    const std::string doc = signature(info) + "\n\n" + info.doc;
    ops.def(
        info.name.c_str(), [info](const py::args& args, const py::kwargs& kwargs) { return call(info, args, kwargs); },
        doc.c_str());
  }
  py::list registry;
  for (const OpInfo& info : op_registry()) {
    py::list attributes;
    for (const AttributeInfo& attribute : info.attributes) attributes.append(attribute.name);
    py::dict entry;
    entry["name"] = info.name;
    entry["doc"] = info.doc;
    entry["inputs"] = info.inputs;
    entry["attributes"] = attributes;
    entry["differentiable"] = info.differentiable;
    entry["signature"] = signature(info);
    registry.append(entry);
  }
  m.attr("op_registry") = registry;
  m.def("set_floatx", [](const std::string& dtype) { set_floatx(dtype_from_name(dtype)); });
  m.def("set_symbolic_class", [](const py::object& cls) { symbolic_class = cls; });
  // The interpreter may be gone before static objects are destroyed.
  m.add_object("_release", py::capsule([] { symbolic_class.release(); }));
}

}  // namespace pykeras
