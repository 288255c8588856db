#pragma once
// Scalar rules of the element types: arithmetic that wraps, NumPy's integer division, conversions without undefined
// behaviour, and the walk over all dtypes.
#include <math.h>

#include <cstring>
#include <limits>
#include <type_traits>

#include "dtype.h"

#ifndef PYKERAS_ISA
#error "kernel files are compiled with -DPYKERAS_ISA=<name>"
#endif

namespace pykeras::kernels::PYKERAS_ISA {

template <class T>
struct TypeTag {
  using type = T;
};

/// body(TypeTag<T>()) with the type that stores `dtype`; bool is stored as uint8.
template <class Body>
inline __attribute__((always_inline)) void with_type(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::boolean:
    case DType::uint8:
      return body(TypeTag<uint8_t>());
    case DType::int8:
      return body(TypeTag<int8_t>());
    case DType::uint16:
      return body(TypeTag<uint16_t>());
    case DType::int16:
      return body(TypeTag<int16_t>());
    case DType::uint32:
      return body(TypeTag<uint32_t>());
    case DType::int32:
      return body(TypeTag<int32_t>());
    case DType::uint64:
      return body(TypeTag<uint64_t>());
    case DType::int64:
      return body(TypeTag<int64_t>());
    case DType::float32:
      return body(TypeTag<float>());
    case DType::float64:
      return body(TypeTag<double>());
    case DType::string:  // ops refuse it
      return;
  }
}

/// The unsigned type in which arithmetic on T wraps; never narrower than int, whose promotion would bring signs back.
template <class T>
using Wrapping = std::conditional_t<(sizeof(T) < 4), uint32_t, std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>;

// Plain arithmetic for floats, modulo 2^bits for integers.
#define PYKERAS_WRAPPING(name, op)                             \
  template <class T>                                           \
  inline T name(T x, T y) {                                    \
    if constexpr (std::is_floating_point_v<T>) {               \
      return x op y;                                           \
    } else {                                                   \
      return static_cast<T>(Wrapping<T>(x) op Wrapping<T>(y)); \
    }                                                          \
  }
PYKERAS_WRAPPING(wrapping_add, +)
PYKERAS_WRAPPING(wrapping_subtract, -)
PYKERAS_WRAPPING(wrapping_multiply, *)
#undef PYKERAS_WRAPPING

/// C++ conversion where it is defined; floats out of range saturate, NaN becomes 0.
template <class To, class From>
inline To convert(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // Both limits are powers of two, so that the comparison is exact although the largest To may not be a From.
    constexpr From low = static_cast<From>(std::numeric_limits<To>::min());
    constexpr From past_high = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * 2;
    return !(value >= low)      ? (value < low ? std::numeric_limits<To>::min() : To(0))
           : value >= past_high ? std::numeric_limits<To>::max()
                                : static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

/// The quotient rounded down; 0 for a zero divisor.
template <class T>
inline T integer_floor_divide(T x, T y) {
  if (y == 0) return 0;
  if constexpr (std::is_signed_v<T>) {
    if (y == -1) return wrapping_subtract(T(0), x);  // the smallest value has no negative: it stays, where idiv traps
    const T quotient = static_cast<T>(x / y);
    return (x % y != 0 && ((x < 0) != (y < 0))) ? static_cast<T>(quotient - 1) : quotient;
  } else {
    return static_cast<T>(x / y);
  }
}

/// The remainder with the sign of the divisor; 0 for a zero divisor.
template <class T>
inline T integer_mod(T x, T y) {
  if (y == 0) return 0;
  if constexpr (std::is_signed_v<T>) {
    if (y == -1) return 0;
    const T rest = static_cast<T>(x % y);
    return rest != 0 && ((rest < 0) != (y < 0)) ? static_cast<T>(rest + y) : rest;
  } else {
    return static_cast<T>(x % y);
  }
}

/// 0 for a negative exponent.
template <class T>
inline T integer_power(T x, T y) {
  if constexpr (std::is_signed_v<T>) {
    if (y < 0) return 0;
  }
  T result = 1;
  for (auto left = static_cast<Wrapping<T>>(y); left != 0; left >>= 1) {
    if (left & 1) result = wrapping_multiply(result, x);
    x = wrapping_multiply(x, x);
  }
  return result;
}

// libm by type. The C names, since the overloads of <cmath> are inline functions that instruction sets would share.
#define PYKERAS_LIBM(name)                                     \
  inline float scalar_##name(float x) { return ::name##f(x); } \
  inline double scalar_##name(double x) { return ::name(x); }
PYKERAS_LIBM(exp)
PYKERAS_LIBM(log)
PYKERAS_LIBM(log1p)
PYKERAS_LIBM(expm1)
PYKERAS_LIBM(log2)
PYKERAS_LIBM(log10)
PYKERAS_LIBM(sin)
PYKERAS_LIBM(cos)
PYKERAS_LIBM(tan)
PYKERAS_LIBM(asin)
PYKERAS_LIBM(acos)
PYKERAS_LIBM(atan)
PYKERAS_LIBM(sinh)
PYKERAS_LIBM(cosh)
PYKERAS_LIBM(tanh)
PYKERAS_LIBM(asinh)
PYKERAS_LIBM(acosh)
PYKERAS_LIBM(atanh)
PYKERAS_LIBM(erf)
PYKERAS_LIBM(erfc)
PYKERAS_LIBM(sqrt)
PYKERAS_LIBM(floor)
PYKERAS_LIBM(fabs)
#undef PYKERAS_LIBM
#define PYKERAS_LIBM(name)                                                 \
  inline float scalar_##name(float x, float y) { return ::name##f(x, y); } \
  inline double scalar_##name(double x, double y) { return ::name(x, y); }
PYKERAS_LIBM(pow)
PYKERAS_LIBM(fmod)
PYKERAS_LIBM(atan2)
PYKERAS_LIBM(copysign)
#undef PYKERAS_LIBM

template <class T>
inline bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>) {
    return x != x;
  } else {
    return false;
  }
}

inline int64_t blocks_of(int64_t n, int64_t block) { return (n + block - 1) / block; }
inline int64_t smaller(int64_t x, int64_t y) { return x < y ? x : y; }

}  // namespace pykeras::kernels::PYKERAS_ISA
