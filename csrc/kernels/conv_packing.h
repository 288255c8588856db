#pragma once
// Packers that read the patches of a convolution straight from the image, so that they are never stored whole.
#include "gemm_packing.h"

namespace pykeras::kernels::PYKERAS_ISA {

struct Range {
  int64_t begin, end;
};

/// The i in [0, count) with 0 <= i * step + origin < size.
inline Range inside_range(int64_t count, int64_t step, int64_t origin, int64_t size) {
  const int64_t begin = origin < 0 ? ceil_div(-origin, step) : 0;
  const int64_t end = origin < size ? ceil_div(size - origin, step) : 0;
  return {begin, end < count ? end : count};
}

/// The matrix of patches: row r is the pixel (image, out_y, out_x) of a grid; its column (tap_y, tap_x, channel) holds
/// x[image, out_y * stride_h + tap_y * tap_step_h + origin_h, out_x * stride_w + ..., channel], zero outside the image.
/// Forward, taps step by the dilation; in the gradient of the input they step backwards.
template <class T>
struct Patches {
  const T* x;
  int64_t in_h, in_w, pixel_step, channels;
  int64_t out_h, out_w, taps_h, taps_w;
  int64_t stride_h, stride_w, tap_step_h, tap_step_w, origin_h, origin_w;

  int64_t columns() const { return taps_h * taps_w * channels; }
};

/// Packs patches as panels of a, lanes being pixels.
template <class T, int lanes>
struct PatchPanels {
  Patches<T> patches;

  void operator()(T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) const {
    for (int64_t i = 0; i < count; i += lanes, panels += lanes * k_count) {
      Pixel pixels[lanes];
      for (int64_t j = 0; j < lanes; ++j) pixels[j] = pixel(first + (i + j < count ? i + j : i));
      T* panel = panels;
      for (int64_t k = k_begin; k < k_begin + k_count;) {
        const int64_t tap = k / patches.channels, channel = k % patches.channels;
        int64_t length = patches.channels - channel < most_columns ? patches.channels - channel : most_columns;
        if (length > k_begin + k_count - k) length = k_begin + k_count - k;
        pack_channels(pixels, tap / patches.taps_w, tap % patches.taps_w, channel, length, panel);
        panel += length * lanes;
        k += length;
      }
    }
  }

 private:
  static constexpr int64_t most_columns = 256;

  struct Pixel {
    const T* image;
    int64_t y, x;  // of the first tap; may lie outside of the image
  };

  Pixel pixel(int64_t row) const {
    const int64_t line = row / patches.out_w, out_x = row - line * patches.out_w;
    const int64_t image = line / patches.out_h, out_y = line - image * patches.out_h;
    return {patches.x + image * patches.in_h * patches.in_w * patches.pixel_step,
            out_y * patches.stride_h + patches.origin_h, out_x * patches.stride_w + patches.origin_w};
  }

  void pack_channels(const Pixel (&pixels)[lanes], int64_t tap_y, int64_t tap_x, int64_t channel, int64_t length,
                     T* panel) const {
    static const T zeros[most_columns] = {};
    const T* rows[lanes];
    for (int j = 0; j < lanes; ++j) {
      const int64_t y = pixels[j].y + tap_y * patches.tap_step_h, x = pixels[j].x + tap_x * patches.tap_step_w;
      const bool inside = y >= 0 && y < patches.in_h && x >= 0 && x < patches.in_w;
      rows[j] = inside ? pixels[j].image + (y * patches.in_w + x) * patches.pixel_step + channel : zeros;
    }
    pack_rows<T, lanes>(rows, length, panel);
  }
};

/// Packs the transposed matrix of patches as panels of a: lanes are (tap, channel), steps are pixels.
template <class T, int lanes>
struct TransposedPatchPanels {
  Patches<T> patches;

  void operator()(T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) const {
    for (int64_t i = 0; i < count; i += lanes, panels += lanes * k_count) {
      const int64_t end = first + (i + lanes < count ? i + lanes : count);
      for (int64_t column = first + i; column < end;) {
        const int64_t tap = column / patches.channels, channel = column % patches.channels;
        const int64_t left = end - column;
        const int64_t length = patches.channels - channel < left ? patches.channels - channel : left;
        pack_tap(tap / patches.taps_w, tap % patches.taps_w, channel, length, k_begin, k_count,
                 panels + (column - first - i));
        column += length;
      }
    }
  }

 private:
  /// `length` channels of one tap, for all pixels [k_begin, k_begin + k_count), line by line.
  void pack_tap(int64_t tap_y, int64_t tap_x, int64_t channel, int64_t length, int64_t k_begin, int64_t k_count,
                T* lane) const {
    const Patches<T>& s = patches;
    for (int64_t k = k_begin; k < k_begin + k_count;) {
      const int64_t line = k / s.out_w, image = line / s.out_h;
      const int64_t out_begin = k - line * s.out_w;
      int64_t out_end = out_begin + (k_begin + k_count - k);
      if (out_end > s.out_w) out_end = s.out_w;
      const int64_t y = (line - image * s.out_h) * s.stride_h + s.origin_h + tap_y * s.tap_step_h;
      const int64_t x = s.origin_w + tap_x * s.tap_step_w;
      // The pixels of this line whose tap lies inside the image.
      const Range inside = inside_range(s.out_w, s.stride_w, x, y < 0 || y >= s.in_h ? 0 : s.in_w);
      int64_t inside_begin = inside.begin, inside_end = inside.end;
      inside_begin = inside_begin < out_begin ? out_begin : inside_begin < out_end ? inside_begin : out_end;
      inside_end = inside_end < inside_begin ? inside_begin : inside_end < out_end ? inside_end : out_end;

      clear_lanes(lane, length, inside_begin - out_begin);
      lane += (inside_begin - out_begin) * lanes;
      const T* source = s.x + ((image * s.in_h + y) * s.in_w + x + inside_begin * s.stride_w) * s.pixel_step + channel;
      copy_lanes(lane, source, length, s.stride_w * s.pixel_step, inside_end - inside_begin);
      lane += (inside_end - inside_begin) * lanes;
      clear_lanes(lane, length, out_end - inside_end);
      lane += (out_end - inside_end) * lanes;
      k += out_end - out_begin;
    }
  }

  static void clear_lanes(T* lane, int64_t length, int64_t steps) {
    for (int64_t p = 0; p < steps; ++p) {
      for (int64_t i = 0; i < length; ++i) lane[p * lanes + i] = T(0);
    }
  }

  static void copy_lanes(T* lane, const T* source, int64_t length, int64_t step, int64_t steps) {
    if (length == lanes) {
      for (int64_t p = 0; p < steps; ++p) std::memcpy(lane + p * lanes, source + p * step, lanes * sizeof(T));
      return;
    }
    for (int64_t i = 0; i < length; ++i) {
      for (int64_t p = 0; p < steps; ++p) lane[p * lanes + i] = source[p * step + i];
    }
  }
};

/// Packs a kernel for the gradient of the input as panels of b: lanes are input channels, steps are (tap, output
/// channel). Tap (y, x) is the kernel's tap (first_y + y * step_y, first_x + x * step_x).
template <class T, int lanes>
struct TransposedKernelPanels {
  const T* kernel;                            // at the group's first output channel
  int64_t kernel_w, in_channels, kernel_row;  // kernel_row: from one input channel to the next
  int64_t out_channels, taps_w, first_y, first_x, step_y, step_x;

  void operator()(T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) const {
    for (int64_t i = 0; i < count; i += lanes, panels += lanes * k_count) {
      T* panel = panels;
      for (int64_t k = k_begin; k < k_begin + k_count;) {
        const int64_t tap = k / out_channels, offset = k % out_channels;
        const int64_t left = k_begin + k_count - k;
        const int64_t length = out_channels - offset < left ? out_channels - offset : left;
        const int64_t y = first_y + tap / taps_w * step_y, x = first_x + tap % taps_w * step_x;
        const T* rows[lanes];
        for (int64_t j = 0; j < lanes; ++j) {
          const int64_t channel = first + (i + j < count ? i + j : i);
          rows[j] = kernel + ((y * kernel_w + x) * in_channels + channel) * kernel_row + offset;
        }
        pack_rows<T, lanes>(rows, length, panel);
        panel += length * lanes;
        k += length;
      }
    }
  }
};

}  // namespace pykeras::kernels::PYKERAS_ISA
