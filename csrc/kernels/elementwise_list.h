#pragma once
// Every elementwise kernel, once: ELEMENTWISE(name, inputs, kind).
//   kind real:    float32 and float64
//        number:  all dtypes but bool
//        any:     all dtypes
//        compare: all dtypes in, bool out
//        logic:   bool in, bool out
// The functor of the same name stands in elementwise.cpp; `select` takes (bool condition, x, y).
// Parameters (slopes, thresholds) come as up to two doubles.
#define PYKERAS_ELEMENTWISE(ELEMENTWISE) \
  ELEMENTWISE(copy, 1, any)              \
  ELEMENTWISE(negative, 1, number)       \
  ELEMENTWISE(absolute, 1, number)       \
  ELEMENTWISE(sign, 1, number)           \
  ELEMENTWISE(square, 1, number)         \
  ELEMENTWISE(reciprocal, 1, real)       \
  ELEMENTWISE(sqrt, 1, real)             \
  ELEMENTWISE(rsqrt, 1, real)            \
  ELEMENTWISE(exp, 1, real)              \
  ELEMENTWISE(expm1, 1, real)            \
  ELEMENTWISE(log, 1, real)              \
  ELEMENTWISE(log1p, 1, real)            \
  ELEMENTWISE(log2, 1, real)             \
  ELEMENTWISE(log10, 1, real)            \
  ELEMENTWISE(sin, 1, real)              \
  ELEMENTWISE(cos, 1, real)              \
  ELEMENTWISE(tan, 1, real)              \
  ELEMENTWISE(arcsin, 1, real)           \
  ELEMENTWISE(arccos, 1, real)           \
  ELEMENTWISE(arctan, 1, real)           \
  ELEMENTWISE(sinh, 1, real)             \
  ELEMENTWISE(cosh, 1, real)             \
  ELEMENTWISE(tanh, 1, real)             \
  ELEMENTWISE(arcsinh, 1, real)          \
  ELEMENTWISE(arccosh, 1, real)          \
  ELEMENTWISE(arctanh, 1, real)          \
  ELEMENTWISE(erf, 1, real)              \
  ELEMENTWISE(erfinv, 1, real)           \
  ELEMENTWISE(floor, 1, number)          \
  ELEMENTWISE(ceil, 1, number)           \
  ELEMENTWISE(round, 1, number)          \
  ELEMENTWISE(trunc, 1, number)          \
  ELEMENTWISE(isnan, 1, compare)         \
  ELEMENTWISE(isinf, 1, compare)         \
  ELEMENTWISE(isfinite, 1, compare)      \
  ELEMENTWISE(logical_not, 1, logic)     \
  ELEMENTWISE(sigmoid, 1, real)          \
  ELEMENTWISE(log_sigmoid, 1, real)      \
  ELEMENTWISE(softplus, 1, real)         \
  ELEMENTWISE(softsign, 1, real)         \
  ELEMENTWISE(relu, 1, number)           \
  ELEMENTWISE(leaky_relu, 1, real)       \
  ELEMENTWISE(elu, 1, real)              \
  ELEMENTWISE(selu, 1, real)             \
  ELEMENTWISE(silu, 1, real)             \
  ELEMENTWISE(gelu, 1, real)             \
  ELEMENTWISE(gelu_tanh, 1, real)        \
  ELEMENTWISE(hard_sigmoid, 1, real)     \
  ELEMENTWISE(clip, 1, number)           \
  ELEMENTWISE(add, 2, number)            \
  ELEMENTWISE(subtract, 2, number)       \
  ELEMENTWISE(multiply, 2, number)       \
  ELEMENTWISE(divide, 2, real)           \
  ELEMENTWISE(floor_divide, 2, number)   \
  ELEMENTWISE(mod, 2, number)            \
  ELEMENTWISE(power, 2, number)          \
  ELEMENTWISE(maximum, 2, any)           \
  ELEMENTWISE(minimum, 2, any)           \
  ELEMENTWISE(arctan2, 2, real)          \
  ELEMENTWISE(equal, 2, compare)         \
  ELEMENTWISE(not_equal, 2, compare)     \
  ELEMENTWISE(less, 2, compare)          \
  ELEMENTWISE(less_equal, 2, compare)    \
  ELEMENTWISE(greater, 2, compare)       \
  ELEMENTWISE(greater_equal, 2, compare) \
  ELEMENTWISE(logical_and, 2, logic)     \
  ELEMENTWISE(logical_or, 2, logic)      \
  ELEMENTWISE(logical_xor, 2, logic)     \
  ELEMENTWISE(relu_grad, 2, real)        \
  ELEMENTWISE(leaky_relu_grad, 2, real)  \
  ELEMENTWISE(elu_grad, 2, real)         \
  ELEMENTWISE(selu_grad, 2, real)        \
  ELEMENTWISE(sigmoid_grad, 2, real)     \
  ELEMENTWISE(tanh_grad, 2, real)        \
  ELEMENTWISE(silu_grad, 2, real)        \
  ELEMENTWISE(gelu_grad, 2, real)        \
  ELEMENTWISE(gelu_tanh_grad, 2, real)   \
  ELEMENTWISE(clip_grad, 2, real)        \
  ELEMENTWISE(select, 3, any)

namespace pykeras::kernels {

enum class Elementwise : unsigned char {
#define PYKERAS_NAME(name, inputs, kind) name,
  PYKERAS_ELEMENTWISE(PYKERAS_NAME)
#undef PYKERAS_NAME
      count
};

}  // namespace pykeras::kernels
