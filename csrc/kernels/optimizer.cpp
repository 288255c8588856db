// The steps of optimizers, each in one pass over a weight, its gradient and its slots. The order of operations is that
// of the same step written in ops, rounding included.
#include "families.h"
#include "packet_math.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// body(i, load, store) over the packets of n elements; the last one on a padded copy.
template <class T, class Body>
PYKERAS_INLINE void for_packets(int64_t n, Body&& body) {
  using P = Packet<T>;
  int64_t i = 0;
  for (; i + P::width <= n; i += P::width) {
    body(
        i, [](const T* p) { return P::load(p); }, [](T* p, P value) { value.store(p); });
  }
  if (i < n) {
    const int64_t rest = n - i;
    body(
        i, [rest](const T* p) { return P::load_partial(p, rest); },
        [rest](T* p, P value) { value.store_partial(p, rest); });
  }
}

/// old + (now - old) * share
template <class T>
PYKERAS_INLINE Packet<T> moved(Packet<T> old, Packet<T> now, Packet<T> share) {
  return old + (now - old) * share;
}

}  // namespace

template <class T>
void adam(const AdamArgs<T>& a) {
  using P = Packet<T>;
  const P step = P::broadcast(a.step), share_1 = P::broadcast(a.share_1), share_2 = P::broadcast(a.share_2);
  const P epsilon = P::broadcast(a.epsilon);
  for_packets<T>(a.n, [&](int64_t i, auto load, auto store) {
    const P g = load(a.gradient + i);
    const P m = moved(load(a.momentum + i), g, share_1);
    const P v = moved(load(a.velocity + i), g * g, share_2);
    const P change = step * m / (exact_sqrt(v) + epsilon);
    store(a.new_momentum + i, m);
    store(a.new_velocity + i, v);
    store(a.new_variable + i, load(a.variable + i) - change);
  });
}

template <class T>
void rmsprop(const RmspropArgs<T>& a) {
  using P = Packet<T>;
  const P step = P::broadcast(a.step), kept = P::broadcast(a.kept), share = P::broadcast(a.share);
  const P epsilon = P::broadcast(a.epsilon), one = P::broadcast(T(1));
  for_packets<T>(a.n, [&](int64_t i, auto load, auto store) {
    const P g = load(a.gradient + i);
    const P v = kept * load(a.velocity + i) + share * (g * g);
    const P change = step * g * (one / exact_sqrt(v + epsilon));
    store(a.new_velocity + i, v);
    store(a.new_variable + i, load(a.variable + i) - change);
  });
}

#define PYKERAS_INSTANTIATE(T)                    \
  template void adam<T>(const AdamArgs<T>& args); \
  template void rmsprop<T>(const RmspropArgs<T>& args);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
