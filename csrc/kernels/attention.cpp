// Softmax attention in blocks of queries and keys (arXiv:2112.05682, arXiv:2205.14135): scores live in scratch memory
// of fixed size, and the gradient computes them again. Products of blocks go to gemm, which reads heads in place.
#include "families.h"
#include "packet_math.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

constexpr int64_t query_block = 128, key_block = 256;

// The score of a pair that is taken out. Finite, so that a row of nothing else weighs all its keys alike.
template <class T>
constexpr T out_of_sight = T(-0.7) * std::numeric_limits<T>::max();

/// One head of one sample: bases and row strides.
template <class T>
struct Head {
  const T *q, *k, *v;
  const uint8_t* mask;
  int64_t q_stride, k_stride, v_stride, y_stride;
  T* y;
  T* stats;
};

template <class T>
Head<T> head_of(const AttentionArgs<T>& a, int64_t sample, int64_t head) {
  const int64_t key_head = head / (a.heads / a.key_heads);
  Head<T> h;
  h.q_stride = a.heads * a.depth;
  h.k_stride = a.key_heads * a.depth;
  h.v_stride = a.key_heads * a.value_depth;
  h.y_stride = a.heads * a.value_depth;
  h.q = a.q + sample * a.queries * h.q_stride + head * a.depth;
  h.k = a.k + sample * a.keys * h.k_stride + key_head * a.depth;
  h.v = a.v + sample * a.keys * h.v_stride + key_head * a.value_depth;
  h.y = a.y + sample * a.queries * h.y_stride + head * a.value_depth;
  h.mask = a.mask ? a.mask + sample * a.mask_strides[0] + head * a.mask_strides[1] : nullptr;
  h.stats = a.stats + (sample * a.heads + head) * a.queries * 2;
  return h;
}

template <class T>
void product(int64_t m, int64_t n, int64_t k, const T* a, int64_t lda, bool trans_a, const T* b, int64_t ldb,
             bool trans_b, T* c, int64_t ldc, bool accumulate) {
  GemmArgs<T> g{};
  g.m = m;
  g.n = n;
  g.k = k;
  g.a = a;
  g.lda = lda;
  g.trans_a = trans_a;
  g.b = b;
  g.ldb = ldb;
  g.trans_b = trans_b;
  g.c = c;
  g.ldc = ldc;
  g.accumulate = accumulate;
  gemm(g);
}

/// body(j, load, store) over the packets of `n` values; the last one loads `fill` past the end.
template <class T, class Body>
PYKERAS_INLINE void for_packets(int64_t n, Body&& body) {
  using P = Packet<T>;
  int64_t j = 0;
  for (; j + P::width <= n; j += P::width) {
    body(
        j, [](const T* p, T) { return P::load(p); }, [](T* p, P value) { value.store(p); });
  }
  if (j < n) {
    const int64_t rest = n - j;
    body(
        j, [rest](const T* p, T fill) { return P::load_partial(p, rest, fill); },
        [rest](T* p, P value) { value.store_partial(p, rest); });
  }
}

/// at(j) for the keys of a block, counted from its first, that query i does not see.
template <class T, class Hide>
PYKERAS_INLINE void hide(const AttentionArgs<T>& a, const Head<T>& h, int64_t i, int64_t key, int64_t count,
                         Hide&& at) {
  if (h.mask) {
    const uint8_t* mask = h.mask + i * a.mask_strides[2] + key * a.mask_strides[3];
    for (int64_t j = 0; j < count; ++j) {
      if (!mask[j * a.mask_strides[3]]) at(j);
    }
  }
  if (a.causal) {
    for (int64_t j = i + 1 > key ? i + 1 - key : 0; j < count; ++j) at(j);
  }
}

/// Scores of a block of queries with a block of keys, scaled and hidden where they do not count.
template <class T>
void block_scores(const AttentionArgs<T>& a, const Head<T>& h, int64_t query, int64_t rows, int64_t key, int64_t count,
                  T* scores) {
  product(rows, count, a.depth, h.q + query * h.q_stride, h.q_stride, false, h.k + key * h.k_stride, h.k_stride, true,
          scores, count, false);
  const Packet<T> scale = Packet<T>::broadcast(a.scale);
  for_packets<T>(rows * count,
                 [&](int64_t j, auto load, auto store) { store(scores + j, load(scores + j, T(0)) * scale); });
  for (int64_t r = 0; r < rows; ++r) {
    hide(a, h, query + r, key, count, [&](int64_t j) { scores[r * count + j] = out_of_sight<T>; });
  }
}

/// Blocks of keys that the queries up to `last` see. A row that the mask hides whole weighs all keys, even later ones.
template <class T>
int64_t keys_in_sight(const AttentionArgs<T>& a, int64_t last) {
  return a.causal && !a.mask ? smaller(a.keys, last + 1) : a.keys;
}

template <class T>
void attend(const AttentionArgs<T>& a, const Head<T>& h, int64_t query, int64_t rows) {
  using P = Packet<T>;
  T* scores = static_cast<T*>(thread_scratch(3, query_block * key_block * sizeof(T)));
  const int64_t keys = keys_in_sight(a, query + rows - 1);
  for (int64_t key = 0; key < keys; key += key_block) {
    const int64_t count = smaller(key_block, keys - key);
    block_scores(a, h, query, rows, key, count, scores);
    for (int64_t r = 0; r < rows; ++r) {
      T *row = scores + r * count, *stats = h.stats + (query + r) * 2;
      P best = splat<T>(-HUGE_VAL);
      for_packets<T>(count, [&](int64_t j, auto load, auto) { best = max(best, load(row + j, T(-HUGE_VAL))); });
      T top = best.largest();
      T before = T(0);  // the sum so far, around the new largest score
      if (key > 0) {
        if (stats[0] > top) top = stats[0];
        const T shrink = scalar_exp(stats[0] - top);
        before = stats[1] * shrink;
        const P factor = P::broadcast(shrink);
        T* y = h.y + (query + r) * h.y_stride;
        for_packets<T>(a.value_depth,
                       [&](int64_t j, auto load, auto store) { store(y + j, load(y + j, T(0)) * factor); });
      }
      const P offset = P::broadcast(top);
      P sum = P::zero();
      for_packets<T>(count, [&](int64_t j, auto load, auto store) {
        const P weight = exp_to_zero(load(row + j, T(-HUGE_VAL)) - offset);
        sum += weight;
        store(row + j, weight);
      });
      stats[0] = top;
      stats[1] = before + sum.sum();
    }
    product(rows, a.value_depth, count, scores, count, false, h.v + key * h.v_stride, h.v_stride, false,
            h.y + query * h.y_stride, h.y_stride, key > 0);
  }
  for (int64_t r = 0; r < rows; ++r) {
    T *y = h.y + (query + r) * h.y_stride, *stats = h.stats + (query + r) * 2;
    stats[1] = 1 / stats[1];
    const P factor = P::broadcast(stats[1]);
    for_packets<T>(a.value_depth, [&](int64_t j, auto load, auto store) { store(y + j, load(y + j, T(0)) * factor); });
  }
}

/// Adds one block of queries to the gradients of its head. With P the weights and dP = dy · vᵀ:
/// dS = P · (dP - rowsum(dy · y)), dq = scale · dS · k, dk = scale · dSᵀ · q, dv = Pᵀ · dy.
template <class T>
void attend_grad(const AttentionGradArgs<T>& g, const Head<T>& h, int64_t query, int64_t rows, const T* dy, T* dq,
                 T* dk, T* dv) {
  using P = Packet<T>;
  const AttentionArgs<T>& a = g.forward;
  T* weights = static_cast<T*>(thread_scratch(3, 2 * query_block * key_block * sizeof(T)));
  T* slopes = weights + query_block * key_block;
  T dots[query_block];
  for (int64_t r = 0; r < rows; ++r) {
    const T *y = h.y + (query + r) * h.y_stride, *gradient = dy + (query + r) * h.y_stride;
    P sum = P::zero();
    for_packets<T>(a.value_depth, [&](int64_t j, auto load, auto) {
      sum = multiply_add(load(y + j, T(0)), load(gradient + j, T(0)), sum);
    });
    dots[r] = sum.sum();
  }
  const int64_t keys = keys_in_sight(a, query + rows - 1);
  for (int64_t key = 0; key < keys; key += key_block) {
    const int64_t count = smaller(key_block, keys - key);
    block_scores(a, h, query, rows, key, count, weights);
    product(rows, count, a.value_depth, dy + query * h.y_stride, h.y_stride, false, h.v + key * h.v_stride, h.v_stride,
            true, slopes, count, false);
    for (int64_t r = 0; r < rows; ++r) {
      T *weight = weights + r * count, *slope = slopes + r * count;
      const T* stats = h.stats + (query + r) * 2;
      const P top = P::broadcast(stats[0]), inverse = P::broadcast(stats[1]), dot = P::broadcast(dots[r]),
              scale = P::broadcast(a.scale);
      for_packets<T>(count, [&](int64_t j, auto load, auto store) {
        const P p = exp_to_zero(load(weight + j, T(0)) - top) * inverse;
        store(weight + j, p);
        store(slope + j, p * (load(slope + j, T(0)) - dot) * scale);
      });
      hide(a, h, query + r, key, count, [&](int64_t j) { slope[j] = T(0); });
    }
    product(count, a.value_depth, rows, weights, count, true, dy + query * h.y_stride, h.y_stride, false,
            dv + key * h.v_stride, h.v_stride, true);
    product(rows, a.depth, count, slopes, count, false, h.k + key * h.k_stride, h.k_stride, false,
            dq + query * h.q_stride, h.q_stride, true);
    product(count, a.depth, rows, slopes, count, true, h.q + query * h.q_stride, h.q_stride, false,
            dk + key * h.k_stride, h.k_stride, true);
  }
}

template <class T>
double attention_work(const AttentionArgs<T>& a) {
  return static_cast<double>(a.batch * a.heads) * static_cast<double>(a.queries) * static_cast<double>(a.keys) *
         static_cast<double>(a.depth + a.value_depth);
}

}  // namespace

template <class T>
void attention(const AttentionArgs<T>& a) {
  const int64_t blocks = blocks_of(a.queries, query_block);
  parallel_for(a.batch * a.heads * blocks, attention_work(a), [&](int64_t task) {
    const int64_t index = task / blocks, query = task % blocks * query_block;
    attend(a, head_of(a, index / a.heads, index % a.heads), query, smaller(query_block, a.queries - query));
  });
}

template <class T>
void attention_grad(const AttentionGradArgs<T>& g) {
  const AttentionArgs<T>& a = g.forward;
  std::memset(g.dq, 0, a.batch * a.queries * a.heads * a.depth * sizeof(T));
  std::memset(g.dk, 0, a.batch * a.keys * a.key_heads * a.depth * sizeof(T));
  std::memset(g.dv, 0, a.batch * a.keys * a.key_heads * a.value_depth * sizeof(T));
  const int64_t group = a.heads / a.key_heads;
  // Heads that share keys and blocks that share a head add to the same gradients, so they stay in order in one task.
  parallel_for(a.batch * a.key_heads, 2.5 * attention_work(a), [&](int64_t task) {
    const int64_t sample = task / a.key_heads, key_head = task % a.key_heads;
    for (int64_t head = key_head * group; head < (key_head + 1) * group; ++head) {
      const Head<T> h = head_of(a, sample, head);
      const T* dy = g.dy + (h.y - a.y);
      T *dq = g.dq + (h.q - a.q), *dk = g.dk + (h.k - a.k), *dv = g.dv + (h.v - a.v);
      for (int64_t query = 0; query < a.queries; query += query_block) {
        attend_grad(g, h, query, smaller(query_block, a.queries - query), dy, dq, dk, dv);
      }
    }
  });
}

#define PYKERAS_INSTANTIATE(T)                         \
  template void attention<T>(const AttentionArgs<T>&); \
  template void attention_grad<T>(const AttentionGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
