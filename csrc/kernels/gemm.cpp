// Matrix product: small ones read their operands in place, the others are packed and blocked (gemm_blocked.h).
#include <algorithm>

#include "families.h"
#include "gemm_blocked.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

template <class T>
Output<T> output_of(const GemmArgs<T>& g) {
  return {g.c, g.ldc, g.accumulate, g.epilogue};
}

/// No steps of k: what remains is c, or zero, and the epilogue.
template <class T>
void empty_product(const GemmArgs<T>& g) {
  for (int64_t i = 0; i < g.m; ++i) {
    T* c = g.c + i * g.ldc;
    for (int64_t j = 0; j < g.n; ++j) {
      const T value = g.accumulate ? c[j] : T(0);
      c[j] = g.epilogue.bias ? value + g.epilogue.bias[j] : value;
    }
  }
  output_of(g).activate(0, g.m, 0, g.n);
}

/// sums[i] = rows[i] . x, each in the same order of additions whatever `count` is.
template <class T, int count>
PYKERAS_INLINE void dot(int64_t k, const T* rows, int64_t row_step, const T* x, T (&sums)[count]) {
  using P = Packet<T>;
  P even[count], odd[count];
  PYKERAS_UNROLL
  for (int i = 0; i < count; ++i) even[i] = odd[i] = P::zero();
  int64_t p = 0;
  for (; p + 2 * P::width <= k; p += 2 * P::width) {
    const P x0 = P::load(x + p), x1 = P::load(x + p + P::width);
    PYKERAS_UNROLL
    for (int i = 0; i < count; ++i) {
      even[i] = multiply_add(P::load(rows + i * row_step + p), x0, even[i]);
      odd[i] = multiply_add(P::load(rows + i * row_step + p + P::width), x1, odd[i]);
    }
  }
  for (int i = 0; i < count; ++i) {
    sums[i] = (even[i] + odd[i]).sum();
    for (int64_t q = p; q < k; ++q) sums[i] += rows[i * row_step + q] * x[q];
  }
}

/// Matrix times vector where the rows of the matrix lie in memory along k: c[i * c_step] (+)= rows[i] . x + bias.
template <class T>
void dot_rows(int64_t count, int64_t k, const T* rows, int64_t row_step, const T* x, T* c, int64_t c_step,
              bool accumulate, const T* bias, int64_t bias_step) {
  constexpr int64_t block = 64;
  parallel_for(ceil_div(count, block), product_work(count, 1, k), [&](int64_t task) {
    const int64_t end = (task + 1) * block < count ? (task + 1) * block : count;
    const auto finish = [&](int64_t i, T sum) {
      if (accumulate) sum = c[i * c_step] + sum;
      c[i * c_step] = bias ? sum + bias[i * bias_step] : sum;
    };
    int64_t i = task * block;
    for (; i + 4 <= end; i += 4) {
      T sums[4];
      dot(k, rows + i * row_step, row_step, x, sums);
      for (int64_t j = 0; j < 4; ++j) finish(i + j, sums[j]);
    }
    for (; i < end; ++i) {
      T sums[1];
      dot(k, rows + i * row_step, row_step, x, sums);
      finish(i, sums[0]);
    }
  });
}

/// Few rows times the transpose of a matrix: rows of a against rows of b.
template <class T>
void rows_times_transpose(const GemmArgs<T>& g) {
  for (int64_t i = 0; i < g.m; ++i) {
    const T* x = g.a + i * g.lda;
    if (g.trans_a) {
      T* column = static_cast<T*>(thread_scratch(1, g.k * sizeof(T)));
      for (int64_t p = 0; p < g.k; ++p) column[p] = g.a[p * g.lda + i];
      x = column;
    }
    dot_rows(g.n, g.k, g.b, g.ldb, x, g.c + i * g.ldc, 1, g.accumulate, g.epilogue.bias, 1);
  }
  output_of(g).activate(0, g.m, 0, g.n);
}

/// Products over a batch (a transposed) are cut along k early (blocked_product_split_k); others keep one order of
/// additions, so that a row's bits do not depend on the number of rows.
template <class T>
bool is_long(const GemmArgs<T>& g) {
  return g.k >= (g.trans_a ? 4096 : 65536);
}

/// Both operands read in place; b must not be transposed and have at least a packet of columns.
template <class T>
void strided_product(const GemmArgs<T>& g) {
  constexpr int width = Packet<T>::width;
  const Output<T> out = output_of(g);
  const int64_t a_row = g.trans_a ? 1 : g.lda, a_step = g.trans_a ? g.lda : 1;
  const int64_t k_count = Blocking<T>::k_count(g.k);
  const int64_t bands = ceil_div(g.m, Tile<T>::rows);
  const int64_t band = ceil_div(g.m, bands);
  const int64_t tile_columns = max_packets<T>(static_cast<int>(band)) * width;
  const int64_t threads = num_threads();
  const bool split_rows = bands >= 2 * threads;
  // Rows of a that stay in an L2 cache while the columns of b pass.
  const int64_t cached_bands = ceil_div(131072, band * k_count * static_cast<int64_t>(sizeof(T)));
  const int64_t bands_per_thread = ceil_div(bands, threads);
  const int64_t rows_per_task = split_rows ? band * std::min(bands_per_thread, cached_bands) : g.m;
  const int64_t columns_per_task = split_rows ? g.n : round_up(ceil_div(g.n, threads), tile_columns);
  const int64_t row_tasks = ceil_div(g.m, rows_per_task), column_tasks = ceil_div(g.n, columns_per_task);

  parallel_for(row_tasks * column_tasks, product_work(g.m, g.n, g.k), [&](int64_t task) {
    const int64_t row = task / column_tasks * rows_per_task;
    const int64_t row_end = row + rows_per_task < g.m ? row + rows_per_task : g.m;
    const int64_t column = task % column_tasks * columns_per_task;
    const int64_t column_end = column + columns_per_task < g.n ? column + columns_per_task : g.n;
    for (int64_t j = column; j < column_end; j += tile_columns) {
      const int64_t tile_n = column_end - j < tile_columns ? column_end - j : tile_columns;
      const int packets = static_cast<int>(ceil_div(tile_n, width));
      for (int64_t p = 0; p < g.k; p += k_count) {
        const int64_t steps = g.k - p < k_count ? g.k - p : k_count;
        TileOutput<T> tile = tile_output(out, row, j, tile_n, packets, p == 0, p + steps == g.k);
        overlap_last_packet(tile);
        const Run<T> run{g.a + p * a_step, g.b + p * g.ldb + j, steps};
        for (int64_t i = row; i < row_end; i += band, tile.c += band * g.ldc) {
          const int64_t tile_m = row_end - i < band ? row_end - i : band;
          tiles<T>.strided[tile_m][packets]({&run, 1, i * a_row, 0, a_row, a_step, g.ldb}, tile);
        }
      }
    }
    out.activate(row, row_end - row, column, column_end - column);
  });
}

template <class T>
bool strided_product_takes(const GemmArgs<T>& g) {
  return !g.trans_b && g.n >= Packet<T>::width;
}

/// Whether a may be read in place: its rows lie along k, or its steps of k are not a page of memory apart.
template <class T>
bool reads_in_place(const GemmArgs<T>& g) {
  return !g.trans_a || g.lda * static_cast<int64_t>(sizeof(T)) < 4096;
}

/// Whether packing would not be repaid: c is a few rows high, or b stays in a cache close by as it stands.
template <class T>
bool is_small(const GemmArgs<T>& g) {
  const int64_t b_bytes = g.n * g.k * static_cast<int64_t>(sizeof(T));
  const int64_t near = g.n <= 4 * Tile<T>::columns ? 65536 : 16384;
  return g.m <= 2 * Tile<T>::rows || (reads_in_place(g) && b_bytes <= near);
}

template <class T>
void packed_product(const GemmArgs<T>& g) {
  const int64_t a_row = g.trans_a ? 1 : g.lda, a_step = g.trans_a ? g.lda : 1;
  const bool in_place = g.n <= 4 * Tile<T>::columns && reads_in_place(g);
  blocked_product(g.m, g.n, g.k, MatrixPanels<T, Tile<T>::rows>{g.a, a_row, a_step},
                  MatrixPanels<T, Tile<T>::columns>{g.b, g.trans_b ? g.ldb : 1, g.trans_b ? 1 : g.ldb}, output_of(g),
                  in_place ? StridedRows<T>{g.a, a_row, a_step} : StridedRows<T>{});
}

/// The routes agree bit for bit; the sizes choose the faster.
template <class T>
void strided_or_packed_product(const GemmArgs<T>& g) {
  if (strided_product_takes(g) && is_small(g)) return strided_product(g);
  packed_product(g);
}

template <class T, class Product>
void product_of_parts(const GemmArgs<T>& g, int64_t part_steps, const Product& product) {
  product_of_parts(g.m, g.n, g.k, part_steps, output_of(g), [&](int64_t begin, int64_t steps, T* c) {
    GemmArgs<T> part = g;
    part.k = steps;
    part.a += begin * (g.trans_a ? g.lda : 1);
    part.b += begin * (g.trans_b ? 1 : g.ldb);
    part.c = c;
    part.ldc = g.n;
    part.accumulate = false;
    part.epilogue = {};
    product(part);
  });
}

template <class T>
void single_product(const GemmArgs<T>& g) {
  const bool contiguous_vector_b = g.n == 1 && (g.trans_b || g.ldb == 1);
  if (g.k == 0) {
    empty_product(g);
  } else if (contiguous_vector_b && !g.trans_a) {
    dot_rows(g.m, g.k, g.a, g.lda, g.b, g.c, g.ldc, g.accumulate, g.epilogue.bias, 0);
    output_of(g).activate(0, g.m, 0, 1);
  } else if (g.trans_b && g.m <= 4) {
    rows_times_transpose(g);
  } else if (is_long(g)) {
    const int64_t part_steps = long_k_part<T>(g.m, g.n, g.k);
    if (part_steps == g.k) return packed_product(g);
    product_of_parts(g, part_steps, strided_or_packed_product<T>);
  } else if (contiguous_vector_b && g.ldc == 1 && g.m >= Packet<T>::width && !g.epilogue.bias) {
    GemmArgs<T> transposed = g;  // a column is the transpose of a row: c^T = b^T · a
    transposed.m = 1;
    transposed.n = g.m;
    transposed.a = g.b;
    transposed.lda = 1;
    transposed.trans_a = true;
    transposed.b = g.a;
    transposed.ldb = g.lda;
    transposed.trans_b = false;
    transposed.ldc = g.m;
    strided_product(transposed);
  } else if (strided_product_takes(g) && g.m <= Tile<T>::rows && g.n <= 512 && g.k >= 4 * Blocking<T>::k) {
    // A band of rows times a long, narrow b: the blocks of k are tasks, each streaming through its part of b.
    product_of_parts(g, Blocking<T>::k_count(g.k), strided_product<T>);
  } else {
    strided_or_packed_product(g);
  }
}

}  // namespace

template <class T>
void gemm(const GemmArgs<T>& args) {
  GemmArgs<T> g = args;
  if (g.m <= 0 || g.n <= 0 || g.batch <= 0) return;
  if (g.batch > 1 && g.stride_b == 0 && !g.trans_a && g.stride_a == g.m * g.lda && g.stride_c == g.m * g.ldc) {
    g.m *= g.batch;  // the batch is but more rows
    g.batch = 1;
  }
  if (g.batch == 1) return single_product(g);

  auto product = [&](int64_t index) {
    GemmArgs<T> one = g;
    one.batch = 1;
    one.a += index * g.stride_a;
    one.b += index * g.stride_b;
    one.c += index * g.stride_c;
    single_product(one);
  };
  if (g.batch >= num_threads()) {
    parallel_for(g.batch, product_work(g.batch * g.m, g.n, g.k), product);
  } else {
    for (int64_t index = 0; index < g.batch; ++index) product(index);
  }
}

template void gemm<float>(const GemmArgs<float>&);
template void gemm<double>(const GemmArgs<double>&);

}  // namespace pykeras::kernels::PYKERAS_ISA
