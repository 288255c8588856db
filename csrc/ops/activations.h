#pragma once
// Activation functions; gradients stand in activations.cpp.
#include "pointwise.h"

namespace pykeras {

#define PYKERAS_ACTIVATION(Type, op_name, text)     \
  struct Type : Unary<Type, Elementwise::op_name> { \
    static constexpr auto name = #op_name;          \
    static constexpr auto doc = text;               \
    Tensors gradient(const Backward& b) const;      \
  };
PYKERAS_ACTIVATION(Selu, selu, "scale * (x if x > 0 else alpha * (exp(x) - 1)), constants of arXiv:1706.02515")
PYKERAS_ACTIVATION(Tanh, tanh, "hyperbolic tangent")
PYKERAS_ACTIVATION(Silu, silu, "x * sigmoid(x)")
PYKERAS_ACTIVATION(Gelu, gelu, "x * Phi(x), Phi the normal distribution function")
PYKERAS_ACTIVATION(GeluTanh, gelu_tanh, "tanh approximation of gelu")
PYKERAS_ACTIVATION(Softplus, softplus, "log(1 + exp(x))")
PYKERAS_ACTIVATION(LogSigmoid, log_sigmoid, "log(sigmoid(x))")
PYKERAS_ACTIVATION(Softsign, softsign, "x / (1 + |x|)")
PYKERAS_ACTIVATION(HardSigmoid, hard_sigmoid, "x / 6 + 0.5 limited to [0, 1]")
#undef PYKERAS_ACTIVATION

struct Relu : Unary<Relu, Elementwise::relu> {
  static constexpr auto name = "relu";
  static constexpr auto doc = "max(x, 0)";
  static constexpr Promotion promotion = Promotion::common;
  Tensors gradient(const Backward& b) const;
};

struct Sigmoid : Unary<Sigmoid, Elementwise::sigmoid> {
  static constexpr auto name = "sigmoid";
  static constexpr auto doc = "1 / (1 + exp(-x))";
  static constexpr bool remembers_input = true;
  Tensors gradient(const Backward& b) const;
};

struct LeakyRelu : Unary<LeakyRelu, Elementwise::leaky_relu> {
  static constexpr auto name = "leaky_relu";
  static constexpr auto doc = "x if x > 0 else negative_slope * x";
  double negative_slope = 0.2;
  static auto attributes() { return std::tuple{field("negative_slope", &LeakyRelu::negative_slope)}; }
  std::array<double, 2> params() const { return {negative_slope, 0}; }
  Tensors gradient(const Backward& b) const;
};

struct Elu : Unary<Elu, Elementwise::elu> {
  static constexpr auto name = "elu";
  static constexpr auto doc = "x if x > 0 else alpha * (exp(x) - 1)";
  double alpha = 1;
  static auto attributes() { return std::tuple{field("alpha", &Elu::alpha)}; }
  std::array<double, 2> params() const { return {alpha, 0}; }
  Tensors gradient(const Backward& b) const;
};

}  // namespace pykeras
