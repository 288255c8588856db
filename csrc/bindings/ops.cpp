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
             [&] { return "the number " + std::to_string(number) + " does not fit into " + name_of(target); });
    }
    Tensor converted(Spec{target, Shape{}});
    table().cast(own, target, 1, operand.tensor.data(), converted.data());
    operand.tensor = converted;
  }
}

/// An op as Python calls it. What the calls have in common is made once.
class Callable {
 public:
  explicit Callable(const OpInfo& op) : info_(op) {
    for (const std::string& input : info_.inputs) {
      const char last = input.back();
      inputs_.push_back({plain(input), interned(plain(input)), last == '*', last == '?'});
    }
    for (const AttributeInfo& attribute : info_.attributes) {
      keys_.push_back(interned(attribute.name));
      initial_.push_back(attribute.initial);
    }
  }

  py::object operator()(const py::args& args, const py::kwargs& kwargs);

 private:
  struct Input {
    std::string name;
    py::object key;
    bool several, optional;
  };

  static py::object interned(const std::string& name) {
    return py::reinterpret_steal<py::object>(PyUnicode_InternFromString(name.c_str()));
  }
  /// The argument at `position` or of that name; null when it is not given.
  py::handle argument(const py::args& args, const py::kwargs& kwargs, size_t position, const py::object& name) const {
    const py::handle named = kwargs.empty() ? nullptr : PyDict_GetItemWithError(kwargs.ptr(), name.ptr());
    if (position >= args.size()) return named;
    if (named) throw TypeError(info_.name + ": " + name.cast<std::string>() + " is given twice");
    return PyTuple_GET_ITEM(args.ptr(), position);
  }
  std::vector<Operand> operands_from(const py::args& args, const py::kwargs& kwargs) const;
  OpPtr op_from(const py::args& args, const py::kwargs& kwargs);
  void refuse_unknown(const py::kwargs& kwargs) const;

  OpInfo info_;
  std::vector<Input> inputs_;
  std::vector<py::object> keys_;  // of the attributes
  std::vector<Attribute> initial_;
  OpPtr initial_op_;  // of calls that leave the attributes as they are
};

std::vector<Operand> Callable::operands_from(const py::args& args, const py::kwargs& kwargs) const {
  std::vector<Operand> operands;
  operands.reserve(inputs_.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Input& input = inputs_[i];
    const py::handle value = argument(args, kwargs, i, input.key);
    if (input.several) {
      if (!value) throw TypeError(info_.name + ": missing argument " + input.name);
      if (!py::isinstance<py::iterable>(value)) {
        throw TypeError(info_.name + ": " + input.name + ": expected a list of tensors, got " +
                        py::repr(value).cast<std::string>());
      }
      for (py::handle element : py::reinterpret_borrow<py::iterable>(value)) {
        operands.push_back(operand_from(element, info_.name.c_str(), input.name.c_str()));
      }
    } else if (value && !value.is_none()) {
      operands.push_back(operand_from(value, info_.name.c_str(), input.name.c_str()));
    } else if (input.optional) {
      operands.emplace_back();
    } else {
      throw TypeError(info_.name + ": missing argument " + input.name);
    }
  }
  return operands;
}

OpPtr Callable::op_from(const py::args& args, const py::kwargs& kwargs) {
  std::vector<Attribute> attributes;
  for (size_t i = 0; i < keys_.size(); ++i) {
    const py::handle value = argument(args, kwargs, inputs_.size() + i, keys_[i]);
    if (!value) continue;
    if (attributes.empty()) attributes = initial_;
    attributes[i] = attribute_from(info_, info_.attributes[i], value);
  }
  if (!attributes.empty()) return info_.make(attributes);
  if (!initial_op_) initial_op_ = info_.make(initial_);
  return initial_op_;
}

void Callable::refuse_unknown(const py::kwargs& kwargs) const {
  for (const auto& [key, value] : kwargs) {
    const std::string name = key.cast<std::string>();
    bool known = false;
    for (const Input& input : inputs_) known = known || input.name == name;
    for (const AttributeInfo& attribute : info_.attributes) known = known || attribute.name == name;
    if (!known) throw TypeError(info_.name + ": unknown argument " + name);
  }
}

py::object Callable::operator()(const py::args& args, const py::kwargs& kwargs) {
  if (args.size() > inputs_.size() + keys_.size()) {
    throw TypeError(info_.name + ": expected at most " + std::to_string(inputs_.size() + keys_.size()) +
                    " arguments, got " + std::to_string(args.size()));
  }
  std::vector<Operand> operands = operands_from(args, kwargs);
  const OpPtr op = op_from(args, kwargs);
  refuse_unknown(kwargs);
  settle_weak(info_, operands);
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
    inputs.reserve(operands.size());
    for (Operand& operand : operands) inputs.push_back(std::move(operand.tensor));
    const Tensors outputs = run_op(op, std::move(inputs));
    if (outputs.size() == 1) return py::cast(outputs[0]);
    for (const Tensor& output : outputs) results.append(output);
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
    const auto callable = std::make_shared<Callable>(info);
    ops.def(
        info.name.c_str(),
        [callable](const py::args& args, const py::kwargs& kwargs) { return (*callable)(args, kwargs); }, doc.c_str());
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
