// Batch normalisation over the rows of [rows, channels]. Statistics are taken in fixed blocks of rows, each around its
// own mean, and merged in double precision (Chan): no difference of large squares, and the same bits for any threads.
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// How the rows are cut. Narrow rows are taken several at a time, as one wide row (`fold` of them, `columns` wide);
/// the `rest` rows that do not fill one are left over.
template <class T>
struct RowBlocks {
  int64_t channels, fold = 1, columns, wide_rows, rest, block, blocks;

  RowBlocks(int64_t rows, int64_t channels) : channels(channels) {
    while (fold * channels < 8 * Packet<T>::width) fold *= 2;
    columns = fold * channels;
    wide_rows = rows / fold;
    rest = rows % fold;
    block = blocks_of(1 << 15, columns * 64) * 64;
    blocks = blocks_of(wide_rows, block);
  }
  int64_t rows_of(int64_t b) const { return smaller(block, wide_rows - b * block); }
  int64_t rest_offset() const { return wide_rows * columns; }
};

constexpr int64_t rows_per_sum = 64;  // float sums run over this many rows, then go on in double

/// Columns [at, at + count * width) of the sums over `rows` rows of the pairs of packets that term(row, column) adds.
template <int count, class T, class Term>
PYKERAS_INLINE void sum_pairs_at(int64_t at, int64_t rows, double* first, double* second, Term&& term) {
  using P = Packet<T>;
  constexpr int64_t width = P::width, columns = count * width;
  double sums[2][columns] = {};
  for (int64_t row = 0; row < rows; row += rows_per_sum) {
    P x[count], y[count];
    for (int k = 0; k < count; ++k) x[k] = y[k] = P::zero();
    for (int64_t r = row; r < smaller(rows, row + rows_per_sum); ++r) {
      for (int k = 0; k < count; ++k) term(r, at + k * width, x[k], y[k]);
    }
    T lanes[2][columns];
    for (int k = 0; k < count; ++k) {
      x[k].store(lanes[0] + k * width);
      y[k].store(lanes[1] + k * width);
    }
    for (int64_t i = 0; i < columns; ++i) {
      sums[0][i] += static_cast<double>(lanes[0][i]);
      sums[1][i] += static_cast<double>(lanes[1][i]);
    }
  }
  std::memcpy(first + at, sums[0], sizeof(sums[0]));
  std::memcpy(second + at, sums[1], sizeof(sums[1]));
}

/// The same for all columns, at least a packet of them. The last packet overlaps the one before it; columns do not
/// meet, so those counted twice come out the same.
template <class T, class Term>
PYKERAS_INLINE void sum_pairs(int64_t rows, int64_t columns, double* first, double* second, Term&& term) {
  constexpr int64_t width = Packet<T>::width;
  constexpr int count = 4;
  int64_t c = 0;
  for (; c + count * width <= columns; c += count * width) sum_pairs_at<count, T>(c, rows, first, second, term);
  for (; c < columns; c += width) {
    sum_pairs_at<1, T>(c + width <= columns ? c : columns - width, rows, first, second, term);
  }
}

/// Means and sums of squared deviations of the columns of one block.
template <class T>
void block_statistics(int64_t rows, int64_t columns, const T* x, T* shift, double* mean, double* squares) {
  using P = Packet<T>;
  // The rounded mean is only where the sums are taken around; what it lacks is put right below.
  sum_pairs<T>(rows, columns, mean, squares,
               [&](int64_t r, int64_t c, P& sum, P&) { sum += P::load(x + r * columns + c); });
  const double n = static_cast<double>(rows);
  for (int64_t c = 0; c < columns; ++c) shift[c] = static_cast<T>(mean[c] / n);
  sum_pairs<T>(rows, columns, mean, squares, [&](int64_t r, int64_t c, P& sum, P& sum_of_squares) {
    const P deviation = P::load(x + r * columns + c) - P::load(shift + c);
    sum += deviation;
    sum_of_squares = multiply_add(deviation, deviation, sum_of_squares);
  });
  for (int64_t c = 0; c < columns; ++c) {
    const double lack = mean[c] / n;
    squares[c] -= mean[c] * lack;
    mean[c] = static_cast<double>(shift[c]) + lack;
  }
}

/// Merges n_b values per column into the n that mean and squares describe.
void merge_statistics(int64_t columns, double n, double* mean, double* squares, double n_b, const double* mean_b,
                      const double* squares_b) {
  const double weight = n_b / (n + n_b), product = n * weight;
  for (int64_t c = 0; c < columns; ++c) {
    const double delta = mean_b[c] - mean[c];
    mean[c] += delta * weight;
    squares[c] += squares_b[c] + delta * delta * product;
  }
}

/// Mean and sum of squared deviations per channel; the arrays have room for `columns` values.
template <class T>
void channel_statistics(const RowBlocks<T>& b, const T* x, double* mean, double* squares) {
  const int64_t columns = b.columns, channels = b.channels, stride = 3 * columns;
  double* parts = static_cast<double*>(thread_scratch(3, (b.blocks + 1) * stride * sizeof(double)));
  parallel_for(b.blocks, static_cast<double>(b.rest_offset()) * 3, [&](int64_t i) {
    double* part = parts + i * stride;
    block_statistics(b.rows_of(i), columns, x + i * b.block * columns, reinterpret_cast<T*>(part + 2 * columns), part,
                     part + columns);
  });
  for (int64_t c = 0; c < columns; ++c) mean[c] = squares[c] = 0;
  double n = 0;
  for (int64_t i = 0; i < b.blocks; ++i) {
    const double n_b = static_cast<double>(b.rows_of(i));
    merge_statistics(columns, n, mean, squares, n_b, parts + i * stride, parts + i * stride + columns);
    n += n_b;
  }
  if (n > 0) {
    const double each = n;
    for (int64_t f = 1; f < b.fold; ++f, n += each) {
      merge_statistics(channels, n, mean, squares, each, mean + f * channels, squares + f * channels);
    }
  }
  for (int64_t r = 0; r < b.rest; ++r, n += 1) {
    double *row = parts, *no_squares = parts + columns;
    for (int64_t c = 0; c < channels; ++c) {
      row[c] = static_cast<double>(x[b.rest_offset() + r * channels + c]);
      no_squares[c] = 0;
    }
    merge_statistics(channels, n, mean, squares, 1, row, no_squares);
  }
}

/// body(offset, column, count) for every packet of the whole array, in blocks of rows.
template <class T, class Body>
void each_packet(const RowBlocks<T>& b, Body&& body) {
  constexpr int64_t width = Packet<T>::width;
  const auto each_of_row = [&](int64_t offset, int64_t columns) {
    int64_t c = 0;
    for (; c + width <= columns; c += width) body(offset + c, c, width);
    if (c < columns) body(offset + c, c, columns - c);
  };
  parallel_for(b.blocks, static_cast<double>(b.rest_offset()) * 4, [&](int64_t i) {
    for (int64_t r = 0; r < b.rows_of(i); ++r) each_of_row((i * b.block + r) * b.columns, b.columns);
  });
  each_of_row(b.rest_offset(), b.rest * b.channels);
}

template <class T>
PYKERAS_INLINE Packet<T> load_some(const T* x, int64_t count) {
  return count == Packet<T>::width ? Packet<T>::load(x) : Packet<T>::load_partial(x, count);
}

template <class T>
PYKERAS_INLINE void store_some(Packet<T> x, T* y, int64_t count) {
  count == Packet<T>::width ? x.store(y) : x.store_partial(y, count);
}

/// Repeats the channels' values over the columns of a wide row.
template <class T>
void repeat_channels(const RowBlocks<T>& b, T* values) {
  for (int64_t c = b.channels; c < b.columns; ++c) values[c] = values[c - b.channels];
}

}  // namespace

template <class T>
void batch_norm(const BatchNormArgs<T>& a) {
  if (a.channels <= 0) return;
  const RowBlocks<T> b(a.rows, a.channels);
  double* mean = static_cast<double*>(thread_scratch(2, 4 * b.columns * sizeof(double)));
  double* squares = mean + b.columns;
  channel_statistics(b, a.x, mean, squares);

  T* centre = reinterpret_cast<T*>(squares + b.columns);
  T* scale = centre + b.columns;
  T* shift = reinterpret_cast<T*>(mean);  // mean[c] has been read when shift[c] is written
  for (int64_t c = 0; c < a.channels; ++c) {
    const T variance = static_cast<T>(squares[c] / static_cast<double>(a.rows > 0 ? a.rows : 1));
    a.mean[c] = centre[c] = static_cast<T>(mean[c]);
    a.variance[c] = variance;
    scale[c] = (a.gamma ? a.gamma[c] : T(1)) / scalar_sqrt(variance + a.epsilon);
  }
  for (int64_t c = 0; c < a.channels; ++c) shift[c] = a.beta ? a.beta[c] : T(0);
  repeat_channels(b, centre);
  repeat_channels(b, scale);
  repeat_channels(b, shift);
  each_packet(b, [&](int64_t offset, int64_t c, int64_t count) {
    const Packet<T> x = load_some(a.x + offset, count) - load_some(centre + c, count);
    store_some(multiply_add(x, load_some(scale + c, count), load_some(shift + c, count)), a.y + offset, count);
  });
}

// With xhat = (x - mean) / std:  dbeta = sum(dy), dgamma = sum(dy * xhat),
// dx = gamma / std * (dy - dbeta / rows - xhat * dgamma / rows).
template <class T>
void batch_norm_grad(const BatchNormGradArgs<T>& a) {
  using P = Packet<T>;
  if (a.channels <= 0) return;
  const RowBlocks<T> b(a.rows, a.channels);
  const int64_t columns = b.columns, channels = a.channels;
  T* centre = static_cast<T*>(thread_scratch(2, 4 * columns * sizeof(T)));
  T *scale = centre + columns, *offset_of = scale + columns, *slope = offset_of + columns;
  std::memcpy(centre, a.mean, channels * sizeof(T));
  repeat_channels(b, centre);

  double* parts = static_cast<double*>(thread_scratch(3, (b.blocks + 1) * 2 * columns * sizeof(double)));
  double *sum = parts + b.blocks * 2 * columns, *product = sum + columns;
  parallel_for(b.blocks, static_cast<double>(b.rest_offset()) * 3, [&](int64_t i) {
    const T *x = a.x + i * b.block * columns, *dy = a.dy + i * b.block * columns;
    double* part = parts + i * 2 * columns;
    sum_pairs<T>(b.rows_of(i), columns, part, part + columns, [&](int64_t r, int64_t c, P& sums, P& products) {
      const P gradient = P::load(dy + r * columns + c);
      sums += gradient;
      products = multiply_add(gradient, P::load(x + r * columns + c) - P::load(centre + c), products);
    });
  });
  for (int64_t c = 0; c < 2 * columns; ++c) sum[c] = 0;
  for (int64_t i = 0; i < b.blocks; ++i) {
    for (int64_t c = 0; c < 2 * columns; ++c) sum[c] += parts[i * 2 * columns + c];
  }
  for (int64_t c = channels; c < columns; ++c) {
    sum[c % channels] += sum[c];
    product[c % channels] += product[c];
  }
  for (int64_t i = 0; i < b.rest * channels; ++i) {
    const double gradient = static_cast<double>(a.dy[b.rest_offset() + i]);
    sum[i % channels] += gradient;
    product[i % channels] +=
        gradient * (static_cast<double>(a.x[b.rest_offset() + i]) - static_cast<double>(centre[i % channels]));
  }

  const double rows = static_cast<double>(a.rows > 0 ? a.rows : 1);
  for (int64_t c = 0; c < channels; ++c) {
    const double inverse = 1 / ::sqrt(static_cast<double>(a.variance[c] + a.epsilon));
    a.dbeta[c] = static_cast<T>(sum[c]);
    a.dgamma[c] = static_cast<T>(product[c] * inverse);
    scale[c] = static_cast<T>((a.gamma ? static_cast<double>(a.gamma[c]) : 1.0) * inverse);
    offset_of[c] = static_cast<T>(sum[c] / rows);
    slope[c] = static_cast<T>(product[c] * inverse * inverse / rows);
  }
  repeat_channels(b, scale);
  repeat_channels(b, offset_of);
  repeat_channels(b, slope);
  each_packet(b, [&](int64_t offset, int64_t c, int64_t count) {
    const P x = load_some(a.x + offset, count) - load_some(centre + c, count);
    const P dy = load_some(a.dy + offset, count) - load_some(offset_of + c, count);
    store_some(load_some(scale + c, count) * (dy - x * load_some(slope + c, count)), a.dx + offset, count);
  });
}

#define PYKERAS_INSTANTIATE(T)                          \
  template void batch_norm<T>(const BatchNormArgs<T>&); \
  template void batch_norm_grad<T>(const BatchNormGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
