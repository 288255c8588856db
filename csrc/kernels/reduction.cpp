// Sums, products and extremes along the middle axis of [outer, n, inner]. Blocks have fixed sizes and are combined in a
// binary tree: rounding errors grow with log n, and the bits depend on the shape alone, never on the threads.
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

#define PYKERAS_COMBINE(name, start, scalar, packets)                   \
  struct name {                                                         \
    template <class T>                                                  \
    static constexpr T identity() {                                     \
      return start;                                                     \
    }                                                                   \
    template <class T>                                                  \
    static PYKERAS_INLINE T combine(T x, T y) {                         \
      return scalar;                                                    \
    }                                                                   \
    template <class T>                                                  \
    static PYKERAS_INLINE Packet<T> combine(Packet<T> x, Packet<T> y) { \
      return packets;                                                   \
    }                                                                   \
  };
PYKERAS_COMBINE(Sum, T(0), wrapping_add(x, y), x + y)
PYKERAS_COMBINE(Product, T(1), wrapping_multiply(x, y), x* y)
// NaN wins.
PYKERAS_COMBINE(Max,
                (std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::min()),
                is_nan(x) || x > y ? x : y, max_nan(x, y))
PYKERAS_COMBINE(Min, (std::is_floating_point_v<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max()),
                is_nan(x) || x < y ? x : y, min_nan(x, y))
#undef PYKERAS_COMBINE

/// Combines what is pushed as a binary tree, like the carries of a counter.
template <class Op, class Value>
class Tree {
 public:
  PYKERAS_INLINE void push(Value value) {
    for (uint64_t carry = count_++; carry & 1; carry >>= 1) value = combine(levels_[--depth_], value);
    levels_[depth_++] = value;
  }
  /// At least one value must have been pushed.
  PYKERAS_INLINE Value result() const {
    Value value = levels_[depth_ - 1];
    for (int i = depth_ - 2; i >= 0; --i) value = combine(levels_[i], value);
    return value;
  }

 private:
  static PYKERAS_INLINE Value combine(const Value& x, const Value& y) {
    Value result;
    constexpr int packets = sizeof(Value) / sizeof(x.packets[0]);
    for (int i = 0; i < packets; ++i) result.packets[i] = Op::combine(x.packets[i], y.packets[i]);
    return result;
  }
  Value levels_[56];
  uint64_t count_ = 0;
  int depth_ = 0;
};

template <class T, int count>
struct Packets {
  Packet<T> packets[count];
};

template <class Op, class T>
T combine_lanes(Packet<T> x) {
  T lanes[Packet<T>::width];
  x.store(lanes);
  for (int half = Packet<T>::width / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] = Op::combine(lanes[i], lanes[i + half]);
  }
  return lanes[0];
}

// ---- floats ---------------------------------------------------------------------------------------------------------

/// n contiguous values.
template <class Op, class T>
T reduce_run(int64_t n, const T* x) {
  using P = Packet<T>;
  constexpr int accumulators = 8;
  constexpr int64_t block = 1024;
  const P identity = P::broadcast(Op::template identity<T>());
  P sum = identity;
  int64_t i = 0;
  if (n >= block) {
    Tree<Op, Packets<T, 1>> tree;
    for (; i + block <= n; i += block) {
      P part[accumulators];
      for (int k = 0; k < accumulators; ++k) part[k] = P::load(x + i + k * P::width);
      for (int64_t j = accumulators * P::width; j < block; j += accumulators * P::width) {
        for (int k = 0; k < accumulators; ++k) part[k] = Op::combine(part[k], P::load(x + i + j + k * P::width));
      }
      for (int half = accumulators / 2; half > 0; half /= 2) {
        for (int k = 0; k < half; ++k) part[k] = Op::combine(part[k], part[k + half]);
      }
      tree.push({{part[0]}});
    }
    sum = tree.result().packets[0];
  }
  P rest[4] = {identity, identity, identity, identity};
  for (; i + 4 * P::width <= n; i += 4 * P::width) {
    for (int k = 0; k < 4; ++k) rest[k] = Op::combine(rest[k], P::load(x + i + k * P::width));
  }
  for (; i + P::width <= n; i += P::width) rest[0] = Op::combine(rest[0], P::load(x + i));
  if (i < n) rest[1] = Op::combine(rest[1], P::load_partial(x + i, n - i, Op::template identity<T>()));
  rest[0] = Op::combine(Op::combine(rest[0], rest[1]), Op::combine(rest[2], rest[3]));
  return combine_lanes<Op>(Op::combine(sum, rest[0]));
}

/// `count` packets of columns of n >= 1 rows, `stride` apart.
template <int count, class Op, class T>
PYKERAS_INLINE Packets<T, count> reduce_packet_columns(int64_t n, int64_t stride, const T* x) {
  using P = Packet<T>;
  constexpr int64_t block = 64;
  Tree<Op, Packets<T, count>> tree;
  for (int64_t first = 0; first < n; first += block) {
    const T* row = x + first * stride;
    Packets<T, count> sum;
    for (int k = 0; k < count; ++k) sum.packets[k] = P::load(row + k * P::width);
    for (int64_t left = smaller(block, n - first); left > 1; --left) {
      row += stride;
      for (int k = 0; k < count; ++k) sum.packets[k] = Op::combine(sum.packets[k], P::load(row + k * P::width));
    }
    tree.push(sum);
  }
  return tree.result();
}

/// Columns [first, last) of n >= 1 rows of `inner`, last - first >= width. The last packet overlaps the one before it;
/// columns do not meet, so those counted twice come out the same.
template <class Op, class T>
void reduce_wide_columns(int64_t n, int64_t inner, int64_t first, int64_t last, const T* x, T* y) {
  constexpr int64_t width = Packet<T>::width;
  constexpr int count = 8;
  int64_t c = first;
  for (; c + count * width <= last; c += count * width) {
    const auto sums = reduce_packet_columns<count, Op>(n, inner, x + c);
    for (int k = 0; k < count; ++k) sums.packets[k].store(y + c + k * width);
  }
  for (; c < last; c += width) {
    const int64_t at = c + width <= last ? c : last - width;
    reduce_packet_columns<1, Op>(n, inner, x + at).packets[0].store(y + at);
  }
}

template <class Op, class T>
void reduce_scalar_columns(int64_t n, int64_t inner, const T* x, T* y) {
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t c = 0; c < inner; ++c) y[c] = Op::combine(y[c], x[i * inner + c]);
  }
}

/// Few columns: several rows at a time are one wide row, whose columns are combined at the end.
template <class Op, class T>
void reduce_narrow_columns(int64_t n, int64_t inner, const T* x, T* y) {
  constexpr int64_t wide = 8 * Packet<T>::width;
  int64_t fold = 1;
  while (fold * inner < wide) fold *= 2;
  for (int64_t c = 0; c < inner; ++c) y[c] = Op::template identity<T>();
  const int64_t rows = n / fold;
  if (rows >= 2) {
    T folded[2 * wide];
    reduce_wide_columns<Op>(rows, fold * inner, 0, fold * inner, x, folded);
    for (int64_t half = fold / 2; half > 0; half /= 2) {
      for (int64_t i = 0; i < half * inner; ++i) folded[i] = Op::combine(folded[i], folded[i + half * inner]);
    }
    reduce_scalar_columns<Op>(1, inner, folded, y);
    x += rows * fold * inner;
    n -= rows * fold;
  }
  reduce_scalar_columns<Op>(n, inner, x, y);
}

/// One [n, inner], n >= 1; `first` and `last` bound the columns.
template <class Op, class T>
void reduce_one(int64_t n, int64_t inner, int64_t first, int64_t last, const T* x, T* y) {
  if (inner == 1) {
    y[0] = reduce_run<Op>(n, x);
  } else if (inner < 8 * Packet<T>::width && (n >= 32 || inner < Packet<T>::width)) {
    reduce_narrow_columns<Op>(n, inner, x, y);
  } else {
    reduce_wide_columns<Op>(n, inner, first, last, x, y);
  }
}

/// Tasks are groups of outer indices, or ranges of columns when there are many of those.
template <class Op, class T>
void reduce_each(int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  constexpr int64_t task_items = 1 << 15, most_columns = 1 << 12;
  const double work = static_cast<double>(outer) * static_cast<double>(n) * static_cast<double>(inner);
  if (inner >= 2 * most_columns) {
    const int64_t ranges = inner / most_columns;  // the last one takes the rest, so that none is narrower than a packet
    parallel_for(outer * ranges, work, [&](int64_t task) {
      const int64_t o = task / ranges, range = task % ranges;
      const int64_t last = range + 1 == ranges ? inner : (range + 1) * most_columns;
      reduce_one<Op>(n, inner, range * most_columns, last, x + o * n * inner, y + o * inner);
    });
    return;
  }
  const int64_t group = 1 + task_items / (n * inner);
  parallel_for(blocks_of(outer, group), work, [&](int64_t task) {
    for (int64_t o = task * group; o < smaller(outer, (task + 1) * group); ++o) {
      reduce_one<Op>(n, inner, 0, inner, x + o * n * inner, y + o * inner);
    }
  });
}

template <class Op, class T>
void reduce_floats(int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  if (n == 0) {
    for (int64_t i = 0; i < outer * inner; ++i) y[i] = Op::template identity<T>();
    return;
  }
  // Few long axes are cut into pieces, and the pieces reduced again.
  constexpr int64_t piece_items = 1 << 15, enough_outer = 32;
  const int64_t whole = 1024 / smaller(inner, 16);  // of the blocks below
  const int64_t piece = blocks_of(piece_items, inner * whole) * whole;
  if (outer >= enough_outer || n < 2 * piece) return reduce_each<Op>(outer, n, inner, x, y);
  const int64_t pieces = blocks_of(n, piece);
  T* parts = static_cast<T*>(thread_scratch(3, outer * pieces * inner * sizeof(T)));
  parallel_for(outer * pieces, static_cast<double>(outer * n) * static_cast<double>(inner), [&](int64_t task) {
    const int64_t o = task / pieces, first = task % pieces * piece;
    reduce_one<Op>(smaller(piece, n - first), inner, 0, inner, x + (o * n + first) * inner, parts + task * inner);
  });
  reduce_each<Op>(outer, pieces, inner, parts, y);
}

// ---- integers -------------------------------------------------------------------------------------------------------

template <class Op, class T>
void reduce_integers(int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  parallel_for(outer, static_cast<double>(outer * n) * static_cast<double>(inner), [&](int64_t o) {
    const T* from = x + o * n * inner;
    if (inner == 1) {
      T sum = Op::template identity<T>();
      for (int64_t i = 0; i < n; ++i) sum = Op::combine(sum, from[i]);
      y[o] = sum;
    } else {
      for (int64_t c = 0; c < inner; ++c) y[o * inner + c] = Op::template identity<T>();
      reduce_scalar_columns<Op>(n, inner, from, y + o * inner);
    }
  });
}

template <class Op, class T>
void reduce_by(int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  if (outer <= 0 || inner <= 0) return;
  if constexpr (std::is_floating_point_v<T>) {
    reduce_floats<Op>(outer, n, inner, x, y);
  } else {
    reduce_integers<Op>(outer, n, inner, x, y);
  }
}

template <class T>
void reduce_kind(Reduce kind, int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  switch (kind) {
    case Reduce::sum:
      return reduce_by<Sum>(outer, n, inner, x, y);
    case Reduce::prod:
      return reduce_by<Product>(outer, n, inner, x, y);
    case Reduce::max:
      return reduce_by<Max>(outer, n, inner, x, y);
    case Reduce::min:
      return reduce_by<Min>(outer, n, inner, x, y);
    case Reduce::mean:
      break;
  }
  reduce_by<Sum>(outer, n, inner, x, y);
  for (int64_t i = 0; i < outer * inner; ++i) {
    if constexpr (std::is_floating_point_v<T>) {
      y[i] /= static_cast<T>(n);  // NaN for no values, as in NumPy
    } else {
      y[i] = n == 0 ? T(0) : static_cast<T>(static_cast<int64_t>(y[i]) / n);
    }
  }
}

// ---- positions ------------------------------------------------------------------------------------------------------

template <class Op, class T>
int64_t find_extreme(int64_t n, const T* x) {
  T best = x[0];
  if constexpr (std::is_floating_point_v<T>) {
    best = reduce_run<Op>(n, x);
  } else {
    for (int64_t i = 1; i < n; ++i) best = Op::combine(best, x[i]);
  }
  int64_t i = 0;
  if (is_nan(best)) {
    while (!is_nan(x[i])) ++i;
  } else {
    while (x[i] != best) ++i;
  }
  return i;
}

/// Up to `tile` columns at once, rows in memory order.
constexpr int64_t tile = 64;
template <class Op, class T>
void find_extremes(int64_t n, int64_t inner, int64_t columns, const T* x, int64_t* y) {
  T best[tile];
  std::memcpy(best, x, columns * sizeof(T));
  for (int64_t c = 0; c < columns; ++c) y[c] = 0;
  for (int64_t i = 1; i < n; ++i) {
    for (int64_t c = 0; c < columns; ++c) {
      const T value = x[i * inner + c];
      const T winner = Op::combine(best[c], value);
      // A value that replaces the best differs from it; a first NaN does, a later one does not count.
      const bool replaces = !is_nan(best[c]) & (winner != best[c]);
      y[c] = replaces ? i : y[c];
      best[c] = winner;
    }
  }
}

template <class Op>
void positions(DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y) {
  if (n <= 0 || inner <= 0) return;
  const int64_t tiles = blocks_of(inner, tile);
  const int64_t group = 1 + (int64_t{1} << 14) / (n * smaller(inner, tile));
  with_type(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* values = static_cast<const T*>(x);
    parallel_for(blocks_of(outer * tiles, group), static_cast<double>(outer * n) * static_cast<double>(inner),
                 [&](int64_t task) {
                   for (int64_t i = task * group; i < smaller(outer * tiles, (task + 1) * group); ++i) {
                     const int64_t o = i / tiles, first = i % tiles * tile;
                     const T* from = values + o * n * inner + first;
                     if (inner == 1) {
                       y[o] = find_extreme<Op>(n, from);
                     } else {
                       find_extremes<Op>(n, inner, smaller(tile, inner - first), from, y + o * inner + first);
                     }
                   }
                 });
  });
}

}  // namespace

template <class T>
void reduce(Reduce kind, int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  reduce_kind(kind, outer, n, inner, x, y);
}
template void reduce<float>(Reduce, int64_t, int64_t, int64_t, const float*, float*);
template void reduce<double>(Reduce, int64_t, int64_t, int64_t, const double*, double*);

void reduce_any_dtype(Reduce kind, DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, void* y) {
  if (dtype == DType::boolean) {  // or, and: a sum that wraps would not be a truth value
    kind = kind == Reduce::prod || kind == Reduce::min ? Reduce::min : Reduce::max;
    if (n == 0) {
      std::memset(y, kind == Reduce::min ? 1 : 0, outer * inner);
      return;
    }
  }
  with_type(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reduce_kind(kind, outer, n, inner, static_cast<const T*>(x), static_cast<T*>(y));
  });
}

void argmax(DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y) {
  positions<Max>(dtype, outer, n, inner, x, y);
}

void argmin(DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y) {
  positions<Min>(dtype, outer, n, inner, x, y);
}

}  // namespace pykeras::kernels::PYKERAS_ISA
