// Reductions over the middle axis of [outer, n, inner]. Floats are reduced in chunks whose size depends on the shape
// alone, sums collect their blocks in double; so the bits do not depend on the number of threads.
#include "families.h"
#include "packet_math.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

// ---- operations: on packets, on scalars, and the type that collects the blocks ------------------------------------

template <class T>
struct Sum {
  using Total = double;
  static constexpr T identity = 0;
  static PYKERAS_INLINE Packet<T> apply(Packet<T> x, Packet<T> y) { return x + y; }
  template <class V>
  static PYKERAS_INLINE V apply(V x, V y) { return wrapping_add(x, y); }
};

template <class T>
struct Product {
  using Total = T;
  static constexpr T identity = 1;
  static PYKERAS_INLINE Packet<T> apply(Packet<T> x, Packet<T> y) { return x * y; }
  template <class V>
  static PYKERAS_INLINE V apply(V x, V y) { return wrapping_multiply(x, y); }
};

// NaN on the left stays since it differs from itself, NaN on the right comes in since no comparison holds.
template <class T>
struct Max {
  using Total = T;
  using Limits = std::numeric_limits<T>;
  static constexpr T identity = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  static PYKERAS_INLINE Packet<T> apply(Packet<T> x, Packet<T> y) { return select(x == x, select(x >= y, x, y), x); }
  static PYKERAS_INLINE T apply(T x, T y) { return x >= y || is_nan(x) ? x : y; }
};

template <class T>
struct Min {
  using Total = T;
  using Limits = std::numeric_limits<T>;
  static constexpr T identity = Limits::has_infinity ? Limits::infinity() : Limits::max();
  static PYKERAS_INLINE Packet<T> apply(Packet<T> x, Packet<T> y) { return select(x == x, select(x <= y, x, y), x); }
  static PYKERAS_INLINE T apply(T x, T y) { return x <= y || is_nan(x) ? x : y; }
};

// ---- floats ---------------------------------------------------------------------------------------------------------

constexpr int64_t run_block = 4096;       // elements summed in T before they go to the total
constexpr int64_t run_chunk = 16 * run_block;
constexpr int64_t row_block = 128;        // the same for columns
constexpr int64_t chunk_elements = 65536;

/// The elements of one run in memory.
template <class T, class Op>
typename Op::Total reduce_run(const T* x, int64_t n) {
  using P = Packet<T>;
  constexpr int width = P::width, lanes = 4;
  typename Op::Total total = Op::identity;
  for (int64_t start = 0; start < n; start += run_block) {
    const T* p = x + start;
    const int64_t count = smaller(run_block, n - start);
    T value = Op::identity;
    int64_t i = 0;
    if (count >= width) {
      P sums[lanes];
      for (P& sum : sums) sum = P::broadcast(Op::identity);
      for (; i + lanes * width <= count; i += lanes * width) {
#pragma GCC unroll 4
        for (int k = 0; k < lanes; ++k) sums[k] = Op::apply(sums[k], P::load(p + i + k * width));
      }
      for (; i + width <= count; i += width) sums[0] = Op::apply(sums[0], P::load(p + i));
      const P sum = Op::apply(Op::apply(sums[0], sums[1]), Op::apply(sums[2], sums[3]));
      T values[width];
      sum.store(values);
      for (int half = width / 2; half > 0; half /= 2) {
        for (int k = 0; k < half; ++k) values[k] = Op::apply(values[k], values[k + half]);
      }
      value = values[0];
    }
    for (; i < count; ++i) value = Op::apply(value, p[i]);
    total = Op::apply(total, static_cast<typename Op::Total>(value));
  }
  return total;
}

/// `packets` neighbouring packets of columns over all rows.
template <class T, class Op, int packets>
PYKERAS_INLINE void reduce_packet_columns(const T* x, int64_t rows, int64_t step, typename Op::Total* totals) {
  using P = Packet<T>;
  for (int k = 0; k < packets * P::width; ++k) totals[k] = Op::identity;
  for (int64_t start = 0; start < rows; start += row_block) {
    const int64_t end = smaller(rows, start + row_block);
    P sums[packets];
    for (P& sum : sums) sum = P::broadcast(Op::identity);
    for (int64_t i = start; i < end; ++i) {
#pragma GCC unroll 4
      for (int k = 0; k < packets; ++k) sums[k] = Op::apply(sums[k], P::load(x + i * step + k * P::width));
    }
    T values[packets * P::width];
    for (int k = 0; k < packets; ++k) sums[k].store(values + k * P::width);
    for (int k = 0; k < packets * P::width; ++k) {
      totals[k] = Op::apply(totals[k], static_cast<typename Op::Total>(values[k]));
    }
  }
}

/// Columns [0, columns) of rows that lie `step` apart; finish(column, total). Lanes do not mix, so that the last packet
/// may overlap the one before it.
template <class T, class Op, class Finish>
void reduce_columns(const T* x, int64_t rows, int64_t columns, int64_t step, Finish&& finish) {
  constexpr int width = Packet<T>::width, packets = 4;
  using Total = typename Op::Total;
  Total totals[packets * width];
  int64_t j = 0;
  for (; j + packets * width <= columns; j += packets * width) {
    reduce_packet_columns<T, Op, packets>(x + j, rows, step, totals);
    for (int k = 0; k < packets * width; ++k) finish(j + k, totals[k]);
  }
  while (j < columns && columns >= width) {
    if (j + width > columns) j = columns - width;
    reduce_packet_columns<T, Op, 1>(x + j, rows, step, totals);
    for (int k = 0; k < width; ++k) finish(j + k, totals[k]);
    j += width;
  }
  for (; j < columns; ++j) {
    Total total = Op::identity;
    for (int64_t start = 0; start < rows; start += row_block) {
      const int64_t end = smaller(rows, start + row_block);
      T sum = Op::identity;
      for (int64_t i = start; i < end; ++i) sum = Op::apply(sum, x[i * step + j]);
      total = Op::apply(total, static_cast<Total>(sum));
    }
    finish(j, total);
  }
}

template <class T, class Op, class Finish>
void reduce_runs(int64_t outer, int64_t n, const T* x, T* y, Finish&& finish) {
  using Total = typename Op::Total;
  const double work = double(outer) * double(n);
  const int64_t chunks = blocks_of(n, run_chunk);
  if (chunks <= 1) {
    const int64_t group = chunk_elements / (n + 16) + 1;
    parallel_for(blocks_of(outer, group), work, [&](int64_t task) {
      const int64_t end = smaller(outer, (task + 1) * group);
      for (int64_t o = task * group; o < end; ++o) y[o] = finish(reduce_run<T, Op>(x + o * n, n));
    });
    return;
  }
  Total* partial = static_cast<Total*>(thread_scratch(0, outer * chunks * sizeof(Total)));
  parallel_for(outer * chunks, work, [&](int64_t task) {
    const int64_t start = task % chunks * run_chunk;
    partial[task] = reduce_run<T, Op>(x + task / chunks * n + start, smaller(run_chunk, n - start));
  });
  for (int64_t o = 0; o < outer; ++o) {
    Total total = Op::identity;
    for (int64_t c = 0; c < chunks; ++c) total = Op::apply(total, partial[o * chunks + c]);
    y[o] = finish(total);
  }
}

template <class T, class Op, class Finish>
void reduce_floats(int64_t outer, int64_t n, int64_t inner, const T* x, T* y, Finish&& finish) {
  if (inner == 1) return reduce_runs<T, Op>(outer, n, x, y, finish);
  using Total = typename Op::Total;
  const double work = double(outer) * double(n) * double(inner);
  const int64_t chunk_rows = blocks_of(blocks_of(chunk_elements, inner), row_block) * row_block;
  const int64_t chunks = blocks_of(n, chunk_rows);
  if (chunks <= 1) {
    constexpr int64_t column_block = 1024;
    const int64_t column_tasks = blocks_of(inner, column_block);
    const int64_t group = column_tasks > 1 ? 1 : chunk_elements / (n * inner + 16) + 1;
    parallel_for(blocks_of(outer, group) * column_tasks, work, [&](int64_t task) {
      const int64_t column = task % column_tasks * column_block, first = task / column_tasks * group;
      const int64_t end = smaller(outer, first + group);
      for (int64_t o = first; o < end; ++o) {
        T* row = y + o * inner + column;
        reduce_columns<T, Op>(x + o * n * inner + column, n, smaller(column_block, inner - column), inner,
                              [&](int64_t j, Total total) { row[j] = finish(total); });
      }
    });
    return;
  }
  Total* partial = static_cast<Total*>(thread_scratch(0, outer * chunks * inner * sizeof(Total)));
  parallel_for(outer * chunks, work, [&](int64_t task) {
    const int64_t start = task % chunks * chunk_rows;
    Total* totals = partial + task * inner;
    reduce_columns<T, Op>(x + (task / chunks * n + start) * inner, smaller(chunk_rows, n - start), inner, inner,
                          [&](int64_t j, Total total) { totals[j] = total; });
  });
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t j = 0; j < inner; ++j) {
      Total total = Op::identity;
      for (int64_t c = 0; c < chunks; ++c) total = Op::apply(total, partial[(o * chunks + c) * inner + j]);
      y[o * inner + j] = finish(total);
    }
  }
}

// ---- integers ---------------------------------------------------------------------------------------------

template <class T, class Op, class Finish>
void reduce_integers(int64_t outer, int64_t n, int64_t inner, const T* x, T* y, Finish&& finish) {
  parallel_for(outer, double(outer) * double(n) * double(inner), [&](int64_t o) {
    const T* from = x + o * n * inner;
    T* to = y + o * inner;
    if (inner == 1) {
      T total = Op::identity;
      for (int64_t i = 0; i < n; ++i) total = Op::apply(total, from[i]);
      *to = finish(total);
      return;
    }
    for (int64_t j = 0; j < inner; ++j) to[j] = Op::identity;
    for (int64_t i = 0; i < n; ++i) {
#pragma GCC ivdep
      for (int64_t j = 0; j < inner; ++j) to[j] = Op::apply(to[j], from[i * inner + j]);
    }
    for (int64_t j = 0; j < inner; ++j) to[j] = finish(to[j]);
  });
}

template <class T, template <class> class Op, class Finish>
void reduce_with(int64_t outer, int64_t n, int64_t inner, const T* x, T* y, Finish&& finish) {
  if constexpr (std::is_floating_point_v<T>) {
    reduce_floats<T, Op<T>>(outer, n, inner, x, y, finish);
  } else {
    reduce_integers<T, Op<T>>(outer, n, inner, x, y, finish);
  }
}

template <class T>
void reduce_type(Reduce how, int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  const auto plain = [](auto total) { return static_cast<T>(total); };
  switch (how) {
    case Reduce::sum: return reduce_with<T, Sum>(outer, n, inner, x, y, plain);
    case Reduce::mean:
      return reduce_with<T, Sum>(outer, n, inner, x, y, [n](auto total) {
        if constexpr (std::is_floating_point_v<T>) {
          return static_cast<T>(total / static_cast<double>(n));
        } else {
          return n ? static_cast<T>(static_cast<int64_t>(total) / n) : T(0);
        }
      });
    case Reduce::max: return reduce_with<T, Max>(outer, n, inner, x, y, plain);
    case Reduce::min: return reduce_with<T, Min>(outer, n, inner, x, y, plain);
    case Reduce::prod: return reduce_with<T, Product>(outer, n, inner, x, y, plain);
  }
}

// ---- positions --------------------------------------------------------------------------------------------

template <class T, template <class> class Op>
void arg_reduce(int64_t outer, int64_t n, int64_t inner, const T* x, int64_t* y) {
  if (n <= 0) return;
  const double work = double(outer) * double(n) * double(inner);
  if (inner == 1) {
    // The value first, vectorised; then the first place that holds it.
    const int64_t group = chunk_elements / (n + 16) + 1;
    parallel_for(blocks_of(outer, group), work, [&](int64_t task) {
      const int64_t end = smaller(outer, (task + 1) * group);
      for (int64_t o = task * group; o < end; ++o) {
        const T* row = x + o * n;
        T best = Op<T>::identity;
        if constexpr (std::is_floating_point_v<T>) {
          best = reduce_run<T, Op<T>>(row, n);
        } else {
          for (int64_t i = 0; i < n; ++i) best = Op<T>::apply(best, row[i]);
        }
        int64_t i = 0;
        while (!(row[i] == best || (is_nan(best) && is_nan(row[i])))) ++i;
        y[o] = i;
      }
    });
    return;
  }
  constexpr int64_t block = 64;
  const int64_t column_tasks = blocks_of(inner, block);
  parallel_for(outer * column_tasks, work, [&](int64_t task) {
    const int64_t column = task % column_tasks * block, count = smaller(block, inner - column);
    const T* from = x + task / column_tasks * n * inner + column;
    int64_t* index = y + task / column_tasks * inner + column;
    T best[block];
    for (int64_t j = 0; j < count; ++j) {
      best[j] = from[j];
      index[j] = 0;
    }
    for (int64_t i = 1; i < n; ++i) {
      for (int64_t j = 0; j < count; ++j) {
        const T value = from[i * inner + j], winner = Op<T>::apply(best[j], value);
        const bool changed = winner != best[j] && !is_nan(best[j]);
        index[j] = changed ? i : index[j];
        best[j] = changed ? value : best[j];
      }
    }
  });
}

template <class T>
void scatter_add_type(int64_t outer, int64_t n_in, int64_t n_index, int64_t row, const T* dy, const int64_t* index,
                      T* dx) {
  // Each task owns a range of targets and scans all indices; so the order of additions is that of the indices.
  const int64_t ranges = outer >= 8 || row < 8 ? 1 : smaller(8, n_in > 0 ? n_in : 1);
  const int64_t range = blocks_of(n_in, ranges);
  parallel_for(outer * ranges, double(outer) * double(n_in + n_index) * double(row), [&](int64_t task) {
    const int64_t o = task / ranges, first = smaller(n_in, task % ranges * range);
    const int64_t last = smaller(n_in, first + range);
    T* to = dx + o * n_in * row;
    for (int64_t i = first * row; i < last * row; ++i) to[i] = 0;
    for (int64_t j = 0; j < n_index; ++j) {
      if (index[j] < first || index[j] >= last) continue;
      T* target = to + index[j] * row;
      const T* source = dy + (o * n_index + j) * row;
#pragma GCC ivdep
      for (int64_t k = 0; k < row; ++k) target[k] = wrapping_add(target[k], source[k]);
    }
  });
}

}  // namespace

template <class T>
void reduce(Reduce how, int64_t outer, int64_t n, int64_t inner, const T* x, T* y) {
  reduce_type(how, outer, n, inner, x, y);
}

void reduce_any_dtype(Reduce how, DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, void* y) {
  if (dtype == DType::boolean) {  // of true and false, a sum is their or, a product their and
    const bool all = how == Reduce::prod || how == Reduce::min;
    uint8_t* out = static_cast<uint8_t*>(y);
    reduce_type(all ? Reduce::min : Reduce::max, outer, n, inner, static_cast<const uint8_t*>(x), out);
    for (int64_t i = 0; i < outer * inner; ++i) out[i] = out[i] != 0;
    return;
  }
  with_type(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    reduce_type(how, outer, n, inner, static_cast<const T*>(x), static_cast<T*>(y));
  });
}

void argmax(DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y) {
  with_type(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    arg_reduce<T, Max>(outer, n, inner, static_cast<const T*>(x), y);
  });
}

void argmin(DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y) {
  with_type(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    arg_reduce<T, Min>(outer, n, inner, static_cast<const T*>(x), y);
  });
}

void scatter_add(DType dtype, int64_t outer, int64_t n_in, int64_t n_index, int64_t row, const void* dy,
                 const int64_t* index, void* dx) {
  with_type(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    scatter_add_type(outer, n_in, n_index, row, static_cast<const T*>(dy), index, static_cast<T*>(dx));
  });
}

template void reduce<float>(Reduce, int64_t, int64_t, int64_t, const float*, float*);
template void reduce<double>(Reduce, int64_t, int64_t, int64_t, const double*, double*);

}  // namespace pykeras::kernels::PYKERAS_ISA
