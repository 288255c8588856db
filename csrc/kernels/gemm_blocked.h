#pragma once
// The blocked product over packed panels, shared by gemm.cpp and conv.cpp, which differ in how they pack.
// k is cut into blocks that depend on k alone and added to c in order: the bits of an element are the same on every
// path (packed, strided, any split into tasks), so tasks may be cut to fit the number of threads.
#include "gemm_packing.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {

/// What a product weighs for parallel_for: a processor does several of its operations in the time of one of most
/// others.
inline double product_work(int64_t m, int64_t n, int64_t k) {
  return 0.5 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

template <class T>
struct Blocking {
  // A panel of b (k x columns) takes at most an L1 cache of 32 KiB through which it streams, a block of a (rows x k) a
  // third of an L2 cache of 512 KiB.
  static constexpr int64_t k_bytes = Tile<T>::columns * sizeof(T) > 64 ? 1024 : 2048;
  static constexpr int64_t k = k_bytes / static_cast<int64_t>(sizeof(T));
  static constexpr int64_t rows = 72 / Tile<T>::rows * Tile<T>::rows;
  static constexpr int64_t columns = 2048 / Tile<T>::columns * Tile<T>::columns;
  /// Steps in a block, of about equal blocks.
  static int64_t k_count(int64_t steps) { return ceil_div(steps, ceil_div(steps, k)); }
};

template <class T>
struct Output {
  T* c;
  int64_t ldc;
  bool accumulate;
  Epilogue<T> epilogue;

  void activate(int64_t row, int64_t rows, int64_t column, int64_t columns) const {
    if (!epilogue.activation) return;
    const uint8_t unit_stride = 1;
    if (ldc == columns) {  // finished rows stand one after the other
      columns *= rows;
      rows = 1;
    }
    for (int64_t i = row; i < row + rows; ++i) {
      T* segment = c + i * ldc + column;
      const void* inputs[] = {segment};
      epilogue.activation(inputs, &unit_stride, segment, columns, epilogue.params);
    }
  }
};

template <class T>
TileOutput<T> tile_output(const Output<T>& out, int64_t row, int64_t column, int64_t columns, int packets,
                          bool first_block, bool last_block) {
  constexpr int width = Packet<T>::width;
  const int64_t last_offset = static_cast<int64_t>(packets - 1) * width;
  return {out.c + row * out.ldc + column,
          out.ldc,
          out.accumulate || !first_block,
          last_block && out.epilogue.bias ? out.epilogue.bias + column : nullptr,
          last_offset,
          0,
          static_cast<int>(columns - last_offset)};
}

/// Moves a narrow last packet left, onto columns of the same row: it computes some twice instead of reading past b.
/// The row must have at least a packet of columns.
template <class T>
void overlap_last_packet(TileOutput<T>& tile) {
  constexpr int width = Packet<T>::width;
  tile.last_begin = width - tile.last_end;
  tile.last_end = width;
  tile.last_offset -= tile.last_begin;
}

/// a as it stands in memory, for products too narrow to repay the packing of a.
template <class T>
struct StridedRows {
  const T* data = nullptr;
  int64_t row_step = 0, k_step = 0;
};

/// One block of c, rows [row, row + rows) and columns [column, column + columns), times one block of k.
template <class T>
void multiply_block(int64_t row, int64_t rows, int64_t column, int64_t columns, int64_t k_count, const T* a_panels,
                    const StridedRows<T>& a_rows, const T* b_panels, const Output<T>& out, bool first_block,
                    bool last_block) {
  constexpr int tile_rows = Tile<T>::rows, tile_columns = Tile<T>::columns, width = Packet<T>::width;
  for (int64_t j = 0; j < columns; j += tile_columns) {
    const int64_t tile_n = columns - j < tile_columns ? columns - j : tile_columns;
    const int packets = static_cast<int>(ceil_div(tile_n, width));
    TileOutput<T> tile = tile_output(out, row, column + j, tile_n, packets, first_block, last_block);
    for (int64_t i = 0; i < rows; i += tile_rows, tile.c += tile_rows * out.ldc) {
      const int64_t tile_m = rows - i < tile_rows ? rows - i : tile_rows;
      if (a_panels) {
        tiles<T>.packed[tile_m][packets](k_count, a_panels + i * k_count, b_panels + j * k_count, tile);
      } else {
        const Run<T> run{a_rows.data, b_panels + j * k_count, k_count};
        tiles<T>.strided[tile_m][packets](
            {&run, 1, i * a_rows.row_step, 0, a_rows.row_step, a_rows.k_step, tile_columns}, tile);
      }
    }
  }
  if (last_block) out.activate(row, rows, column, columns);
}

/// Packs columns [column, column + columns) of b, several panels to a task.
template <class T, class PackB>
void pack_columns(int64_t column, int64_t columns, int64_t k_begin, int64_t k_count, const PackB& pack_b, T* panels) {
  constexpr int64_t task_columns = 4 * Tile<T>::columns;
  parallel_for(ceil_div(columns, task_columns), static_cast<double>(columns * k_count), [&](int64_t task) {
    const int64_t j = task * task_columns;
    pack_b(panels + j * k_count, column + j, columns - j < task_columns ? columns - j : task_columns, k_begin, k_count);
  });
}

/// Columns [first, last) of c (+)= a · b with both packed; with `a_rows` given, a is read in place instead.
template <class T, class PackA, class PackB>
void blocked_columns(int64_t m, int64_t first, int64_t last, int64_t k, const PackA& pack_a, const PackB& pack_b,
                     const Output<T>& out, const StridedRows<T>& a_rows) {
  using B = Blocking<T>;
  constexpr int64_t tile_rows = Tile<T>::rows, tile_columns = Tile<T>::columns;
  const int64_t threads = num_threads();
  // Enough blocks for the threads: shorter ones first; once they are but a few tiles high, narrower ones.
  int64_t row_blocks = round_up(ceil_div(m, B::rows), threads);
  if (m < row_blocks * 4 * tile_rows) row_blocks = ceil_div(m, B::rows);
  const int64_t block_rows = round_up(ceil_div(m, row_blocks), tile_rows);
  row_blocks = ceil_div(m, block_rows);
  const int64_t k_count = B::k_count(k);

  for (int64_t column = first; column < last; column += B::columns) {
    const int64_t columns = last - column < B::columns ? last - column : B::columns;
    const int64_t panels = ceil_div(columns, tile_columns);
    int64_t column_blocks = row_blocks < threads ? ceil_div(threads, row_blocks) : 1;
    const int64_t block_panels = ceil_div(panels, column_blocks < panels ? column_blocks : panels);
    column_blocks = ceil_div(panels, block_panels);
    T* b_panels = static_cast<T*>(thread_scratch(0, panels * tile_columns * k_count * sizeof(T)));

    for (int64_t k_begin = 0; k_begin < k; k_begin += k_count) {
      const int64_t steps = k - k_begin < k_count ? k - k_begin : k_count;
      pack_columns(column, columns, k_begin, steps, pack_b, b_panels);
      parallel_for(row_blocks * column_blocks, product_work(m, columns, steps), [&](int64_t task) {
        const int64_t row = task / column_blocks * block_rows;
        const int64_t rows = m - row < block_rows ? m - row : block_rows;
        const int64_t j = task % column_blocks * block_panels * tile_columns;
        const int64_t width = columns - j < block_panels * tile_columns ? columns - j : block_panels * tile_columns;
        T* a_panels = nullptr;
        StridedRows<T> block_a = a_rows;
        if (a_rows.data) {
          block_a.data += row * a_rows.row_step + k_begin * a_rows.k_step;
        } else {
          const int64_t size = round_up(rows, tile_rows) * steps + Packet<T>::width;
          a_panels = static_cast<T*>(thread_scratch(1, size * sizeof(T)));
          pack_a(a_panels, row, rows, k_begin, steps);
        }
        multiply_block(row, rows, column + j, width, steps, a_panels, block_a, b_panels + j * steps, out, k_begin == 0,
                       k_begin + steps == k);
      });
    }
  }
}

/// c (+)= a · b. Threads share the packed b and take rows of c; where these are few, they take columns, each with a
/// packed b of its own, and need not wait for each other in between.
template <class T, class PackA, class PackB>
void blocked_product(int64_t m, int64_t n, int64_t k, const PackA& pack_a, const PackB& pack_b, const Output<T>& out,
                     const StridedRows<T>& a_rows = {}) {
  const int64_t threads = num_threads();
  const bool few_rows = m * (threads - 1) <= n && m <= threads * Blocking<T>::rows;
  const int64_t columns = few_rows ? round_up(ceil_div(n, threads), Tile<T>::columns) : n;
  const double work = product_work(m, n, k);
  if (columns == n || work < worth_threads) return blocked_columns(m, 0, n, k, pack_a, pack_b, out, a_rows);
  parallel_for(ceil_div(n, columns), work, [&](int64_t task) {
    const int64_t first = task * columns;
    blocked_columns(m, first, n - first < columns ? n : first + columns, k, pack_a, pack_b, out, a_rows);
  });
}

/// c (+)= the sum of `parts` dense matrices [m, n], in their order, then the epilogue.
template <class T>
void sum_parts(int64_t parts, int64_t m, int64_t n, const T* sums, const Output<T>& out) {
  for (int64_t i = 0; i < m; ++i) {
    T* c = out.c + i * out.ldc;
    for (int64_t j = 0; j < n; ++j) {
      T sum = sums[i * n + j];
      for (int64_t part = 1; part < parts; ++part) sum += sums[(part * m + i) * n + j];
      if (out.accumulate) sum = c[j] + sum;
      c[j] = out.epilogue.bias ? sum + out.epilogue.bias[j] : sum;
    }
  }
  out.activate(0, m, 0, n);
}

/// Cuts k into parts of `part_steps`, each a task product(begin, steps, T* c) into a dense c of its own, and sums them
/// in their order.
template <class T, class Product>
void product_of_parts(int64_t m, int64_t n, int64_t k, int64_t part_steps, const Output<T>& out,
                      const Product& product) {
  const int64_t parts = ceil_div(k, part_steps);
  T* const sums = static_cast<T*>(thread_scratch(2, parts * m * n * sizeof(T)));
  parallel_for(parts, product_work(m, n, k), [&](int64_t part) {
    const int64_t begin = part * part_steps;
    product(begin, k - begin < part_steps ? k - begin : part_steps, sums + part * m * n);
  });
  sum_parts(parts, m, n, sums, out);
}

/// Steps in a part of a long k under a small c, as gradients of kernels have: at most 16 parts, all of k where it is
/// short or c is large. It depends on the sizes alone, so the bits do not depend on the threads.
template <class T>
int64_t long_k_part(int64_t m, int64_t n, int64_t k) {
  const int64_t parts = ceil_div(k, 4 * Blocking<T>::k);
  return m * n > 1 << 16 ? k : ceil_div(k, parts < 16 ? parts : 16);
}

/// blocked_product with a long k in parts.
template <class T, class PackA, class PackB>
void blocked_product_split_k(int64_t m, int64_t n, int64_t k, const PackA& pack_a, const PackB& pack_b,
                             const Output<T>& out) {
  const int64_t part_steps = long_k_part<T>(m, n, k);
  if (part_steps == k) return blocked_product(m, n, k, pack_a, pack_b, out);
  product_of_parts(m, n, k, part_steps, out, [&](int64_t begin, int64_t steps, T* c) {
    const auto pack_a_part = [&](T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) {
      pack_a(panels, first, count, begin + k_begin, k_count);
    };
    const auto pack_b_part = [&](T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) {
      pack_b(panels, first, count, begin + k_begin, k_count);
    };
    blocked_product(m, n, steps, pack_a_part, pack_b_part, Output<T>{c, n, false, {}});
  });
}

}  // namespace pykeras::kernels::PYKERAS_ISA
