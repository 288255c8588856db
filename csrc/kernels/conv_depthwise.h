#pragma once
// Convolutions in which every input channel has kernels of its own, vectorised over the channels.
#include "conv_packing.h"
#include "parallel.h"
#include "table.h"

namespace pykeras::kernels::PYKERAS_ISA {

/// A tap that lies inside the image: where its channels and their weights begin.
template <class T>
struct DepthwiseTap {
  const T* x;
  const T* w;
};

inline double depthwise_flops(const ConvShape& s) {
  return 2.0 * static_cast<double>(s.batch * s.out_h * s.out_w) *
         static_cast<double>(s.out_c * s.kernel_h * s.kernel_w);
}

/// Lane i is x[(first + i) / multiplier], for the lanes below `count`.
template <class T>
PYKERAS_INLINE Packet<T> load_repeated(const T* x, int64_t first, int64_t count, int64_t multiplier) {
  using P = Packet<T>;
  if (multiplier == 1) return P::load_partial(x + first, count);
  T lanes[P::width] = {};
  for (int64_t i = 0; i < P::width && i < count; ++i) lanes[i] = x[(first + i) / multiplier];
  return P::load(lanes);
}

/// y[c] = sum of x[c / multiplier] * w[c] over the taps, + bias[c].
template <class T>
void sum_taps(const DepthwiseTap<T>* taps, int64_t count, int64_t channels, int64_t multiplier, const T* bias, T* y) {
  using P = Packet<T>;
  int64_t c = 0;
  for (; multiplier == 1 && c + P::width <= channels; c += P::width) {
    P sum = P::zero();
    for (int64_t i = 0; i < count; ++i) sum = multiply_add(P::load(taps[i].x + c), P::load(taps[i].w + c), sum);
    if (bias) sum += P::load(bias + c);
    sum.store(y + c);
  }
  for (; c < channels; c += P::width) {
    const int64_t left = channels - c < P::width ? channels - c : P::width;
    P sum = P::zero();
    for (int64_t i = 0; i < count; ++i) {
      sum = multiply_add(load_repeated(taps[i].x, c, left, multiplier), P::load_partial(taps[i].w + c, left), sum);
    }
    if (bias) sum += P::load_partial(bias + c, left);
    sum.store_partial(y + c, left);
  }
}

template <class T>
void depthwise(const ConvShape& s, const T* x, const T* w, T* y, const Epilogue<T>& epilogue) {
  parallel_for(s.batch * s.out_h, depthwise_flops(s), [&](int64_t line) {
    auto* taps = static_cast<DepthwiseTap<T>*>(thread_scratch(1, s.kernel_h * s.kernel_w * sizeof(DepthwiseTap<T>)));
    const int64_t image = line / s.out_h, y0 = line % s.out_h * s.stride_h - s.pad_top;
    const Range rows = inside_range(s.kernel_h, s.dilation_h, y0, s.in_h);
    T* out = y + line * s.out_w * s.out_c;
    for (int64_t out_x = 0; out_x < s.out_w; ++out_x) {
      const int64_t x0 = out_x * s.stride_w - s.pad_left;
      const Range columns = inside_range(s.kernel_w, s.dilation_w, x0, s.in_w);
      int64_t count = 0;
      for (int64_t i = rows.begin; i < rows.end; ++i) {
        const int64_t first = (image * s.in_h + y0 + i * s.dilation_h) * s.in_w + x0;
        for (int64_t j = columns.begin; j < columns.end; ++j) {
          taps[count++] = {x + (first + j * s.dilation_w) * s.in_c, w + (i * s.kernel_w + j) * s.out_c};
        }
      }
      sum_taps(taps, count, s.out_c, s.out_c / s.in_c, epilogue.bias, out + out_x * s.out_c);
    }
    if (epilogue.activation) {
      const uint8_t unit_stride = 1;
      const void* inputs[] = {out};
      epilogue.activation(inputs, &unit_stride, out, s.out_w * s.out_c, epilogue.params);
    }
  });
}

template <class T>
void depthwise_input_grad(const ConvShape& s, const T* dy, const T* w, T* dx) {
  const int64_t multiplier = s.out_c / s.in_c;
  parallel_for(s.batch * s.in_h, depthwise_flops(s), [&](int64_t line) {
    auto* taps = static_cast<DepthwiseTap<T>*>(thread_scratch(1, s.kernel_h * s.kernel_w * sizeof(DepthwiseTap<T>)));
    const int64_t image = line / s.in_h, in_y = line % s.in_h;
    for (int64_t in_x = 0; in_x < s.in_w; ++in_x) {
      int64_t count = 0;
      for (int64_t i = 0; i < s.kernel_h; ++i) {
        const int64_t y = in_y + s.pad_top - i * s.dilation_h;
        if (y < 0 || y % s.stride_h != 0 || y / s.stride_h >= s.out_h) continue;
        for (int64_t j = 0; j < s.kernel_w; ++j) {
          const int64_t x = in_x + s.pad_left - j * s.dilation_w;
          if (x < 0 || x % s.stride_w != 0 || x / s.stride_w >= s.out_w) continue;
          taps[count++] = {dy + ((image * s.out_h + y / s.stride_h) * s.out_w + x / s.stride_w) * s.out_c,
                           w + (i * s.kernel_w + j) * s.out_c};
        }
      }
      T* out = dx + (line * s.in_w + in_x) * s.in_c;
      if (multiplier == 1) {
        sum_taps<T>(taps, count, s.in_c, 1, nullptr, out);
        continue;
      }
      for (int64_t c = 0; c < s.in_c; ++c) {
        T sum = 0;
        for (int64_t i = 0; i < count; ++i) {
          for (int64_t o = c * multiplier; o < (c + 1) * multiplier; ++o) sum += taps[i].x[o] * taps[i].w[o];
        }
        out[c] = sum;
      }
    }
  });
}

/// dw of `packets` packets of channels of one tap, from channel c on: the sum over all pixels in their order. A single
/// packet may be narrow or repeat its inputs.
template <class T, int packets>
void depthwise_tap_grad(const ConvShape& s, int64_t tap, int64_t c, const T* x, const T* dy, T* dw) {
  using P = Packet<T>;
  const int64_t multiplier = s.out_c / s.in_c, left = s.out_c - c < P::width ? s.out_c - c : P::width;
  const int64_t tap_y = tap / s.kernel_w * s.dilation_h - s.pad_top;
  const int64_t tap_x = tap % s.kernel_w * s.dilation_w - s.pad_left;
  const Range rows = inside_range(s.out_h, s.stride_h, tap_y, s.in_h);
  const Range columns = inside_range(s.out_w, s.stride_w, tap_x, s.in_w);
  P sum[packets];
  for (int k = 0; k < packets; ++k) sum[k] = P::zero();
  for (int64_t image = 0; image < s.batch; ++image) {
    for (int64_t i = rows.begin; i < rows.end; ++i) {
      const T* source = x + ((image * s.in_h + i * s.stride_h + tap_y) * s.in_w + tap_x) * s.in_c;
      const T* gradient = dy + (image * s.out_h + i) * s.out_w * s.out_c + c;
      for (int64_t j = columns.begin; j < columns.end; ++j) {
        const T* input = source + j * s.stride_w * s.in_c;
        const T* output = gradient + j * s.out_c;
        if constexpr (packets == 1) {
          sum[0] = multiply_add(load_repeated(input, c, left, multiplier), P::load_partial(output, left), sum[0]);
        } else {
          PYKERAS_UNROLL
          for (int k = 0; k < packets; ++k) {
            sum[k] = multiply_add(P::load(input + c + k * P::width), P::load(output + k * P::width), sum[k]);
          }
        }
      }
    }
  }
  T* out = dw + tap * s.out_c + c;
  if constexpr (packets == 1) {
    sum[0].store_partial(out, left);
  } else {
    for (int k = 0; k < packets; ++k) sum[k].store(out + k * P::width);
  }
}

template <class T>
void depthwise_kernel_grad(const ConvShape& s, const T* x, const T* dy, T* dw) {
  constexpr int64_t width = Packet<T>::width, packets = 4;
  const int64_t blocks = ceil_div(s.out_c, packets * width);
  parallel_for(s.kernel_h * s.kernel_w * blocks, depthwise_flops(s), [&](int64_t task) {
    const int64_t tap = task / blocks, begin = task % blocks * packets * width;
    if (s.out_c == s.in_c && begin + packets * width <= s.out_c) {
      return depthwise_tap_grad<T, packets>(s, tap, begin, x, dy, dw);
    }
    for (int64_t c = begin; c < s.out_c && c < begin + packets * width; c += width) {
      depthwise_tap_grad<T, 1>(s, tap, c, x, dy, dw);
    }
  });
}

}  // namespace pykeras::kernels::PYKERAS_ISA
