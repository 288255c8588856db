#pragma once
// What the loops of elementwise kernels are made of: operands that are arrays or one value for all, tails, parameters.
#include "elementwise_functors.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// A copy of the parameters that no store can alias, so that the loops keep them in registers.
struct Parameters {
  double values[2] = {0, 0};
  explicit Parameters(const double* params) {
    if (params) std::memcpy(values, params, sizeof(values));
  }
};

/// One operand: consecutive packets, or the same value in all lanes.
template <class T, bool step>
struct Operand {
  const T* p;
  Packet<T> same;
  explicit PYKERAS_INLINE Operand(const T* p) : p(p), same(step ? Packet<T>::zero() : Packet<T>::broadcast(*p)) {}
  PYKERAS_INLINE Packet<T> load(int64_t i) const { return step ? Packet<T>::load(p + i) : same; }
  PYKERAS_INLINE Packet<T> load_tail(int64_t i, int64_t n) const {
    // Ones in the padding: no function of theirs divides by zero or leaves the fast path.
    return step ? Packet<T>::load_partial(p + i, n - i, T(1)) : same;
  }
};

template <class T, class F, class... Operands>
PYKERAS_INLINE void packet_loop(T* out, int64_t n, const Parameters& parameters, Operands... operands) {
  constexpr int width = Packet<T>::width;
  int64_t i = 0;
#pragma GCC unroll 2
  for (; i + width <= n; i += width) F::apply(operands.load(i)..., parameters.values).store(out + i);
  if (i < n) F::apply(operands.load_tail(i, n)..., parameters.values).store_partial(out + i, n - i);
}

template <class R>
void fill(R* out, int64_t n, R value) {
  for (int64_t i = 0; i < n; ++i) out[i] = value;
}

}  // namespace
}  // namespace pykeras::kernels::PYKERAS_ISA
