#pragma once
// How an op is written: a struct whose fields are its attributes, with `infer`, `forward` and `gradient` under one
// another.
//
//   struct Dense {
//     static constexpr auto name = "dense";
//     static constexpr auto doc = "...";
//     static constexpr std::array inputs{"x", "kernel", "bias?"};        // ? may be left out, * any number
//     static auto attributes() { return std::tuple{field("axis", &Dense::axis)}; }   // left out when there are none
//     Spec infer(Spec x, Spec kernel, Spec bias) const;                  // or Specs for several outputs
//     void forward(In x, In kernel, In bias, Out y) const;
//     Tensors gradient(const Backward& b) const;                         // left out when not differentiable
//   };
//   PYKERAS_OP(Dense)
//
// With inputs ending in *, infer and forward take them as `const Specs&` and `const Ins&`.
#include <array>
#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <variant>

#include "../engine/op.h"
#include "../engine/record.h"
#include "../kernels/parallel.h"
#include "../kernels/table.h"

namespace pykeras {

/// The kernels of the instruction set in use.
inline const kernels::KernelTable& table() { return kernels::kernels(); }

using Attribute = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, DType>;

template <class T, class F>
struct Field {
  const char* name;
  F T::*member;
};
template <class T, class F>
Field<T, F> field(const char* name, F T::*member) {
  return {name, member};
}

struct AttributeInfo {
  std::string name;
  Attribute initial;
};

/// What bindings, documentation and tests know of an op.
struct OpInfo {
  std::string name, doc;
  std::vector<std::string> inputs;
  std::vector<AttributeInfo> attributes;
  bool differentiable;
  std::function<OpPtr(const std::vector<Attribute>&)> make;
};
std::vector<OpInfo>& op_registry();

/// How inputs of different dtypes are brought together before `infer`.
enum class Promotion {
  none,
  common,       // all to the common dtype
  common_real,  // all to the common floating dtype
  select        // the first to bool, the others to their common dtype
};
DType common_dtype(DType a, DType b);
void promote_inputs(Promotion promotion, Tensors& inputs);
Spec promoted_spec(Promotion promotion, const Specs& inputs, size_t i);
void refuse_strings(const char* name, const Specs& specs);

namespace detail {

template <class T, class = void>
struct AttributesOf {
  static auto get() { return std::tuple<>{}; }
};
template <class T>
struct AttributesOf<T, std::void_t<decltype(T::attributes())>> {
  static auto get() { return T::attributes(); }
};

template <class T, class = void>
struct HasGradient : std::false_type {};
template <class T>
struct HasGradient<T, std::void_t<decltype(&T::gradient)>> : std::true_type {};

template <class T, class = void>
struct PromotionOf {
  static constexpr Promotion value = Promotion::none;
};
template <class T>
struct PromotionOf<T, std::void_t<decltype(T::promotion)>> {
  static constexpr Promotion value = T::promotion;
};

#define PYKERAS_OPTIONAL_FLAG(flag)      \
  template <class T, class = void>       \
  struct flag##_of : std::false_type {}; \
  template <class T>                     \
  struct flag##_of<T, std::void_t<decltype(T::flag)>> : std::bool_constant<T::flag> {};
PYKERAS_OPTIONAL_FLAG(view)
PYKERAS_OPTIONAL_FLAG(remembers_input)
PYKERAS_OPTIONAL_FLAG(constant)
PYKERAS_OPTIONAL_FLAG(moves_strings)
#undef PYKERAS_OPTIONAL_FLAG

template <class T, class = void>
struct HasAbsorb : std::false_type {};
template <class T>
struct HasAbsorb<T, std::void_t<decltype(&T::absorb)>> : std::true_type {};

template <class T, class = void>
struct HasPointwise : std::false_type {};
template <class T>
struct HasPointwise<T, std::void_t<decltype(&T::pointwise)>> : std::true_type {};

template <class T, class = void>
struct HasPieces : std::false_type {};
template <class T>
struct HasPieces<T, std::void_t<decltype(&T::piece)>> : std::true_type {};

template <class T, class = void>
struct TakesPieces : std::false_type {};
template <class T>
struct TakesPieces<T, std::void_t<decltype(&T::with_pieces)>> : std::true_type {};

template <class T, class = void>
struct HasOverwrite : std::false_type {};
template <class T>
struct HasOverwrite<T, std::void_t<decltype(&T::overwrites)>> : std::true_type {};

inline Specs as_specs(Spec spec) { return {std::move(spec)}; }
inline Specs as_specs(Specs specs) { return specs; }

template <class T, class Base, class R, class... Args, size_t... I>
R infer_each(const T& op, R (Base::*infer)(Args...) const, const Specs& in, std::index_sequence<I...>) {
  return (op.*infer)(in[I]...);
}
template <class T, class Base, class R, class... Args>
R infer_call(const T& op, R (Base::*infer)(Args...) const, const Specs& in) {
  if constexpr (sizeof...(Args) == 1 && (std::is_same_v<std::decay_t<Args>, Specs> && ...)) {
    return (op.*infer)(in);
  } else {
    return infer_each(op, infer, in, std::index_sequence_for<Args...>{});
  }
}

template <class... Args>
struct ForwardCall {
  static constexpr size_t ins = (size_t{0} + ... + (std::is_same_v<std::decay_t<Args>, In> ? 1 : 0));
  template <class Arg, size_t I>
  static decltype(auto) pick(const Ins& in, const Outs& out) {
    if constexpr (std::is_same_v<std::decay_t<Arg>, In>) {
      return in[I];
    } else if constexpr (std::is_same_v<std::decay_t<Arg>, Ins>) {
      return (in);
    } else if constexpr (std::is_same_v<std::decay_t<Arg>, Outs>) {
      return (out);
    } else {
      // Outputs follow the inputs; with `const Ins&` the one argument stands for all of them.
      return out[I - (ins ? ins : 1)];
    }
  }
  template <class T, class Base, size_t... I>
  static void run(const T& op, void (Base::*forward)(Args...) const, const Ins& in, const Outs& out,
                  std::index_sequence<I...>) {
    (op.*forward)(pick<Args, I>(in, out)...);
  }
};
template <class T, class Base, class... Args>
void forward_call(const T& op, void (Base::*forward)(Args...) const, const Ins& in, const Outs& out) {
  ForwardCall<Args...>::run(op, forward, in, out, std::index_sequence_for<Args...>{});
}

}  // namespace detail

/// Presents the struct T to the engine.
template <class T>
class OpOf final : public Op {
 public:
  explicit OpOf(T value) : value_(std::move(value)) {}
  const T& value() const { return value_; }

  const char* name() const override { return T::name; }
  void promote(Tensors& inputs) const override { promote_inputs(detail::PromotionOf<T>::value, inputs); }
  Specs infer(const Specs& inputs) const override {
    constexpr bool refuses = !detail::moves_strings_of<T>::value;
    if constexpr (refuses) refuse_strings(T::name, inputs);
    Specs outputs = inferred(inputs);
    if constexpr (refuses) refuse_strings(T::name, outputs);
    return outputs;
  }
  void forward(const Ins& in, const Outs& out) const override { detail::forward_call(value_, &T::forward, in, out); }
  bool differentiable() const override { return detail::HasGradient<T>::value; }
  bool stops_gradient() const override { return detail::constant_of<T>::value; }
  Tensors gradient(const Backward& b) const override {
    if constexpr (detail::HasGradient<T>::value) return value_.gradient(b);
    return {};
  }
  bool is_view() const override { return detail::view_of<T>::value; }
  PointwiseKernel pointwise() const override {
    if constexpr (detail::HasPointwise<T>::value) return value_.pointwise();
    return {};
  }
  bool piecewise() const override {
    if constexpr (detail::HasPieces<T>::value) return value_.piecewise();
    return false;
  }
  void begin_pieces(const Ins& in, const Spec& output, std::vector<int64_t>& plan) const override {
    if constexpr (detail::HasPieces<T>::value) value_.begin_pieces(in, output, plan);
  }
  void piece(const Ins& in, const Spec& output, const std::vector<int64_t>& plan, int64_t first, int64_t count,
             void* y) const override {
    if constexpr (detail::HasPieces<T>::value) value_.piece(in, output, plan, first, count, y);
  }
  OpPtr with_pieces(const OpPtr& source, int position, const Spec& made) const override {
    if constexpr (detail::TakesPieces<T>::value) return value_.with_pieces(source, position, made);
    return nullptr;
  }
  bool keeps_logits() const override { return detail::remembers_input_of<T>::value; }
  bool may_overwrite(int output, int input) const override {
    if constexpr (detail::HasOverwrite<T>::value) return value_.overwrites(output, input);
    return detail::HasPointwise<T>::value;
  }
  OpPtr absorb(const Op& next, int position, const Specs& next_inputs) const override {
    if constexpr (detail::HasAbsorb<T>::value) return value_.absorb(next, position, next_inputs);
    return nullptr;
  }

 private:
  Specs inferred(const Specs& inputs) const {
    constexpr Promotion promotion = detail::PromotionOf<T>::value;
    if constexpr (promotion == Promotion::none) {
      return detail::as_specs(detail::infer_call(value_, &T::infer, inputs));
    } else {
      Specs promoted;
      for (size_t i = 0; i < inputs.size(); ++i) promoted.push_back(promoted_spec(promotion, inputs, i));
      return detail::as_specs(detail::infer_call(value_, &T::infer, promoted));
    }
  }

  T value_;
};

template <class T>
OpPtr op(T value) {
  return std::make_shared<OpOf<T>>(std::move(value));
}

/// Runs an op: what `gradient` and the bindings use.
template <class T>
Tensor record(T value, Tensors inputs) {
  return run_op(op(std::move(value)), std::move(inputs))[0];
}
template <class T>
Tensors record_all(T value, Tensors inputs) {
  return run_op(op(std::move(value)), std::move(inputs));
}

/// The struct behind an engine op, or null when it is another op.
template <class T>
const T* as(const Op& op) {
  const auto* typed = dynamic_cast<const OpOf<T>*>(&op);
  return typed ? &typed->value() : nullptr;
}

template <class T>
bool register_op() {
  OpInfo info;
  info.name = T::name;
  info.doc = T::doc;
  for (const char* input : T::inputs) info.inputs.emplace_back(input);
  info.differentiable = detail::HasGradient<T>::value;
  const T initial{};
  std::apply(
      [&](auto... fields) {
        (info.attributes.push_back({fields.name, Attribute(initial.*(fields.member))}), ...);
      },
      detail::AttributesOf<T>::get());
  info.make = [](const std::vector<Attribute>& values) {
    T value{};
    size_t i = 0;
    std::apply(
        [&](auto... fields) {
          ((value.*(fields.member) = std::get<std::decay_t<decltype(value.*(fields.member))>>(values[i++])), ...);
        },
        detail::AttributesOf<T>::get());
    return op(std::move(value));
  };
  op_registry().push_back(std::move(info));
  return true;
}

#define PYKERAS_OP(T) static const bool registered_##T = register_op<T>();

/// Calls `body` with a float or double as type tag.
template <class Body>
void with_real(DType dtype, Body&& body) {
  if (dtype == DType::float32) {
    body(float{});
  } else {
    body(double{});
  }
}

/// A gradient summed down to the shape that an operand had before broadcasting.
Tensor sum_to(const Tensor& gradient, const Spec& operand);
Tensor scalar_like(double value, DType dtype);
Tensor zeros(const Spec& spec);

}  // namespace pykeras
