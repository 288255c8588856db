#pragma once
// The vector type of the kernels: Eigen's packet primitives under a small struct, so that one source serves SSE, AVX2,
// AVX-512 and NEON. Loads and stores take any alignment. Members are instantiated only where they are used, so a
// function that Eigen lacks for one element type (tanh of doubles, say) costs nothing until somebody calls it.
#include <cstdint>
#include <cstring>

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13 && defined(__AVX512F__)
// GCC 12's own AVX-512 intrinsics start from `__m512 y = y`; the warning comes when they are inlined, so it stays off.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // vector types as template arguments
#define PYKERAS_POP_DIAGNOSTIC
#endif

#include <Eigen/Core>

#ifndef PYKERAS_ISA
#error "kernel files are compiled with -DPYKERAS_ISA=<name>"
#endif

#define PYKERAS_INLINE inline __attribute__((always_inline))

namespace pykeras::kernels::PYKERAS_ISA {

namespace packet_ops = Eigen::internal;

template <class T>
struct Packet {
  using Scalar = T;
  using Raw = typename packet_ops::packet_traits<T>::type;
  static constexpr int width = packet_ops::unpacket_traits<Raw>::size;

  Raw raw;

  // ---- memory ----
  static PYKERAS_INLINE Packet load(const T* p) { return {packet_ops::ploadu<Raw>(p)}; }
  static PYKERAS_INLINE Packet broadcast(T value) { return {packet_ops::pset1<Raw>(value)}; }
  static PYKERAS_INLINE Packet zero() { return {packet_ops::pzero(Raw())}; }
  PYKERAS_INLINE void store(T* p) const { packet_ops::pstoreu(p, raw); }

  /// The first n lanes from p, the others `fill`; 0 <= n <= width. Reads nothing past p + n.
  static PYKERAS_INLINE Packet load_partial(const T* p, int64_t n, T fill = T(0)) {
    T lanes[width];
    for (int i = 0; i < width; ++i) lanes[i] = i < n ? p[i] : fill;
    return load(lanes);
  }
  /// The first n lanes to p.
  PYKERAS_INLINE void store_partial(T* p, int64_t n) const { store_lanes(p, 0, n); }
  /// Lanes [first, last) to p + first, ..., p + last - 1.
  PYKERAS_INLINE void store_lanes(T* p, int64_t first, int64_t last) const {
    T lanes[width];
    store(lanes);
    for (int i = 0; i < width; ++i) {
      if (i >= first && i < last) p[i] = lanes[i];
    }
  }

  // ---- arithmetic ----
  friend PYKERAS_INLINE Packet operator+(Packet x, Packet y) { return {packet_ops::padd(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator-(Packet x, Packet y) { return {packet_ops::psub(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator*(Packet x, Packet y) { return {packet_ops::pmul(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator/(Packet x, Packet y) { return {packet_ops::pdiv(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator-(Packet x) { return {packet_ops::pnegate(x.raw)}; }
  PYKERAS_INLINE Packet& operator+=(Packet y) { return *this = *this + y; }
  PYKERAS_INLINE Packet& operator-=(Packet y) { return *this = *this - y; }
  PYKERAS_INLINE Packet& operator*=(Packet y) { return *this = *this * y; }

  // ---- bits and masks: all lanes' bits set where true ----
  friend PYKERAS_INLINE Packet operator&(Packet x, Packet y) { return {packet_ops::pand(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator|(Packet x, Packet y) { return {packet_ops::por(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator^(Packet x, Packet y) { return {packet_ops::pxor(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator==(Packet x, Packet y) { return {packet_ops::pcmp_eq(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator<(Packet x, Packet y) { return {packet_ops::pcmp_lt(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator<=(Packet x, Packet y) { return {packet_ops::pcmp_le(x.raw, y.raw)}; }
  friend PYKERAS_INLINE Packet operator>(Packet x, Packet y) { return y < x; }
  friend PYKERAS_INLINE Packet operator>=(Packet x, Packet y) { return y <= x; }

  // ---- over the lanes, in an order fixed by the width ----
  PYKERAS_INLINE T sum() const { return packet_ops::predux(raw); }
  PYKERAS_INLINE T product() const { return packet_ops::predux_mul(raw); }
  PYKERAS_INLINE T largest() const { return packet_ops::predux_max(raw); }
  PYKERAS_INLINE T smallest() const { return packet_ops::predux_min(raw); }
};

/// x * y + z; one rounding where the instruction set has a fused multiply-add, two on SSE.
template <class T>
PYKERAS_INLINE Packet<T> multiply_add(Packet<T> x, Packet<T> y, Packet<T> z) {
  return {packet_ops::pmadd(x.raw, y.raw, z.raw)};
}

/// mask ? x : y, lane by lane.
template <class T>
PYKERAS_INLINE Packet<T> select(Packet<T> mask, Packet<T> x, Packet<T> y) {
  return {packet_ops::pselect(mask.raw, x.raw, y.raw)};
}

// max and min say nothing about NaN; max_nan and min_nan give NaN if either is.
#define PYKERAS_PACKET_BINARY(name, expression)             \
  template <class T>                                        \
  PYKERAS_INLINE Packet<T> name(Packet<T> x, Packet<T> y) { \
    return {packet_ops::expression(x.raw, y.raw)};          \
  }
PYKERAS_PACKET_BINARY(max, pmax)
PYKERAS_PACKET_BINARY(min, pmin)
PYKERAS_PACKET_BINARY(max_nan, template pmax<Eigen::PropagateNaN>)
PYKERAS_PACKET_BINARY(min_nan, template pmin<Eigen::PropagateNaN>)
#undef PYKERAS_PACKET_BINARY

// `rint` rounds halves to even, `round` away from zero.
#define PYKERAS_PACKET_UNARY(name, function)   \
  template <class T>                           \
  PYKERAS_INLINE Packet<T> name(Packet<T> x) { \
    return {packet_ops::function(x.raw)};      \
  }
PYKERAS_PACKET_UNARY(abs, pabs)
PYKERAS_PACKET_UNARY(sqrt, psqrt)
PYKERAS_PACKET_UNARY(exp, pexp)
PYKERAS_PACKET_UNARY(expm1, pexpm1)
PYKERAS_PACKET_UNARY(log, plog)
PYKERAS_PACKET_UNARY(log1p, plog1p)
PYKERAS_PACKET_UNARY(sin, psin)
PYKERAS_PACKET_UNARY(cos, pcos)
PYKERAS_PACKET_UNARY(tanh, ptanh)
PYKERAS_PACKET_UNARY(floor, pfloor)
PYKERAS_PACKET_UNARY(ceil, pceil)
PYKERAS_PACKET_UNARY(rint, print)
PYKERAS_PACKET_UNARY(round, pround)
#undef PYKERAS_PACKET_UNARY

/// Transposes the width x width matrix whose rows are `rows`.
template <class T>
PYKERAS_INLINE void transpose(Packet<T> (&rows)[Packet<T>::width]) {
  constexpr int width = Packet<T>::width;
  packet_ops::PacketBlock<typename Packet<T>::Raw, width> block;
  for (int i = 0; i < width; ++i) block.packet[i] = rows[i].raw;
  packet_ops::ptranspose(block);
  for (int i = 0; i < width; ++i) rows[i].raw = block.packet[i];
}

}  // namespace pykeras::kernels::PYKERAS_ISA

#ifdef PYKERAS_POP_DIAGNOSTIC
#pragma GCC diagnostic pop
#undef PYKERAS_POP_DIAGNOSTIC
#endif
