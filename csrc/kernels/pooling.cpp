// Pooling over NHWC images, vectorised over channels. Padding never takes part. Forward passes are parallel over rows
// of the result, gradients over images, inside which they add in row-major order of the windows.
#include "families.h"
#include "packet_math.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// The part of a window that lies inside the image.
struct Window {
  int64_t first_h, last_h, first_w, last_w;  // kernel positions
  int64_t top, left;                         // image position of kernel position 0
  int64_t count() const { return (last_h - first_h) * (last_w - first_w); }
};

/// The kernel positions k in [first, last) with 0 <= start + k * dilation < size.
void clip_axis(int64_t start, int64_t dilation, int64_t kernel, int64_t size, int64_t& first, int64_t& last) {
  first = start < 0 ? blocks_of(-start, dilation) : 0;
  last = start < size ? smaller(kernel, (size - 1 - start) / dilation + 1) : 0;
  if (last < first) last = first;
}

Window window_of(const ConvShape& s, int64_t i, int64_t j) {
  Window w;
  w.top = i * s.stride_h - s.pad_top;
  w.left = j * s.stride_w - s.pad_left;
  clip_axis(w.top, s.dilation_h, s.kernel_h, s.in_h, w.first_h, w.last_h);
  clip_axis(w.left, s.dilation_w, s.kernel_w, s.in_w, w.first_w, w.last_w);
  return w;
}

/// body(offset of channel 0 in the image) for the pixels of a window, row by row.
template <class Body>
PYKERAS_INLINE void for_pixels(const ConvShape& s, const Window& w, Body&& body) {
  for (int64_t u = w.first_h; u < w.last_h; ++u) {
    const int64_t row = (w.top + u * s.dilation_h) * s.in_w + w.left;
    for (int64_t v = w.first_w; v < w.last_w; ++v) body((row + v * s.dilation_w) * s.in_c);
  }
}

/// Whole packets of channels, then a partial one: body(channel, load, store).
template <class T, class Body>
PYKERAS_INLINE void for_channels(int64_t channels, Body&& body) {
  using P = Packet<T>;
  int64_t c = 0;
  for (; c + P::width <= channels; c += P::width) {
    body(
        c, [](const T* p) { return P::load(p); }, [](T* p, P value) { value.store(p); });
  }
  if (c < channels) {
    const int64_t n = channels - c;
    body(
        c, [n](const T* p) { return P::load_partial(p, n); }, [n](T* p, P value) { value.store_partial(p, n); });
  }
}

/// Where x is the new maximum: larger than `best`, or the first NaN.
template <class T>
PYKERAS_INLINE Packet<T> beats(Packet<T> x, Packet<T> best) {
  const Packet<T> numbers = x <= x;
  const Packet<T> all = Packet<T>::zero() == Packet<T>::zero();
  return (best == best) & ((x > best) | (numbers ^ all));
}

/// task(batch, out_h) over all rows of the result.
template <class Task>
void for_rows(const ConvShape& s, Task&& task) {
  const double row_work = double(s.out_w) * double(s.in_c) * double(s.kernel_h) * double(s.kernel_w);
  parallel_for(s.batch * s.out_h, double(s.batch * s.out_h) * row_work,
               [&](int64_t k) { task(k / s.out_h, k % s.out_h); });
}

/// window(image offset in x, element offset in y, window) for all windows, images in parallel; dx is cleared first.
template <class T, class Body>
void scatter_windows(const ConvShape& s, T* dx, Body&& body) {
  const int64_t image = s.in_h * s.in_w * s.in_c;
  const double work = double(s.batch) * double(s.out_h * s.out_w * s.in_c) * double(s.kernel_h * s.kernel_w);
  parallel_for(s.batch, work, [&](int64_t b) {
    for (int64_t i = 0; i < image; ++i) dx[b * image + i] = 0;
    for (int64_t i = 0; i < s.out_h; ++i) {
      for (int64_t j = 0; j < s.out_w; ++j) {
        body(b * image, ((b * s.out_h + i) * s.out_w + j) * s.in_c, window_of(s, i, j));
      }
    }
  });
}

}  // namespace

template <class T>
void max_pool2d(const ConvShape& s, const T* x, T* y) {
  using P = Packet<T>;
  for_rows(s, [&](int64_t b, int64_t i) {
    const T* image = x + b * s.in_h * s.in_w * s.in_c;
    for (int64_t j = 0; j < s.out_w; ++j) {
      const Window window = window_of(s, i, j);
      T* out = y + ((b * s.out_h + i) * s.out_w + j) * s.in_c;
      for_channels<T>(s.in_c, [&](int64_t c, auto load, auto store) {
        P best = splat<T>(-HUGE_VAL);
        for_pixels(s, window, [&](int64_t pixel) {
          const P value = load(image + pixel + c);
          best = select(best == best, select(best >= value, best, value), best);
        });
        store(out + c, best);
      });
    }
  });
}

template <class T>
void max_pool2d_grad(const ConvShape& s, const T* x, const T* dy, T* dx) {
  using P = Packet<T>;
  scatter_windows(s, dx, [&](int64_t image, int64_t out, const Window& window) {
    for_channels<T>(s.in_c, [&](int64_t c, auto load, auto store) {
      // The place of the maximum as a number: exact, windows are far smaller than 2^24. A window of -inf keeps place 0.
      P best = splat<T>(-HUGE_VAL), place = P::zero(), here = P::zero();
      const P one = splat<T>(1), gradient = load(dy + out + c);
      for_pixels(s, window, [&](int64_t pixel) {
        const P value = load(x + image + pixel + c), wins = beats(value, best);
        best = select(wins, value, best);
        place = select(wins, here, place);
        here += one;
      });
      here = P::zero();
      for_pixels(s, window, [&](int64_t pixel) {
        T* target = dx + image + pixel + c;
        store(target, load(target) + (gradient & (here == place)));
        here += one;
      });
    });
  });
}

template <class T>
void average_pool2d(const ConvShape& s, const T* x, T* y) {
  using P = Packet<T>;
  for_rows(s, [&](int64_t b, int64_t i) {
    const T* image = x + b * s.in_h * s.in_w * s.in_c;
    for (int64_t j = 0; j < s.out_w; ++j) {
      const Window window = window_of(s, i, j);
      const P count = splat<T>(window.count() ? double(window.count()) : 1);
      T* out = y + ((b * s.out_h + i) * s.out_w + j) * s.in_c;
      for_channels<T>(s.in_c, [&](int64_t c, auto load, auto store) {
        P sum = P::zero();
        for_pixels(s, window, [&](int64_t pixel) { sum += load(image + pixel + c); });
        store(out + c, sum / count);
      });
    }
  });
}

template <class T>
void average_pool2d_grad(const ConvShape& s, const T* dy, T* dx) {
  using P = Packet<T>;
  scatter_windows(s, dx, [&](int64_t image, int64_t out, const Window& window) {
    const P count = splat<T>(window.count() ? double(window.count()) : 1);
    for_channels<T>(s.in_c, [&](int64_t c, auto load, auto store) {
      const P share = load(dy + out + c) / count;
      for_pixels(s, window, [&](int64_t pixel) {
        T* target = dx + image + pixel + c;
        store(target, load(target) + share);
      });
    });
  });
}

#define PYKERAS_INSTANTIATE(T)                                                     \
  template void max_pool2d<T>(const ConvShape&, const T*, T*);                     \
  template void max_pool2d_grad<T>(const ConvShape&, const T*, const T*, T*);      \
  template void average_pool2d<T>(const ConvShape&, const T*, T*);                 \
  template void average_pool2d_grad<T>(const ConvShape&, const T*, T*);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
