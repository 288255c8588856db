// Normalisation of each row of [rows, n]: layer normalisation, and its form without a mean (RMS).
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

constexpr int64_t packets_per_sum = 64;  // float sums run over this many packets, then go on in double
constexpr int64_t rows_per_block = 64;

/// The sum of term(i, loader) over a row; the loader fills a last packet that is not whole with zeros.
template <class T, class Term>
PYKERAS_INLINE double row_sum(int64_t n, Term&& term) {
  using P = Packet<T>;
  double total = 0;
  int64_t i = 0;
  while (i + P::width <= n) {
    const int64_t end = smaller(n / P::width * P::width, i + packets_per_sum * P::width);
    P sum = P::zero(), other = P::zero();
    for (; i + 2 * P::width <= end; i += 2 * P::width) {
      sum += term(i, [](const T* p) { return P::load(p); });
      other += term(i + P::width, [](const T* p) { return P::load(p); });
    }
    for (; i < end; i += P::width) sum += term(i, [](const T* p) { return P::load(p); });
    total += static_cast<double>((sum + other).sum());
  }
  if (i < n) {
    const int64_t rest = n - i;
    T lanes[P::width];
    term(i, [rest](const T* p) { return P::load_partial(p, rest); }).store(lanes);
    for (int64_t lane = 0; lane < rest; ++lane) total += static_cast<double>(lanes[lane]);
  }
  return total;
}

/// body(i, loader, storer) over the packets of a row.
template <class T, class Body>
PYKERAS_INLINE void each_packet(int64_t n, Body&& body) {
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

template <class T>
void normalize_row(const LayerNormArgs<T>& a, int64_t row) {
  using P = Packet<T>;
  const T* x = a.x + row * a.n;
  T* y = a.y + row * a.n;
  const double n = static_cast<double>(a.n);
  T mean = T(0);
  if (!a.raw) mean = static_cast<T>(row_sum<T>(a.n, [&](int64_t i, auto load) { return load(x + i); }) / n);
  const P centre = P::broadcast(mean);
  const double squares = row_sum<T>(a.n, [&](int64_t i, auto load) {
    const P deviation = load(x + i) - centre;
    return deviation * deviation;
  });
  const T inverse = static_cast<T>(1 / ::sqrt(squares / n + static_cast<double>(a.epsilon)));
  a.mean[row] = mean;
  a.inverse[row] = inverse;
  const P scale = P::broadcast(inverse);
  each_packet<T>(a.n, [&](int64_t i, auto load, auto store) {
    P value = (load(x + i) - centre) * scale;
    if (a.gamma) value = value * load(a.gamma + i);
    if (a.beta) value += load(a.beta + i);
    store(y + i, value);
  });
}

// With xhat = (x - mean) · inverse and g = dy · gamma: dx = inverse · (g - mean(g) - xhat · mean(g · xhat)), the first
// mean left out when raw; dgamma = sum(dy · xhat) and dbeta = sum(dy) over the rows.
template <class T>
void differentiate_row(const LayerNormGradArgs<T>& a, int64_t row, T* dgamma, T* dbeta) {
  using P = Packet<T>;
  const T *x = a.x + row * a.n, *dy = a.dy + row * a.n;
  T* dx = a.dx + row * a.n;
  const double n = static_cast<double>(a.n);
  const P centre = P::broadcast(a.mean[row]), scale = P::broadcast(a.inverse[row]);
  const auto slope = [&](int64_t i, auto load) {
    const P g = load(dy + i);
    return a.gamma ? g * load(a.gamma + i) : g;
  };
  const P mean_slope = P::broadcast(a.raw ? T(0) : static_cast<T>(row_sum<T>(a.n, slope) / n));
  const P along = P::broadcast(static_cast<T>(
      row_sum<T>(a.n, [&](int64_t i, auto load) { return slope(i, load) * ((load(x + i) - centre) * scale); }) / n));
  each_packet<T>(a.n, [&](int64_t i, auto load, auto store) {
    const P normal = (load(x + i) - centre) * scale, gradient = load(dy + i);
    store(dgamma + i, multiply_add(gradient, normal, load(dgamma + i)));
    store(dbeta + i, load(dbeta + i) + gradient);
    store(dx + i, scale * (slope(i, load) - mean_slope - normal * along));
  });
}

}  // namespace

template <class T>
void layer_norm(const LayerNormArgs<T>& a) {
  const int64_t group = 8192 / (a.n + 16) + 1;
  parallel_for(blocks_of(a.rows, group), static_cast<double>(a.rows) * static_cast<double>(a.n) * 4, [&](int64_t k) {
    const int64_t end = smaller(a.rows, (k + 1) * group);
    for (int64_t row = k * group; row < end; ++row) normalize_row(a, row);
  });
}

template <class T>
void layer_norm_grad(const LayerNormGradArgs<T>& a) {
  const int64_t blocks = blocks_of(a.rows, rows_per_block);
  T* parts = static_cast<T*>(thread_scratch(3, (blocks + 1) * 2 * a.n * sizeof(T)));
  parallel_for(blocks, static_cast<double>(a.rows) * static_cast<double>(a.n) * 8, [&](int64_t k) {
    T *dgamma = parts + k * 2 * a.n, *dbeta = dgamma + a.n;
    std::memset(dgamma, 0, 2 * a.n * sizeof(T));
    const int64_t end = smaller(a.rows, (k + 1) * rows_per_block);
    for (int64_t row = k * rows_per_block; row < end; ++row) differentiate_row(a, row, dgamma, dbeta);
  });
  constexpr int64_t columns = 256;
  parallel_for(blocks_of(a.n, columns), static_cast<double>(blocks * a.n), [&](int64_t k) {
    double sums[2][columns] = {};
    const int64_t first = k * columns, count = smaller(columns, a.n - first);
    for (int64_t block = 0; block < blocks; ++block) {
      const T* part = parts + block * 2 * a.n + first;
      for (int64_t i = 0; i < count; ++i) {
        sums[0][i] += static_cast<double>(part[i]);
        sums[1][i] += static_cast<double>(part[a.n + i]);
      }
    }
    for (int64_t i = 0; i < count; ++i) {
      a.dgamma[first + i] = static_cast<T>(sums[0][i]);
      a.dbeta[first + i] = static_cast<T>(sums[1][i]);
    }
  });
}

#define PYKERAS_INSTANTIATE(T)                          \
  template void layer_norm<T>(const LayerNormArgs<T>&); \
  template void layer_norm_grad<T>(const LayerNormGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
