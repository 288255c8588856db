#pragma once
// A functor for each name of elementwise_list.h: apply(x[, y], p) on packets of floats, on integers, or on both. They
// are internal to each source that includes them.
#include "packet_math.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

constexpr double selu_scale = 1.0507009873554804934, selu_alpha = 1.6732632423543772848;

#define PYKERAS_PACKETS(name, parameters, ...)         \
  struct name##_functor {                              \
    template <class T>                                 \
    static PYKERAS_INLINE Packet<T> apply parameters { \
      __VA_ARGS__                                      \
    }                                                  \
  };
#define PYKERAS_PACKETS_AND_INTEGERS(name, parameters, integer_parameters, integer_body, ...) \
  struct name##_functor {                                                                     \
    template <class T>                                                                        \
    static PYKERAS_INLINE Packet<T> apply parameters {                                        \
      __VA_ARGS__                                                                             \
    }                                                                                         \
    template <class T>                                                                        \
    static PYKERAS_INLINE T apply integer_parameters {                                        \
      integer_body                                                                            \
    }                                                                                         \
  };
#define PYKERAS_UNARY(name, ...) PYKERAS_PACKETS(name, (Packet<T> x, const double*), return __VA_ARGS__;)
#define PYKERAS_UNARY_LIBM(name, function) PYKERAS_UNARY(name, by_lane(x, [](T v) { return scalar_##function(v); }))
#define PYKERAS_BINARY(name, ...) PYKERAS_PACKETS(name, (Packet<T> x, Packet<T> y, const double*), return __VA_ARGS__;)
#define PYKERAS_UNARY_NUMBER(name, integer, ...)                                                           \
  PYKERAS_PACKETS_AND_INTEGERS(name, (Packet<T> x, const double*), (T x, const double*), return (integer); \
                               , return __VA_ARGS__;)
#define PYKERAS_BINARY_NUMBER(name, integer, ...)                                                          \
  PYKERAS_PACKETS_AND_INTEGERS(name, (Packet<T> x, Packet<T> y, const double*), (T x, T y, const double*), \
                               return (integer);                                                           \
                               , return __VA_ARGS__;)
#define PYKERAS_TEST(name, parameters, ...)          \
  struct name##_functor {                            \
    template <class T>                               \
    static PYKERAS_INLINE uint8_t apply parameters { \
      return __VA_ARGS__;                            \
    }                                                \
  };

PYKERAS_UNARY_NUMBER(copy, x, x)
PYKERAS_UNARY_NUMBER(negative, wrapping_subtract(T(0), x), -x)
PYKERAS_UNARY_NUMBER(absolute, x < T(0) ? wrapping_subtract(T(0), x) : x, abs(x))
PYKERAS_UNARY_NUMBER(sign, static_cast<T>((x > T(0)) - (x < T(0))),
                     select(x == x, (splat<T>(1) & (x > Packet<T>::zero())) - (splat<T>(1) & (x < Packet<T>::zero())),
                            x))
PYKERAS_UNARY_NUMBER(square, wrapping_multiply(x, x), x* x)
PYKERAS_UNARY_NUMBER(floor, x, floor(x))
PYKERAS_UNARY_NUMBER(ceil, x, ceil(x))
PYKERAS_UNARY_NUMBER(round, x, rint(x))
PYKERAS_UNARY_NUMBER(trunc, x, select(x < Packet<T>::zero(), ceil(x), floor(x)))
PYKERAS_UNARY_NUMBER(relu, x < T(0) ? T(0) : x, select(x < Packet<T>::zero(), Packet<T>::zero(), x))

PYKERAS_UNARY(reciprocal, splat<T>(1) / x)
PYKERAS_UNARY(sqrt, exact_sqrt(x))
PYKERAS_UNARY(rsqrt, splat<T>(1) / exact_sqrt(x))
PYKERAS_UNARY(exp, exp_to_zero(x))
PYKERAS_UNARY(expm1, accurate_expm1(x))
PYKERAS_UNARY(log, log(x))
PYKERAS_UNARY(log1p, accurate_log1p(x))
PYKERAS_UNARY_LIBM(log2, log2)
PYKERAS_UNARY_LIBM(log10, log10)
PYKERAS_UNARY_LIBM(sin, sin)
PYKERAS_UNARY_LIBM(cos, cos)
PYKERAS_UNARY_LIBM(tan, tan)
PYKERAS_UNARY_LIBM(arcsin, asin)
PYKERAS_UNARY_LIBM(arccos, acos)
PYKERAS_UNARY_LIBM(arctan, atan)
PYKERAS_UNARY_LIBM(sinh, sinh)
PYKERAS_UNARY_LIBM(cosh, cosh)
PYKERAS_UNARY(tanh, accurate_tanh(x))
PYKERAS_UNARY_LIBM(arcsinh, asinh)
PYKERAS_UNARY_LIBM(arccosh, acosh)
PYKERAS_UNARY_LIBM(arctanh, atanh)
PYKERAS_UNARY(erf, erf(x))
PYKERAS_UNARY_LIBM(erfinv, erfinv)
PYKERAS_UNARY(sigmoid, sigmoid(x))
PYKERAS_UNARY(log_sigmoid, -softplus(-x))
PYKERAS_UNARY(softplus, softplus(x))
PYKERAS_UNARY(softsign, x / (splat<T>(1) + abs(x)))
PYKERAS_UNARY(silu, x* sigmoid(x))
PYKERAS_UNARY(gelu, x* normal_cdf(x))
PYKERAS_PACKETS(selu, (Packet<T> x, const double*),
                return select(x > Packet<T>::zero(), splat<T>(selu_scale) * x,
                              splat<T>(selu_scale* selu_alpha) * accurate_expm1(x));)
PYKERAS_PACKETS(leaky_relu, (Packet<T> x, const double* p),
                return select(x > Packet<T>::zero(), x, splat<T>(p[0]) * x);)
PYKERAS_PACKETS(elu, (Packet<T> x, const double* p),
                return select(x > Packet<T>::zero(), x, splat<T>(p[0]) * accurate_expm1(x));)

/// x clipped to [low, high]; NaN stays.
template <class T>
PYKERAS_INLINE Packet<T> clipped(Packet<T> x, Packet<T> low, Packet<T> high) {
  const Packet<T> raised = select(x < low, low, x);
  return select(high < raised, high, raised);
}
PYKERAS_UNARY(hard_sigmoid, clipped(x / splat<T>(6) + splat<T>(0.5), splat<T>(0), splat<T>(1)))
PYKERAS_PACKETS_AND_INTEGERS(clip, (Packet<T> x, const double* p), (T x, const double* p),
                             const T low = convert<T>(p[0]);
                             const T high = convert<T>(p[1]); const T raised = x < low ? low : x;
                             return high < raised ? high : raised;, return clipped(x, splat<T>(p[0]), splat<T>(p[1]));)

/// gelu_tanh is x * sigmoid(z): 0.5 * (1 + tanh(z / 2)) without the loss of digits on the left.
template <class T>
PYKERAS_INLINE Packet<T> gelu_tanh_argument(Packet<T> x) {
  return splat<T>(2 * 0.79788456080286535588) * (x + splat<T>(0.044715) * x * x * x);
}
PYKERAS_UNARY(gelu_tanh, x* sigmoid(gelu_tanh_argument(x)))

PYKERAS_BINARY_NUMBER(add, wrapping_add(x, y), x + y)
PYKERAS_BINARY_NUMBER(subtract, wrapping_subtract(x, y), x - y)
PYKERAS_BINARY_NUMBER(multiply, wrapping_multiply(x, y), x* y)
PYKERAS_BINARY(divide, x / y)
PYKERAS_BINARY_NUMBER(floor_divide, integer_floor_divide(x, y),
                      by_lane(x, y, [](T a, T b) { return float_floor_divide(a, b); }))
PYKERAS_BINARY_NUMBER(mod, integer_mod(x, y), by_lane(x, y, [](T a, T b) { return float_mod(a, b); }))
PYKERAS_BINARY_NUMBER(power, integer_power(x, y), by_lane(x, y, [](T a, T b) { return float_power(a, b); }))
PYKERAS_BINARY_NUMBER(maximum, x < y ? y : x, select(x == x, select(x >= y, x, y), x))
PYKERAS_BINARY_NUMBER(minimum, y < x ? y : x, select(x == x, select(x <= y, x, y), x))
PYKERAS_BINARY(arctan2, by_lane(x, y, [](T a, T b) { return scalar_atan2(a, b); }))

PYKERAS_TEST(isnan, (T x, const double*), is_nan(x))
PYKERAS_TEST(isinf, (T x, const double*), std::is_floating_point_v<T>&& __builtin_fabs(double(x)) == HUGE_VAL)
PYKERAS_TEST(isfinite, (T x, const double*), !std::is_floating_point_v<T> || __builtin_fabs(double(x)) < HUGE_VAL)
PYKERAS_TEST(logical_not, (T x, const double*), x == 0)
PYKERAS_TEST(equal, (T x, T y, const double*), x == y)
PYKERAS_TEST(not_equal, (T x, T y, const double*), x != y)
PYKERAS_TEST(less, (T x, T y, const double*), x < y)
PYKERAS_TEST(less_equal, (T x, T y, const double*), x <= y)
PYKERAS_TEST(greater, (T x, T y, const double*), x > y)
PYKERAS_TEST(greater_equal, (T x, T y, const double*), x >= y)
PYKERAS_TEST(logical_and, (T x, T y, const double*), (x != 0) & (y != 0))
PYKERAS_TEST(logical_or, (T x, T y, const double*), (x | y) != 0)
PYKERAS_TEST(logical_xor, (T x, T y, const double*), (x != 0) != (y != 0))

// Gradients: x is the function's result or argument, y the gradient that arrives.
PYKERAS_BINARY(relu_grad, select(x > Packet<T>::zero(), y, Packet<T>::zero()))
PYKERAS_PACKETS(leaky_relu_grad, (Packet<T> x, Packet<T> y, const double* p),
                return select(x > Packet<T>::zero(), y, splat<T>(p[0]) * y);)
PYKERAS_PACKETS(elu_grad, (Packet<T> x, Packet<T> y, const double* p),
                return select(x > Packet<T>::zero(), y, y*(x + splat<T>(p[0])));)
PYKERAS_BINARY(selu_grad,
               select(x > Packet<T>::zero(), y* splat<T>(selu_scale), y*(x + splat<T>(selu_scale * selu_alpha))))
PYKERAS_BINARY(sigmoid_grad, y* x*(splat<T>(1) - x))
PYKERAS_BINARY(tanh_grad, y*(splat<T>(1) - x * x))
PYKERAS_BINARY(silu_grad, y*(sigmoid(x) + x * sigmoid_slope(x)))
PYKERAS_BINARY(gelu_grad,
               y*(normal_cdf(x) + x * splat<T>(0.39894228040143267794) * exp_to_zero(splat<T>(-0.5) * x * x)))
PYKERAS_PACKETS(gelu_tanh_grad, (Packet<T> x, Packet<T> y, const double*), const Packet<T> z = gelu_tanh_argument(x);
                const Packet<T> inner = splat<T>(2 * 0.79788456080286535588) *
                                        (splat<T>(1) + splat<T>(3 * 0.044715) * x * x);
                return y * (sigmoid(z) + x * (sigmoid_slope(z) * inner));)
PYKERAS_PACKETS(clip_grad, (Packet<T> x, Packet<T> y, const double* p),
                return y & ((x >= splat<T>(p[0])) & (x <= splat<T>(p[1])));)

}  // namespace
}  // namespace pykeras::kernels::PYKERAS_ISA
