// Activation functions. Where the slope follows from the output, the gradient uses it, so that the input need not be
// kept.
#include "activations.h"

#include "arithmetic.h"

namespace pykeras {
namespace {

/// g(a, dy): the slope function of an activation, as a pointwise op; its own gradient only where it is linear in dy.
#define PYKERAS_SLOPE(Type, op_name)                                                      \
  struct Type : Binary<Type, Elementwise::op_name> {                                      \
    static constexpr auto name = #op_name;                                                \
    static constexpr auto doc = "slope of the activation times dy";                       \
    static constexpr std::array inputs{"a", "dy"};                                        \
    double parameter = 0;                                                                 \
    static auto attributes() { return std::tuple{field("parameter", &Type::parameter)}; } \
    std::array<double, 2> params() const { return {parameter, 0}; }                       \
    Tensors gradient(const Backward& b) const;                                            \
  };                                                                                      \
  PYKERAS_OP(Type)

PYKERAS_SLOPE(ReluGrad, relu_grad)
PYKERAS_SLOPE(LeakyReluGrad, leaky_relu_grad)
PYKERAS_SLOPE(EluGrad, elu_grad)
PYKERAS_SLOPE(SeluGrad, selu_grad)
PYKERAS_SLOPE(SigmoidGrad, sigmoid_grad)
PYKERAS_SLOPE(TanhGrad, tanh_grad)
PYKERAS_SLOPE(SiluGrad, silu_grad)
PYKERAS_SLOPE(GeluGrad, gelu_grad)
PYKERAS_SLOPE(GeluTanhGrad, gelu_tanh_grad)
#undef PYKERAS_SLOPE

Tensor times(const Tensor& a, const Tensor& b) { return record(Multiply{}, {a, b}); }
Tensor times(const Tensor& a, double b) { return record(Multiply{}, {a, scalar_like(b, a.dtype())}); }
Tensor plus(const Tensor& a, const Tensor& b) { return record(Add{}, {a, b}); }
Tensor plus(const Tensor& a, double b) { return record(Add{}, {a, scalar_like(b, a.dtype())}); }
Tensor minus(const Tensor& a) { return record(Negative{}, {a}); }
Tensor positive_part(const Tensor& a, const Tensor& x) {
  const Tensor zero = scalar_like(0, a.dtype());
  return record(Select{}, {record(Greater{}, {a, zero}), zero, x});
}

// Second derivatives: d(slope(a) * dy) = slope'(a) * dy * da + slope(a) * ddy, with ddy's part the same slope op.
Tensors ReluGrad::gradient(const Backward& b) const {
  return {Tensor(), b.needs(1) ? record(ReluGrad{}, {b.in(0), b.dy()}) : Tensor()};
}
Tensors LeakyReluGrad::gradient(const Backward& b) const {
  LeakyReluGrad slope;
  slope.parameter = parameter;
  return {Tensor(), b.needs(1) ? record(slope, {b.in(0), b.dy()}) : Tensor()};
}
Tensors EluGrad::gradient(const Backward& b) const {
  EluGrad slope;
  slope.parameter = parameter;
  return {b.needs(0) ? positive_part(b.in(0), times(b.dy(), b.in(1))) : Tensor(),
          b.needs(1) ? record(slope, {b.in(0), b.dy()}) : Tensor()};
}
Tensors SeluGrad::gradient(const Backward& b) const {
  return {b.needs(0) ? positive_part(b.in(0), times(b.dy(), b.in(1))) : Tensor(),
          b.needs(1) ? record(SeluGrad{}, {b.in(0), b.dy()}) : Tensor()};
}
Tensors SigmoidGrad::gradient(const Backward& b) const {
  const Tensor curve = plus(times(b.in(0), -2), 1);  // d(y - y²)/dy
  return {b.needs(0) ? times(times(b.dy(), b.in(1)), curve) : Tensor(),
          b.needs(1) ? record(SigmoidGrad{}, {b.in(0), b.dy()}) : Tensor()};
}
Tensors TanhGrad::gradient(const Backward& b) const {
  return {b.needs(0) ? times(times(b.dy(), b.in(1)), times(b.in(0), -2)) : Tensor(),
          b.needs(1) ? record(TanhGrad{}, {b.in(0), b.dy()}) : Tensor()};
}
Tensors SiluGrad::gradient(const Backward& b) const {
  // silu'' = s (1 - s) (2 + x (1 - 2 s))
  const Tensor &x = b.in(0), s = record(Sigmoid{}, {x});
  const Tensor bend = times(times(s, plus(minus(s), 1)), plus(times(x, plus(times(s, -2), 1)), 2));
  return {b.needs(0) ? times(times(b.dy(), b.in(1)), bend) : Tensor(),
          b.needs(1) ? record(SiluGrad{}, {x, b.dy()}) : Tensor()};
}
Tensors GeluGrad::gradient(const Backward& b) const {
  // gelu'' = φ(x) (2 - x²), φ the normal density
  const Tensor &x = b.in(0), squared = record(Square{}, {x});
  const Tensor density = times(record(Exp{}, {times(squared, -0.5)}), 0.39894228040143267794);
  return {b.needs(0) ? times(times(b.dy(), b.in(1)), times(density, plus(minus(squared), 2))) : Tensor(),
          b.needs(1) ? record(GeluGrad{}, {x, b.dy()}) : Tensor()};
}
Tensors GeluTanhGrad::gradient(const Backward& b) const {
  // With u = c (x + a x³), t = tanh u: gelu'' = (1 - t²) (u' + x u''/2 - x t u'²)
  constexpr double c = 0.79788456080286535588, a = 0.044715;
  const Tensor &x = b.in(0), squared = record(Square{}, {x});
  const Tensor t = record(Tanh{}, {times(times(x, plus(times(squared, a), 1)), c)});
  const Tensor slope = times(plus(times(squared, 3 * a), 1), c), bend = times(x, 6 * a * c);
  const Tensor inner =
      plus(plus(slope, times(times(x, bend), 0.5)), minus(times(times(x, t), record(Square{}, {slope}))));
  const Tensor second = times(plus(minus(record(Square{}, {t})), 1), inner);
  return {b.needs(0) ? times(times(b.dy(), b.in(1)), second) : Tensor(),
          b.needs(1) ? record(GeluTanhGrad{}, {x, b.dy()}) : Tensor()};
}

template <class Slope>
Tensor slope(const Tensor& a, const Tensor& dy, double parameter = 0) {
  Slope op;
  op.parameter = parameter;
  return record(op, {a, dy});
}

}  // namespace

Tensors Relu::gradient(const Backward& b) const { return {slope<ReluGrad>(b.out(), b.dy())}; }
PYKERAS_OP(Relu)
Tensors LeakyRelu::gradient(const Backward& b) const { return {slope<LeakyReluGrad>(b.in(0), b.dy(), negative_slope)}; }
PYKERAS_OP(LeakyRelu)
Tensors Elu::gradient(const Backward& b) const { return {slope<EluGrad>(b.out(), b.dy(), alpha)}; }
PYKERAS_OP(Elu)
Tensors Selu::gradient(const Backward& b) const { return {slope<SeluGrad>(b.out(), b.dy())}; }
PYKERAS_OP(Selu)
Tensors Sigmoid::gradient(const Backward& b) const { return {slope<SigmoidGrad>(b.out(), b.dy())}; }
PYKERAS_OP(Sigmoid)
Tensors Tanh::gradient(const Backward& b) const { return {slope<TanhGrad>(b.out(), b.dy())}; }
PYKERAS_OP(Tanh)
Tensors Silu::gradient(const Backward& b) const { return {slope<SiluGrad>(b.in(0), b.dy())}; }
PYKERAS_OP(Silu)
Tensors Gelu::gradient(const Backward& b) const { return {slope<GeluGrad>(b.in(0), b.dy())}; }
PYKERAS_OP(Gelu)
Tensors GeluTanh::gradient(const Backward& b) const { return {slope<GeluTanhGrad>(b.in(0), b.dy())}; }
PYKERAS_OP(GeluTanh)
Tensors Softplus::gradient(const Backward& b) const { return {times(b.dy(), record(Sigmoid{}, {b.in(0)}))}; }
PYKERAS_OP(Softplus)
Tensors LogSigmoid::gradient(const Backward& b) const { return {times(b.dy(), record(Sigmoid{}, {minus(b.in(0))}))}; }
PYKERAS_OP(LogSigmoid)
Tensors Softsign::gradient(const Backward& b) const {
  const Tensor width = plus(record(Absolute{}, {b.in(0)}), 1);
  return {record(Divide{}, {b.dy(), record(Square{}, {width})})};
}
PYKERAS_OP(Softsign)
Tensors HardSigmoid::gradient(const Backward& b) const {
  const Tensor inside = record(Less{}, {record(Absolute{}, {b.in(0)}), scalar_like(3, b.in(0).dtype())});
  return {record(Select{}, {inside, times(b.dy(), 1.0 / 6), scalar_like(0, b.dy().dtype())})};
}
PYKERAS_OP(HardSigmoid)

}  // namespace pykeras
