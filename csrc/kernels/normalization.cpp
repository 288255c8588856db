// Batch normalization over [rows, channels]. Statistics are taken per block of rows, about the block's own mean while
// it is in the cache, and combined in double in the order of the blocks (Chan et al.).
#include "families.h"
#include "packet_math.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

constexpr int64_t row_block = 256;

/// Whole packets of channels, then a partial one: body(channel, how many, load).
template <class T, class Body>
PYKERAS_INLINE void for_channels(int64_t channels, Body&& body) {
  using P = Packet<T>;
  int64_t c = 0;
  for (; c + P::width <= channels; c += P::width) {
    body(
        c, [](const T* p) { return P::load(p); }, [](T* p, P value) { value.store(p); }, int64_t(P::width));
  }
  if (c < channels) {
    const int64_t n = channels - c;
    body(
        c, [n](const T* p) { return P::load_partial(p, n); }, [n](T* p, P value) { value.store_partial(p, n); }, n);
  }
}

/// totals[0 .. count) of a packet's lanes, in double.
template <class T>
PYKERAS_INLINE void store_totals(Packet<T> value, int64_t count, double* totals) {
  T lanes[Packet<T>::width];
  value.store(lanes);
  for (int64_t k = 0; k < count; ++k) totals[k] = lanes[k];
}

/// Mean and sum of squared deviations of the rows [first, first + rows), per channel.
template <class T>
void block_moments(const T* x, int64_t rows, int64_t channels, double* mean, double* squares) {
  using P = Packet<T>;
  for_channels<T>(channels, [&](int64_t c, auto load, auto, int64_t count) {
    P sum = P::zero(), drift = P::zero(), square = P::zero();
    for (int64_t i = 0; i < rows; ++i) sum += load(x + i * channels + c);
    const P centre = sum / splat<T>(double(rows));
    for (int64_t i = 0; i < rows; ++i) {
      const P difference = load(x + i * channels + c) - centre;
      drift += difference;
      square = multiply_add(difference, difference, square);
    }
    double centres[P::width], drifts[P::width];
    store_totals(centre, count, centres);
    store_totals(drift, count, drifts);
    store_totals(square, count, squares + c);
    for (int64_t k = 0; k < count; ++k) {
      // The mean was rounded to T: what its rounding left in the deviations goes back.
      mean[c + k] = centres[k] + drifts[k] / double(rows);
      squares[c + k] -= drifts[k] * drifts[k] / double(rows);
    }
  });
}

/// Sums of dy and of dy * (x - mean) over a block of rows, per channel.
template <class T>
void block_grad_sums(const BatchNormGradArgs<T>& a, int64_t first, int64_t rows, double* dy_sum, double* product_sum) {
  using P = Packet<T>;
  const int64_t channels = a.channels;
  for_channels<T>(channels, [&](int64_t c, auto load, auto, int64_t count) {
    P sum = P::zero(), products = P::zero();
    const P mean = load(a.mean + c);
    for (int64_t i = first; i < first + rows; ++i) {
      const P dy = load(a.dy + i * channels + c);
      sum += dy;
      products = multiply_add(dy, load(a.x + i * channels + c) - mean, products);
    }
    store_totals(sum, count, dy_sum + c);
    store_totals(products, count, product_sum + c);
  });
}

}  // namespace

template <class T>
void batch_norm(const BatchNormArgs<T>& a) {
  using P = Packet<T>;
  const int64_t rows = a.rows, channels = a.channels, blocks = blocks_of(rows, row_block);
  const double work = double(rows) * double(channels) * 4;
  double* moments = static_cast<double*>(thread_scratch(0, (2 * blocks + 2) * channels * sizeof(double)));
  parallel_for(blocks, work, [&](int64_t b) {
    double* mean = moments + 2 * b * channels;
    block_moments(a.x + b * row_block * channels, smaller(row_block, rows - b * row_block), channels, mean,
                  mean + channels);
  });
  double *mean = moments + 2 * blocks * channels, *squares = mean + channels;
  for (int64_t c = 0; c < channels; ++c) mean[c] = squares[c] = 0;
  for (int64_t b = 0; b < blocks; ++b) {
    const double before = double(b * row_block), count = double(smaller(row_block, rows - b * row_block));
    const double *block_mean = moments + 2 * b * channels, *block_squares = block_mean + channels;
    for (int64_t c = 0; c < channels; ++c) {
      const double difference = block_mean[c] - mean[c];
      mean[c] += difference * (count / (before + count));
      squares[c] += block_squares[c] + difference * difference * (before * count / (before + count));
    }
  }
  T* factor = static_cast<T*>(thread_scratch(1, channels * sizeof(T)));
  for (int64_t c = 0; c < channels; ++c) {
    const double variance = rows ? squares[c] / double(rows) : 0;
    a.mean[c] = static_cast<T>(mean[c]);
    a.variance[c] = static_cast<T>(variance);
    factor[c] = static_cast<T>((a.gamma ? a.gamma[c] : 1) / ::sqrt(variance + a.epsilon));
  }
  parallel_for(blocks, work, [&](int64_t b) {
    const int64_t end = smaller(rows, (b + 1) * row_block);
    for (int64_t i = b * row_block; i < end; ++i) {
      for_channels<T>(channels, [&](int64_t c, auto load, auto store, int64_t) {
        const P shift = a.beta ? load(a.beta + c) : P::zero();
        const int64_t k = i * channels + c;
        store(a.y + k, multiply_add(load(a.x + k) - load(a.mean + c), load(factor + c), shift));
      });
    }
  });
}

template <class T>
void batch_norm_grad(const BatchNormGradArgs<T>& a) {
  using P = Packet<T>;
  const int64_t rows = a.rows, channels = a.channels, blocks = blocks_of(rows, row_block);
  const double work = double(rows) * double(channels) * 4;
  double* sums = static_cast<double*>(thread_scratch(0, (2 * blocks + 2) * channels * sizeof(double)));
  parallel_for(blocks, work, [&](int64_t b) {
    double* block = sums + 2 * b * channels;
    block_grad_sums(a, b * row_block, smaller(row_block, rows - b * row_block), block, block + channels);
  });
  double* total = sums + 2 * blocks * channels;
  for (int64_t k = 0; k < 2 * channels; ++k) total[k] = 0;
  for (int64_t b = 0; b < blocks; ++b) {
    for (int64_t k = 0; k < 2 * channels; ++k) total[k] += sums[2 * b * channels + k];
  }
  // dx = scale * dy - slope * (x - mean) - offset, the three per channel.
  T* scale = static_cast<T*>(thread_scratch(1, 3 * channels * sizeof(T)));
  T *slope = scale + channels, *offset = slope + channels;
  for (int64_t c = 0; c < channels; ++c) {
    const double inverse = 1 / ::sqrt(double(a.variance[c]) + a.epsilon);
    const double factor = (a.gamma ? a.gamma[c] : 1) * inverse, count = rows ? double(rows) : 1;
    a.dbeta[c] = static_cast<T>(total[c]);
    a.dgamma[c] = static_cast<T>(total[channels + c] * inverse);
    scale[c] = static_cast<T>(factor);
    slope[c] = static_cast<T>(factor * inverse * inverse * total[channels + c] / count);
    offset[c] = static_cast<T>(factor * total[c] / count);
  }
  parallel_for(blocks, work, [&](int64_t b) {
    const int64_t end = smaller(rows, (b + 1) * row_block);
    for (int64_t i = b * row_block; i < end; ++i) {
      for_channels<T>(channels, [&](int64_t c, auto load, auto store, int64_t) {
        const int64_t k = i * channels + c;
        const P flat = multiply_add(load(a.dy + k), load(scale + c), -load(offset + c));
        store(a.dx + k, flat - (load(a.x + k) - load(a.mean + c)) * load(slope + c));
      });
    }
  });
}

#define PYKERAS_INSTANTIATE(T)                            \
  template void batch_norm<T>(const BatchNormArgs<T>&);   \
  template void batch_norm_grad<T>(const BatchNormGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
