#pragma once
// What the recurrent kernels share. A task owns some rows of the batch and walks all steps with them, so threads never
// wait for each other within a sequence; rows do not meet, so the bits do not depend on how the batch is cut. Products
// over all steps at once (inputs, gradients of kernels) are ordinary blocked ones whose packing finds a step's rows.
#include "families.h"
#include "gemm_blocked.h"
#include "packet_math.h"

namespace pykeras::kernels::PYKERAS_ISA {

// ---- rows of a batch over packets ------------------------------------------------------------------------------

template <class T>
struct AllLanes {
  PYKERAS_INLINE Packet<T> load(const T* x) const { return Packet<T>::load(x); }
  PYKERAS_INLINE void store(Packet<T> x, T* y) const { x.store(y); }
};
template <class T>
struct SomeLanes {
  int64_t count;
  PYKERAS_INLINE Packet<T> load(const T* x) const { return Packet<T>::load_partial(x, count); }
  PYKERAS_INLINE void store(Packet<T> x, T* y) const { x.store_partial(y, count); }
};

/// body(i, lanes) for all packets of n elements; `lanes` loads and stores what of a packet lies within.
template <class T, class Body>
PYKERAS_INLINE void each_packet_of(int64_t n, Body&& body) {
  int64_t i = 0;
  for (; i + Packet<T>::width <= n; i += Packet<T>::width) body(i, AllLanes<T>{});
  if (i < n) body(i, SomeLanes<T>{n - i});
}

/// The sigmoid of a gate: of good absolute accuracy, which is all that what it multiplies asks for, in half the time.
template <class T>
PYKERAS_INLINE Packet<T> gate(Packet<T> x) {
  if constexpr (sizeof(T) == 4) {
    const Packet<T> half = splat<T>(0.5);
    return multiply_add(tanh(x * half), half, half);
  } else {
    return sigmoid(x);
  }
}

template <class T>
inline void copy_row(const T* x, int64_t n, T* y) {
  std::memcpy(y, x, static_cast<size_t>(n) * sizeof(T));
}
template <class T>
inline void clear_row(int64_t n, T* y) {
  std::memset(y, 0, static_cast<size_t>(n) * sizeof(T));
}

// ---- the small product of each step ----------------------------------------------------------------------------

/// A matrix [k, n] packed once, that few rows are multiplied with at every step. Few rows take wider tiles, which read
/// plain rows of the matrix instead of panels.
template <class T>
class StepMatrix {
 public:
  /// Element (p, j) is data[p * k_step + j * column_step], one of the steps being 1. `rows`: the most that come at
  /// once.
  StepMatrix(const T* data, int64_t k, int64_t n, int64_t k_step, int64_t column_step, int64_t rows, T* memory)
      : k_(k), n_(n), plain_(rows <= 3), panels_(memory) {
    const int64_t k_count = Blocking<T>::k_count(k > 0 ? k : 1);
    k_count_ = k_count;
    if (plain_) {
      for (int64_t p = 0; p < k; ++p) {
        T* row = memory + p * padded(n);
        for (int64_t j = 0; j < padded(n); ++j) row[j] = j < n ? data[p * k_step + j * column_step] : T(0);
      }
    } else {
      const MatrixPanels<T, Tile<T>::columns> pack{data, column_step, k_step};
      for (int64_t p = 0; p < k; p += k_count) {
        pack_columns(0, n, p, k - p < k_count ? k - p : k_count, pack, memory + p * padded(n));
      }
    }
  }
  /// Elements that packing may write.
  static int64_t size(int64_t k, int64_t n) { return k * padded(n) + Packet<T>::width; }

  /// c (+)= a · matrix + bias over `rows` rows.
  void multiply(int64_t rows, const T* a, int64_t lda, T* c, int64_t ldc, bool accumulate,
                const T* bias = nullptr) const {
    const Output<T> out{c, ldc, accumulate, {bias}};
    for (int64_t p = 0; p < k_; p += k_count_) {
      const int64_t steps = k_ - p < k_count_ ? k_ - p : k_count_;
      const bool first = p == 0, last = p + steps == k_;
      if (plain_) {
        multiply_plain(rows, a + p, lda, p, steps, out, first, last);
      } else {
        multiply_block<T>(0, rows, 0, n_, steps, nullptr, {a + p, lda, 1}, panels_ + p * padded(n_), out, first, last);
      }
    }
  }

 private:
  static int64_t padded(int64_t n) { return round_up(n, Tile<T>::columns); }

  void multiply_plain(int64_t rows, const T* a, int64_t lda, int64_t p, int64_t steps, const Output<T>& out,
                      bool first_block, bool last_block) const {
    const int64_t ld = padded(n_), tile_columns = max_packets<T>(static_cast<int>(rows)) * Packet<T>::width;
    const Run<T> run{a, panels_ + p * ld, steps};
    for (int64_t j = 0; j < n_; j += tile_columns) {
      const int64_t tile_n = n_ - j < tile_columns ? n_ - j : tile_columns;
      const int packets = static_cast<int>(ceil_div(tile_n, Packet<T>::width));
      const TileOutput<T> tile = tile_output(out, 0, j, tile_n, packets, first_block, last_block);
      tiles<T>.strided[rows][packets]({&run, 1, 0, j, lda, 1, ld}, tile);
    }
  }

  int64_t k_, n_, k_count_;
  bool plain_;
  const T* panels_;
};

// ---- rows of sequences as operands of the products over all steps ------------------------------------------------

/// Element (row i, p) is row(i)[p]: panels of a, rows found one by one.
template <class T, class Row>
struct GatheredRows {
  Row row;
  void operator()(T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) const {
    constexpr int lanes = Tile<T>::rows;
    for (int64_t i = 0; i < count; i += lanes) {
      const T* rows[lanes];
      for (int64_t j = 0; j < lanes; ++j) rows[j] = row(first + (i + j < count ? i + j : i)) + k_begin;
      pack_rows<T, lanes>(rows, k_count, panels + i * k_count);
    }
  }
};

/// Element (row i, p) is lane i of step p: the transpose. row(p, first, count, buffer) finds lanes that lie side by
/// side, or puts them into the buffer.
template <class T, class Row>
struct GatheredSteps {
  Row row;
  void operator()(T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) const {
    constexpr int64_t lanes = Tile<T>::rows;
    T buffer[Blocking<T>::rows];
    for (int64_t p = 0; p < k_count; ++p) {
      const T* source = row(k_begin + p, first, count, buffer);
      T* panel = panels + p * lanes;
      int64_t i = 0;
      for (; i + lanes <= count; i += lanes, panel += lanes * k_count)
        std::memcpy(panel, source + i, lanes * sizeof(T));
      for (int64_t j = 0; i < count && j < lanes; ++j) panel[j] = i + j < count ? source[i + j] : T(0);
    }
  }
};

template <class T, class Row>
GatheredRows<T, Row> gathered_rows(Row row) {
  return {row};
}

/// Row s * batch + b of what x holds at (b, time of step s).
template <class T>
struct RowOfStep {
  const T* x;
  SequenceShape shape;
  const T* operator()(int64_t row) const {
    const int64_t step = row / shape.batch, b = row - step * shape.batch;
    return x + (b * shape.steps + (shape.go_backwards ? shape.steps - 1 - step : step)) * shape.features;
  }
};
/// Row of a dense array [steps, batch, columns].
template <class T>
struct DenseRow {
  const T* data;
  int64_t columns;
  const T* operator()(int64_t row) const { return data + row * columns; }
};
/// Row b * steps + time of a dense array [steps, batch, columns].
template <class T>
struct RowOfTime {
  const T* data;
  SequenceShape shape;
  int64_t columns;
  const T* operator()(int64_t row) const {
    const int64_t b = row / shape.steps, time = row - b * shape.steps;
    return data + ((shape.go_backwards ? shape.steps - 1 - time : time) * shape.batch + b) * columns;
  }
};

/// gates[s * batch + b] = x[b, time of s] · kernel + bias for all steps.
template <class T>
void project_inputs(const SequenceShape& s, const T* x, const T* kernel, const T* bias, int64_t columns, T* gates) {
  const Output<T> out{gates, columns, false, {bias}};
  if (s.steps * s.batch == 0) return;
  if (s.features == 0) {
    for (int64_t row = 0; row < s.steps * s.batch; ++row) {
      for (int64_t j = 0; j < columns; ++j) gates[row * columns + j] = bias ? bias[j] : T(0);
    }
    return;
  }
  blocked_product(s.steps * s.batch, columns, s.features, gathered_rows<T>(RowOfStep<T>{x, s}),
                  MatrixPanels<T, Tile<T>::columns>{kernel, 1, columns}, out);
}

/// dx[b, time] = dgates[step, b] · kernelᵀ; rows of dgates are `ld` apart.
template <class T>
void input_gradient(const SequenceShape& s, const T* dgates, int64_t ld, const T* kernel, int64_t columns, T* dx) {
  if (s.batch * s.steps * s.features == 0) return;
  blocked_product(s.batch * s.steps, s.features, columns, gathered_rows<T>(RowOfTime<T>{dgates, s, ld}),
                  MatrixPanels<T, Tile<T>::columns>{kernel, columns, 1}, Output<T>{dx, s.features, false, {}});
}

/// sums[m, columns] = row(i)ᵀ · dgates[i] added up over all steps and rows of the batch.
template <class T, class Row>
void outer_products(const SequenceShape& s, int64_t m, Row row, const T* dgates, int64_t ld, int64_t columns, T* sums,
                    int64_t sums_ld) {
  const int64_t rows = s.steps * s.batch;
  if (m == 0) return;
  const GatheredSteps<T, Row> pack_a{row};
  const MatrixPanels<T, Tile<T>::columns> pack_b{dgates, 1, ld};
  const Output<T> out{sums, sums_ld, false, {}};
  if (rows == 0) {
    for (int64_t i = 0; i < m; ++i) clear_row(columns, sums + i * sums_ld);
  } else if (rows >= 4096) {
    blocked_product_split_k(m, columns, rows, pack_a, pack_b, out);
  } else {
    blocked_product(m, columns, rows, pack_a, pack_b, out);
  }
}

/// dkernel = xᵀ · dgates.
template <class T>
void kernel_gradient(const SequenceShape& s, const T* x, const T* dgates, int64_t ld, int64_t columns, T* dkernel) {
  const RowOfStep<T> x_row{x, s};
  const auto lanes = [x_row](int64_t step, int64_t first, int64_t, T*) { return x_row(step) + first; };
  outer_products<T>(s, s.features, lanes, dgates, ld, columns, dkernel, columns);
}

/// dkernel[:, columns] = hᵀ · dgates, h being [steps * batch, units].
template <class T>
void recurrent_gradient(const SequenceShape& s, const T* h, const T* dgates, int64_t ld, int64_t columns, T* dkernel,
                        int64_t kernel_columns) {
  const DenseRow<T> h_row{h, s.units};
  const auto lanes = [h_row](int64_t step, int64_t first, int64_t, T*) { return h_row(step) + first; };
  outer_products<T>(s, s.units, lanes, dgates, ld, columns, dkernel, kernel_columns);
}

/// Both, where all columns belong to both: one product of [x h], which reads dgates once.
template <class T>
void both_gradients(const SequenceShape& s, const T* x, const T* h, const T* dgates, int64_t columns, T* dkernel,
                    T* drecurrent_kernel) {
  const int64_t features = s.features, m = features + s.units;
  const RowOfStep<T> x_row{x, s};
  const DenseRow<T> h_row{h, s.units};
  const auto lanes = [=](int64_t step, int64_t first, int64_t count, T* buffer) {
    const int64_t of_x = features - first;
    if (of_x <= 0) return h_row(step) - of_x;
    if (of_x >= count) return x_row(step) + first;
    copy_row(x_row(step) + first, of_x, buffer);
    copy_row(h_row(step), count - of_x, buffer + of_x);
    return static_cast<const T*>(buffer);
  };
  T* sums = static_cast<T*>(thread_scratch(3, m * columns * sizeof(T)));
  outer_products<T>(s, m, lanes, dgates, columns, columns, sums, columns);
  copy_row(sums, features * columns, dkernel);
  copy_row(sums + features * columns, s.units * columns, drecurrent_kernel);
}

// ---- tasks
// -----------------------------------------------------------------------------------------------------------

/// How the batch is cut into tasks. Sums over the batch run over pairs of rows, which no task divides.
struct RowTasks {
  static constexpr int64_t rows_per_sum = 2;
  int64_t batch, rows, tasks;

  explicit RowTasks(int64_t batch) : batch(batch) {
    // Rows enough that reading the recurrent kernel costs less than the arithmetic, not more than the caches hold.
    constexpr int64_t most = 48;
    const int64_t threads = num_threads();
    const int64_t wanted = round_up(ceil_div(batch > 0 ? batch : 1, most), threads);
    rows = round_up(ceil_div(batch > 0 ? batch : 1, wanted), rows_per_sum);
    tasks = ceil_div(batch, rows);
  }
  int64_t sums() const { return ceil_div(batch, rows_per_sum); }

  /// body(first row, number of rows) for each task.
  template <class Body>
  void run(const SequenceShape& s, int64_t columns, Body&& body) const {
    parallel_for(tasks, product_work(s.batch * s.steps, columns, s.units) + 1, [&](int64_t task) {
      const int64_t row = task * rows;
      body(row, batch - row < rows ? batch - row : rows);
    });
  }
};

inline bool is_masked(const SequenceShape& s, int64_t step, int64_t row) {
  return s.mask && !s.mask[row * s.steps + (s.go_backwards ? s.steps - 1 - step : step)];
}

/// sums[row / 2] += pairs of `rows` rows of a step, the first row being even.
template <class T>
void add_pairs(int64_t row, int64_t rows, int64_t columns, const T* x, T* sums) {
  for (int64_t r = 0; r < rows; r += RowTasks::rows_per_sum) {
    T* sum = sums + (row + r) / RowTasks::rows_per_sum * columns;
    const T *first = x + r * columns, *second = first + columns;
    const bool both = r + 1 < rows;
    each_packet_of<T>(columns, [&](int64_t i, auto lanes) {
      Packet<T> pair = lanes.load(first + i);
      if (both) pair += lanes.load(second + i);
      lanes.store(lanes.load(sum + i) + pair, sum + i);
    });
  }
}

/// total = the sum of `count` rows in their order.
template <class T>
void sum_rows(int64_t count, int64_t columns, const T* rows, T* total) {
  clear_row(columns, total);
  for (int64_t r = 0; r < count; ++r) {
    for (int64_t i = 0; i < columns; ++i) total[i] += rows[r * columns + i];
  }
}

/// The output of step `step` for one row: its new state, or zeros where it is masked and that is asked for.
template <class T>
inline void write_output(const SequenceShape& s, int64_t step, int64_t row, bool masked, const T* state, T* outputs) {
  T* output = outputs + (row * s.steps + step) * s.units;
  if (masked && s.zero_output) {
    clear_row(s.units, output);
  } else {
    copy_row(state, s.units, output);
  }
}

/// Adds the gradient of the output of step `step` to that of the state after it.
template <class T>
inline void add_output_gradient(const SequenceShape& s, int64_t step, int64_t row, bool masked, const T* doutputs,
                                T* dh) {
  if (!doutputs || (masked && s.zero_output)) return;
  const T* dy = doutputs + (row * s.steps + step) * s.units;
  each_packet_of<T>(s.units,
                    [&](int64_t i, auto lanes) { lanes.store(lanes.load(dh + i) + lanes.load(dy + i), dh + i); });
}

template <class T>
inline void begin_gradient(int64_t n, const T* d, T* state) {
  if (d) {
    copy_row(d, n, state);
  } else {
    clear_row(n, state);
  }
}

}  // namespace pykeras::kernels::PYKERAS_ISA
