// Softmax and the losses built on it over the middle axis of [outer, n, inner]. A slice along n is one run of packets
// when inner is 1; otherwise each packet holds neighbouring slices.
#include "families.h"
#include "packet_math.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

// ---- contiguous rows --------------------------------------------------------------------------------------

/// body(i, packet loader, packet storer) over the packets of a row; the last one loads `fill` past the end.
template <class T, class Body>
PYKERAS_INLINE void for_packets(int64_t n, Body&& body) {
  using P = Packet<T>;
  int64_t i = 0;
  for (; i + P::width <= n; i += P::width) {
    body(
        i, [](const T* p, T) { return P::load(p); }, [](T* p, P value) { value.store(p); });
  }
  if (i < n) {
    const int64_t rest = n - i;
    body(
        i, [rest](const T* p, T fill) { return P::load_partial(p, rest, fill); },
        [rest](T* p, P value) { value.store_partial(p, rest); });
  }
}

template <class T>
PYKERAS_INLINE T row_max(int64_t n, const T* x) {
  Packet<T> best = splat<T>(-HUGE_VAL);
  for_packets<T>(n, [&](int64_t i, auto load, auto) { best = max(best, load(x + i, T(-HUGE_VAL))); });
  return best.largest();
}

/// The sum of exp(x - shift); NaN anywhere makes it NaN.
template <class T>
PYKERAS_INLINE T row_exp_sum(int64_t n, const T* x, T shift) {
  const Packet<T> offset = Packet<T>::broadcast(shift);
  Packet<T> sum = Packet<T>::zero();
  for_packets<T>(n, [&](int64_t i, auto load, auto) { sum += exp_to_zero(load(x + i, T(-HUGE_VAL)) - offset); });
  return sum.sum();
}

template <class T>
PYKERAS_INLINE T log_sum_exp(int64_t n, const T* x) {
  const T top = row_max(n, x);
  return top + scalar_log(row_exp_sum(n, x, top));
}

template <class T>
PYKERAS_INLINE T row_sum(int64_t n, const T* x) {
  Packet<T> sum = Packet<T>::zero();
  for_packets<T>(n, [&](int64_t i, auto load, auto) { sum += load(x + i, T(0)); });
  return sum.sum();
}

template <class T>
void softmax_row(int64_t n, const T* x, T* y) {
  const T top = row_max(n, x);
  const Packet<T> offset = Packet<T>::broadcast(top);
  Packet<T> sum = Packet<T>::zero();
  for_packets<T>(n, [&](int64_t i, auto load, auto store) {
    const Packet<T> value = exp_to_zero(load(x + i, T(-HUGE_VAL)) - offset);
    sum += value;
    store(y + i, value);
  });
  const Packet<T> scale = Packet<T>::broadcast(1 / sum.sum());
  for_packets<T>(n, [&](int64_t i, auto load, auto store) { store(y + i, load(y + i, T(0)) * scale); });
}

template <class T>
void log_softmax_row(int64_t n, const T* x, T* y) {
  const T top = row_max(n, x);
  const Packet<T> offset = Packet<T>::broadcast(top);
  const Packet<T> log_sum = Packet<T>::broadcast(scalar_log(row_exp_sum(n, x, top)));
  // Two subtractions: the first is exact near the top, where the sum of the two numbers would lose digits.
  for_packets<T>(n, [&](int64_t i, auto load, auto store) { store(y + i, (load(x + i, T(0)) - offset) - log_sum); });
}

template <class T>
void softmax_grad_row(int64_t n, const T* y, const T* dy, T* dx) {
  Packet<T> sum = Packet<T>::zero();
  for_packets<T>(n,
                 [&](int64_t i, auto load, auto) { sum = multiply_add(load(y + i, T(0)), load(dy + i, T(0)), sum); });
  const Packet<T> dot = Packet<T>::broadcast(sum.sum());
  for_packets<T>(
      n, [&](int64_t i, auto load, auto store) { store(dx + i, load(y + i, T(0)) * (load(dy + i, T(0)) - dot)); });
}

// ---- slices side by side: the same over packets of columns, i steps by `inner` ----------------------------

template <class T, class Load, class Store>
PYKERAS_INLINE void softmax_columns(int64_t n, int64_t inner, const T* x, T* y, Load load, Store store,
                                    bool logarithm) {
  using P = Packet<T>;
  P top = splat<T>(-HUGE_VAL), sum = P::zero();
  for (int64_t i = 0; i < n; ++i) top = max(top, load(x + i * inner));
  for (int64_t i = 0; i < n; ++i) {
    const P offset = load(x + i * inner) - top, value = exp_to_zero(offset);
    sum += value;
    store(y + i * inner, logarithm ? offset : value);
  }
  const P log_sum = logarithm ? log(sum) : sum, scale = splat<T>(1) / sum;
  for (int64_t i = 0; i < n; ++i) {
    const P value = load(y + i * inner);
    store(y + i * inner, logarithm ? value - log_sum : value * scale);
  }
}

template <class T, class Load, class Store>
PYKERAS_INLINE void softmax_grad_columns(int64_t n, int64_t inner, const T* y, const T* dy, T* dx, Load load,
                                         Store store) {
  Packet<T> dot = Packet<T>::zero();
  for (int64_t i = 0; i < n; ++i) dot = multiply_add(load(y + i * inner), load(dy + i * inner), dot);
  for (int64_t i = 0; i < n; ++i) store(dx + i * inner, load(y + i * inner) * (load(dy + i * inner) - dot));
}

/// task(row) for all rows, in groups of fixed size.
template <class Task>
void for_rows(int64_t rows, int64_t n, Task&& task) {
  const int64_t group = 8192 / (n + 16) + 1;
  parallel_for(blocks_of(rows, group), double(rows) * double(n) * 8, [&](int64_t k) {
    const int64_t end = smaller(rows, (k + 1) * group);
    for (int64_t row = k * group; row < end; ++row) task(row);
  });
}

/// task(offset of a packet of slices, load, store) for all of them.
template <class T, class Task>
void for_columns(int64_t outer, int64_t n, int64_t inner, Task&& task) {
  using P = Packet<T>;
  const int64_t packets = blocks_of(inner, P::width);
  for_rows(outer * packets, n * P::width, [&](int64_t k) {
    const int64_t column = k % packets * P::width, count = smaller(P::width, inner - column);
    const int64_t offset = k / packets * n * inner + column;
    if (count == P::width) {
      task(
          offset, [](const T* p) { return P::load(p); }, [](T* p, P value) { value.store(p); });
    } else {
      task(
          offset, [count](const T* p) { return P::load_partial(p, count); },
          [count](T* p, P value) { value.store_partial(p, count); });
    }
  });
}

}  // namespace

template <class T>
void softmax(int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  if (inner == 1) return for_rows(outer, n, [&](int64_t row) { softmax_row(n, x + row * n, y + row * n); });
  for_columns<T>(outer, n, inner, [&](int64_t offset, auto load, auto store) {
    softmax_columns(n, inner, x + offset, y + offset, load, store, false);
  });
}

template <class T>
void log_softmax(int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  if (inner == 1) return for_rows(outer, n, [&](int64_t row) { log_softmax_row(n, x + row * n, y + row * n); });
  for_columns<T>(outer, n, inner, [&](int64_t offset, auto load, auto store) {
    softmax_columns(n, inner, x + offset, y + offset, load, store, true);
  });
}

template <class T>
void softmax_grad(int64_t outer, int64_t n, int64_t inner, const T* y, const T* dy, T* dx) {
  if (inner == 1) {
    return for_rows(outer, n, [&](int64_t row) { softmax_grad_row(n, y + row * n, dy + row * n, dx + row * n); });
  }
  for_columns<T>(outer, n, inner, [&](int64_t offset, auto load, auto store) {
    softmax_grad_columns(n, inner, y + offset, dy + offset, dx + offset, load, store);
  });
}

template <class T>
void softmax_cross_entropy(int64_t rows, int64_t n, const T* x, const T* target, T* loss) {
  for_rows(rows, n, [&](int64_t row) {
    const T *logits = x + row * n, *wanted = target + row * n;
    const Packet<T> total = Packet<T>::broadcast(log_sum_exp(n, logits));
    Packet<T> sum = Packet<T>::zero();
    for_packets<T>(n, [&](int64_t i, auto load, auto) {
      // Term by term: the difference of the two sums would cancel; and a target of 0 ignores a logit of -inf.
      const Packet<T> weight = load(wanted + i, T(0)), term = weight * (total - load(logits + i, T(0)));
      sum += select(weight == Packet<T>::zero(), Packet<T>::zero() * total, term);
    });
    loss[row] = sum.sum();
  });
}

template <class T>
void softmax_cross_entropy_grad(int64_t rows, int64_t n, const T* x, const T* target, const T* dloss, T* dx) {
  for_rows(rows, n, [&](int64_t row) {
    const T* wanted = target + row * n;
    T* out = dx + row * n;
    softmax_row(n, x + row * n, out);
    const Packet<T> weight = Packet<T>::broadcast(row_sum(n, wanted)), scale = Packet<T>::broadcast(dloss[row]);
    for_packets<T>(n, [&](int64_t i, auto load, auto store) {
      store(out + i, scale * (load(out + i, T(0)) * weight - load(wanted + i, T(0))));
    });
  });
}

template <class T>
void sparse_softmax_cross_entropy(int64_t rows, int64_t n, const T* x, const int64_t* label, T* loss) {
  for_rows(rows, n, [&](int64_t row) { loss[row] = log_sum_exp(n, x + row * n) - x[row * n + label[row]]; });
}

template <class T>
void sparse_softmax_cross_entropy_grad(int64_t rows, int64_t n, const T* x, const int64_t* label, const T* dloss,
                                       T* dx) {
  for_rows(rows, n, [&](int64_t row) {
    T* out = dx + row * n;
    softmax_row(n, x + row * n, out);
    out[label[row]] -= 1;
    const Packet<T> scale = Packet<T>::broadcast(dloss[row]);
    for_packets<T>(n, [&](int64_t i, auto load, auto store) { store(out + i, scale * load(out + i, T(0))); });
  });
}

#define PYKERAS_INSTANTIATE(T)                                                                     \
  template void softmax<T>(int64_t, int64_t, int64_t, const T*, T*);                               \
  template void log_softmax<T>(int64_t, int64_t, int64_t, const T*, T*);                           \
  template void softmax_grad<T>(int64_t, int64_t, int64_t, const T*, const T*, T*);                \
  template void softmax_cross_entropy<T>(int64_t, int64_t, const T*, const T*, T*);                \
  template void softmax_cross_entropy_grad<T>(int64_t, int64_t, const T*, const T*, const T*, T*); \
  template void sparse_softmax_cross_entropy<T>(int64_t, int64_t, const T*, const int64_t*, T*);   \
  template void sparse_softmax_cross_entropy_grad<T>(int64_t, int64_t, const T*, const int64_t*, const T*, T*);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
