#pragma once
// Functions of packets beyond Eigen's primitives: activations, their derivatives, and libm lane by lane where Eigen has
// no packet function of full accuracy. Every lane depends on the same lane of the arguments only.
#include "packet.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {

template <class T>
PYKERAS_INLINE Packet<T> splat(double value) {
  return Packet<T>::broadcast(static_cast<T>(value));
}

/// f on each lane.
template <class T, class F>
PYKERAS_INLINE Packet<T> by_lane(Packet<T> x, F&& f) {
  T lanes[Packet<T>::width];
  x.store(lanes);
  for (T& lane : lanes) lane = f(lane);
  return Packet<T>::load(lanes);
}

template <class T, class F>
PYKERAS_INLINE Packet<T> by_lane(Packet<T> x, Packet<T> y, F&& f) {
  T x_lanes[Packet<T>::width], y_lanes[Packet<T>::width];
  x.store(x_lanes);
  y.store(y_lanes);
  for (int i = 0; i < Packet<T>::width; ++i) x_lanes[i] = f(x_lanes[i], y_lanes[i]);
  return Packet<T>::load(x_lanes);
}

/// |x| with the sign of `sign`; x must not be negative.
template <class T>
PYKERAS_INLINE Packet<T> with_sign_of(Packet<T> x, Packet<T> sign) {
  return x | (sign & splat<T>(-0.0));
}

/// The polynomial with the given coefficients, highest power first.
template <class T, int count>
PYKERAS_INLINE Packet<T> polynomial(Packet<T> x, const T (&coefficients)[count]) {
  Packet<T> sum = Packet<T>::broadcast(coefficients[0]);
#pragma GCC unroll 16
  for (int i = 1; i < count; ++i) sum = multiply_add(sum, x, Packet<T>::broadcast(coefficients[i]));
  return sum;
}

/// exp whose left tail ends in 0: Eigen clamps its argument there, so that even exp(-inf) is the smallest it can make.
template <class T>
PYKERAS_INLINE Packet<T> exp_to_zero(Packet<T> x) {
  constexpr double lowest = sizeof(T) == 4 ? -88.37 : -709.78;
  return select(x < splat<T>(lowest), Packet<T>::zero(), exp(x));
}

/// Rounded correctly: Eigen's psqrt of floats is an approximation on some instruction sets.
template <class T>
PYKERAS_INLINE Packet<T> exact_sqrt(Packet<T> x) {
  return by_lane(x, [](T v) { return scalar_sqrt(v); });
}

template <class T>
PYKERAS_INLINE Packet<T> accurate_expm1(Packet<T> x) {
  if constexpr (sizeof(T) == 4) {
    return expm1(x);
  } else {
    return by_lane(x, [](T v) { return scalar_expm1(v); });
  }
}

template <class T>
PYKERAS_INLINE Packet<T> accurate_log1p(Packet<T> x) {
  if constexpr (sizeof(T) == 4) {
    return log1p(x);
  } else {
    return by_lane(x, [](T v) { return scalar_log1p(v); });
  }
}

template <class T>
PYKERAS_INLINE Packet<T> accurate_tanh(Packet<T> x) {
  if constexpr (sizeof(T) == 4) {
    return tanh(x);
  } else {
    return by_lane(x, [](T v) { return scalar_tanh(v); });
  }
}

/// exp(-|x|) never overflows, and one quotient serves both signs.
template <class T>
PYKERAS_INLINE Packet<T> sigmoid(Packet<T> x) {
  const Packet<T> one = splat<T>(1), tail = exp_to_zero(-abs(x));
  return select(x < Packet<T>::zero(), tail, one) / (one + tail);
}

/// The derivative of sigmoid; unlike s * (1 - s) it keeps its relative accuracy where s is near 1.
template <class T>
PYKERAS_INLINE Packet<T> sigmoid_slope(Packet<T> x) {
  const Packet<T> tail = exp_to_zero(-abs(x)), sum = splat<T>(1) + tail;
  return tail / (sum * sum);
}

template <class T>
PYKERAS_INLINE Packet<T> softplus(Packet<T> x) {
  return select(x < Packet<T>::zero(), Packet<T>::zero(), x) + accurate_log1p(exp_to_zero(-abs(x)));
}

// Juffa's two ranges of erff, split at 475/512: a polynomial, and 1 - exp(polynomial) of |x|.
PYKERAS_INLINE Packet<float> erf_centre(Packet<float> x) {
  constexpr float coefficients[] = {-5.96761703e-4f, 4.99119423e-3f,  -2.67681349e-2f,
                                    1.12819925e-1f,  -3.76125336e-1f, 1.28379166e-1f};
  return multiply_add(polynomial(x * x, coefficients), x, x);
}
PYKERAS_INLINE Packet<float> erfc_tail(Packet<float> t) {
  constexpr float coefficients[] = {-1.72853470e-5f, 3.83197126e-4f,  -3.88396438e-3f, 2.42546219e-2f,
                                    -1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f};
  return exp_to_zero(multiply_add(polynomial(t, coefficients), t, -t));
}
constexpr float erf_split = 0.927734375f;

template <class T>
PYKERAS_INLINE Packet<T> erf(Packet<T> x) {
  if constexpr (sizeof(T) == 4) {
    const Packet<T> t = abs(x);
    return select(t > splat<T>(erf_split), with_sign_of(splat<T>(1) - erfc_tail(t), x), erf_centre(x));
  } else {
    return by_lane(x, [](T v) { return scalar_erf(v); });
  }
}

/// The distribution function of the standard normal; the left tail keeps its relative accuracy.
template <class T>
PYKERAS_INLINE Packet<T> normal_cdf(Packet<T> x) {
  if constexpr (sizeof(T) == 4) {
    const Packet<T> z = x * splat<T>(0.70710678118654752), t = abs(z), half = splat<T>(0.5);
    const Packet<T> tail = half * erfc_tail(t);
    const Packet<T> outside = select(z < Packet<T>::zero(), tail, splat<T>(1) - tail);
    return select(t > splat<T>(erf_split), outside, multiply_add(half, erf_centre(z), half));
  } else {
    return by_lane(x, [](T v) { return T(0.5) * scalar_erfc(v * T(-0.70710678118654752)); });
  }
}

/// Giles' approximation of erfinv(x) / x as a polynomial of w = -log(1 - x^2) - 2.5, for w < 2.5.
template <class T>
PYKERAS_INLINE T erfinv_centre_ratio(T w) {
  T p = T(2.81022636e-08);
  p = p * w + T(3.43273939e-07);
  p = p * w + T(-3.5233877e-06);
  p = p * w + T(-4.39150654e-06);
  p = p * w + T(0.00021858087);
  p = p * w + T(-0.00125372503);
  p = p * w + T(-0.00417768164);
  p = p * w + T(0.246640727);
  return p * w + T(1.50140941);
}

/// The inverse of erf in double precision: Giles' approximation and two steps of Halley.
inline double scalar_erfinv(double y) {
  const double size = ::fabs(y);
  if (!(size < 1)) return size == 1 ? ::copysign(HUGE_VAL, y) : NAN;
  double w = -::log((1 - size) * (1 + size));
  double x;
  if (w < 5) {
    x = erfinv_centre_ratio(w - 2.5) * size;
  } else {
    w = ::sqrt(w) - 3;
    double p = -0.000200214257;
    p = p * w + 0.000100950558;
    p = p * w + 0.00134934322;
    p = p * w - 0.00367342844;
    p = p * w + 0.00573950773;
    p = p * w - 0.0076224613;
    p = p * w + 0.00943887047;
    p = p * w + 1.00167406;
    x = (p * w + 2.83297682) * size;
  }
  for (int step = 0; step < 2; ++step) {
    // Near 1 the difference of the complements keeps the digits that erf(x) - y would lose.
    const double error = size > 0.5 ? (1 - size) - ::erfc(x) : ::erf(x) - size;
    const double newton = error / (1.1283791670955126 * ::exp(-x * x));
    x -= newton / (1 + x * newton);
  }
  return ::copysign(x, y);
}

inline float scalar_erfinv(float y) { return static_cast<float>(scalar_erfinv(static_cast<double>(y))); }

/// NumPy's float floor_divide: consistent with mod even where the quotient is rounded.
template <class T>
inline T float_floor_divide(T x, T y) {
  if (y == 0) return x / y;
  const T rest = scalar_fmod(x, y);
  T quotient = (x - rest) / y;
  if (rest != 0 && ((rest < 0) != (y < 0))) quotient -= 1;
  if (quotient == 0) return scalar_copysign(T(0), x / y);
  const T whole = scalar_floor(quotient);
  return quotient - whole > T(0.5) ? whole + 1 : whole;
}

template <class T>
inline T float_mod(T x, T y) {
  const T rest = scalar_fmod(x, y);
  if (rest == 0) return scalar_copysign(T(0), y);
  return (rest < 0) != (y < 0) ? rest + y : rest;
}

template <class T>
inline T float_power(T x, T y) {
  return y == 2 ? x * x : scalar_pow(x, y);
}

}  // namespace pykeras::kernels::PYKERAS_ISA
