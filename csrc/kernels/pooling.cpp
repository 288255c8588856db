// Pooling NHWC, vectorised over the channels. Windows are cut to the image: padding never wins and never counts.
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// The pixels of a window that lie inside the image, along one axis.
struct Span {
  int64_t first, end, step;

  Span(int64_t start, int64_t kernel, int64_t dilation, int64_t size) : step(dilation) {
    first = start < 0 ? start + blocks_of(-start, dilation) * dilation : start;
    end = smaller(size, start + (kernel - 1) * dilation + 1);
  }
  int64_t size() const { return end > first ? blocks_of(end - first, step) : 0; }
};

struct Window {
  Span rows, columns;

  Window(const ConvShape& s, int64_t out_y, int64_t out_x)
      : rows(out_y * s.stride_h - s.pad_top, s.kernel_h, s.dilation_h, s.in_h),
        columns(out_x * s.stride_w - s.pad_left, s.kernel_w, s.dilation_w, s.in_w) {}
  int64_t size() const { return rows.size() * columns.size(); }

  /// body(offset of the pixel's first channel), in row-major order.
  template <class Body>
  PYKERAS_INLINE void each_pixel(const ConvShape& s, Body&& body) const {
    for (int64_t y = rows.first; y < rows.end; y += rows.step) {
      for (int64_t x = columns.first; x < columns.end; x += columns.step) body((y * s.in_w + x) * s.in_c);
    }
  }
};

double window_work(const ConvShape& s) {
  return static_cast<double>(s.batch * s.out_h * s.out_w) * static_cast<double>(s.in_c * s.kernel_h * s.kernel_w);
}

/// One channel as a packet of one lane, so that images of few channels run the same code.
template <class T>
struct Lane {
  T value;
  static constexpr int64_t width = 1;
  static PYKERAS_INLINE Lane load(const T* p) { return {*p}; }
  static PYKERAS_INLINE Lane broadcast(T value) { return {value}; }
  PYKERAS_INLINE void store(T* p) const { *p = value; }
  friend PYKERAS_INLINE Lane operator+(Lane x, Lane y) { return {x.value + y.value}; }
  friend PYKERAS_INLINE Lane operator*(Lane x, Lane y) { return {x.value * y.value}; }
  friend PYKERAS_INLINE Lane max_nan(Lane x, Lane y) {
    const T larger = x.value > y.value ? x.value : y.value;  // y if either is NaN
    return {is_nan(x.value) ? x.value : larger};
  }
};

/// body(pixel of the output, window) for every pixel of a line of the output.
template <class Body>
void each_output_line(const ConvShape& s, Body&& body) {
  const int64_t lines = s.batch * s.out_h, group = 1 + (int64_t{1} << 12) / (1 + s.out_w * s.in_c);
  parallel_for(blocks_of(lines, group), window_work(s), [&](int64_t task) {
    for (int64_t line = task * group; line < smaller(lines, (task + 1) * group); ++line) {
      for (int64_t x = 0; x < s.out_w; ++x) {
        body(line / s.out_h * s.in_h * s.in_w * s.in_c, (line * s.out_w + x) * s.in_c, Window(s, line % s.out_h, x));
      }
    }
  });
}

/// y[c] = factor * (start combined with the window's values), for `count` packets of channels.
template <class P, int count, class T, class Combine>
PYKERAS_INLINE void pool_channels(const ConvShape& s, const Window& window, const T* x, T start, T factor, T* y,
                                  Combine&& combine) {
  P sum[count];
  for (int k = 0; k < count; ++k) sum[k] = P::broadcast(start);
  window.each_pixel(s, [&](int64_t offset) {
    for (int k = 0; k < count; ++k) sum[k] = combine(sum[k], P::load(x + offset + k * P::width));
  });
  for (int k = 0; k < count; ++k) (sum[k] * P::broadcast(factor)).store(y + k * P::width);
}

template <class T, class Combine>
PYKERAS_INLINE void pool_pixel(const ConvShape& s, const Window& window, const T* x, T start, T factor, T* y,
                               Combine&& combine) {
  using P = Packet<T>;
  constexpr int count = 4;
  int64_t c = 0;
  for (; c + count * P::width <= s.in_c; c += count * P::width) {
    pool_channels<P, count>(s, window, x + c, start, factor, y + c, combine);
  }
  if (s.in_c >= P::width) {
    // The last packet may overlap the one before it: channels do not meet.
    for (; c < s.in_c; c += P::width) {
      const int64_t at = smaller(c, s.in_c - P::width);
      pool_channels<P, 1>(s, window, x + at, start, factor, y + at, combine);
    }
  }
  for (; c < s.in_c; ++c) pool_channels<Lane<T>, 1>(s, window, x + c, start, factor, y + c, combine);
}

/// Tasks of a gradient: an image and a range of channels, whose windows may overlap. dx is cleared first.
template <class T, class Body>
void each_gradient(const ConvShape& s, T* dx, Body&& body) {
  constexpr int64_t channels = 64;
  const int64_t ranges = s.in_c < 2 * channels ? 1 : s.in_c / channels;
  parallel_for(s.batch * ranges, window_work(s), [&](int64_t task) {
    const int64_t image = task / ranges, range = task % ranges;
    const int64_t first = range * channels, last = range + 1 == ranges ? s.in_c : first + channels;
    T* image_dx = dx + image * s.in_h * s.in_w * s.in_c;
    for (int64_t pixel = 0; pixel < s.in_h * s.in_w; ++pixel) {
      std::memset(image_dx + pixel * s.in_c + first, 0, (last - first) * sizeof(T));
    }
    for (int64_t i = 0; i < s.out_h * s.out_w; ++i) {
      body(image * s.in_h * s.in_w * s.in_c, (image * s.out_h * s.out_w + i) * s.in_c, first, last,
           Window(s, i / s.out_w, i % s.out_w));
    }
  });
}

/// Gives dy to the first pixel of the window that holds its largest value (or NaN), in each lane.
template <class T>
PYKERAS_INLINE void give_to_largest(const ConvShape& s, const Window& window, const T* x, const T* dy, T* dx) {
  using P = Packet<T>;
  const P all = P::zero() == P::zero(), gradient = P::load(dy);
  P largest = P::broadcast(-std::numeric_limits<T>::infinity());
  window.each_pixel(s, [&](int64_t offset) { largest = max_nan(largest, P::load(x + offset)); });
  P waiting = all;  // lanes whose pixel has not come yet
  window.each_pixel(s, [&](int64_t offset) {
    const P value = P::load(x + offset);
    // There is a NaN only where the largest is one, and then it equals nothing.
    const P found = ((value == largest) | (all ^ (value == value))) & waiting;
    (P::load(dx + offset) + (gradient & found)).store(dx + offset);
    waiting = waiting ^ found;
  });
}

template <class T>
void give_to_largest_lane(const ConvShape& s, const Window& window, const T* x, T dy, T* dx) {
  int64_t at = -1;
  window.each_pixel(s, [&](int64_t offset) {
    if (at < 0 || (!is_nan(x[at]) && !(x[offset] <= x[at]))) at = offset;
  });
  if (at >= 0) dx[at] += dy;
}

}  // namespace

template <class T>
void max_pool2d(const ConvShape& s, const T* x, T* y) {
  each_output_line(s, [&](int64_t image, int64_t pixel, const Window& window) {
    pool_pixel(s, window, x + image, -std::numeric_limits<T>::infinity(), T(1), y + pixel,
               [](auto largest, auto value) { return max_nan(largest, value); });
  });
}

template <class T>
void max_pool2d_grad(const ConvShape& s, const T* x, const T* dy, T* dx) {
  each_gradient(s, dx, [&](int64_t image, int64_t pixel, int64_t c, int64_t last, const Window& window) {
    for (; c + Packet<T>::width <= last; c += Packet<T>::width) {
      give_to_largest(s, window, x + image + c, dy + pixel + c, dx + image + c);
    }
    for (; c < last; ++c) give_to_largest_lane(s, window, x + image + c, dy[pixel + c], dx + image + c);
  });
}

template <class T>
void average_pool2d(const ConvShape& s, const T* x, T* y) {
  each_output_line(s, [&](int64_t image, int64_t pixel, const Window& window) {
    const T share = window.size() ? T(1) / static_cast<T>(window.size()) : T(0);
    pool_pixel(s, window, x + image, T(0), share, y + pixel, [](auto sum, auto value) { return sum + value; });
  });
}

template <class T>
void average_pool2d_grad(const ConvShape& s, const T* dy, T* dx) {
  using P = Packet<T>;
  each_gradient(s, dx, [&](int64_t image, int64_t pixel, int64_t first, int64_t last, const Window& window) {
    const T share = window.size() ? T(1) / static_cast<T>(window.size()) : T(0);
    const T* gradient = dy + pixel;
    window.each_pixel(s, [&](int64_t offset) {
      T* to = dx + image + offset;
      int64_t c = first;
      for (; c + P::width <= last; c += P::width) {
        (P::load(to + c) + P::load(gradient + c) * P::broadcast(share)).store(to + c);
      }
      for (; c < last; ++c) to[c] += gradient[c] * share;
    });
  });
}

#define PYKERAS_INSTANTIATE(T)                                                \
  template void max_pool2d<T>(const ConvShape&, const T*, T*);                \
  template void max_pool2d_grad<T>(const ConvShape&, const T*, const T*, T*); \
  template void average_pool2d<T>(const ConvShape&, const T*, T*);            \
  template void average_pool2d_grad<T>(const ConvShape&, const T*, T*);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
