// Convolutions as matrix products over patches that are packed straight from the image (conv_packing.h):
//   y  [pixels, out_c]      = patches(x) · w
//   dx [pixels of x, in_c]  = patches(dy), taps running backwards, · w transposed; one product per phase of the stride
//   dw [taps * in_c, out_c] = patches(x) transposed · dy
// 3x3 kernels of stride 1 on enough channels take Winograd's way (conv_winograd.h).
// Groups are products of their own on slices of the channels; depthwise convolutions have loops of their own.
#include "conv_depthwise.h"
#include "conv_direct.h"
#include "conv_packing.h"
#include "conv_winograd.h"
#include "families.h"
#include "gemm_blocked.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

bool is_depthwise(const ConvShape& s) { return s.groups == s.in_c && s.groups > 1; }

/// A 1x1 kernel that reads every pixel once: the image is the matrix of patches.
bool is_pointwise(const ConvShape& s) {
  return s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.pad_top == 0 &&
         s.pad_left == 0 && s.out_h == s.in_h && s.out_w == s.in_w;
}

bool is_empty(const ConvShape& s) {
  return s.batch == 0 || s.out_h == 0 || s.out_w == 0 || s.out_c == 0 || s.in_c == 0;
}

template <class T>
Epilogue<T> shifted(Epilogue<T> epilogue, int64_t channels) {
  if (epilogue.bias) epilogue.bias += channels;
  return epilogue;
}

template <class T>
Patches<T> input_patches(const ConvShape& s, const T* x) {
  return {x,          s.in_h,     s.in_w,     s.in_c,       s.in_c / s.groups, s.out_h,    s.out_w,    s.kernel_h,
          s.kernel_w, s.stride_h, s.stride_w, s.dilation_h, s.dilation_w,      -s.pad_top, -s.pad_left};
}

/// patches · b, whichever way suits the sizes.
template <class T, class PackB>
void patch_product(const Patches<T>& patches, int64_t pixels, int64_t n, const PackB& pack_b, const Output<T>& out) {
  // Reading patches in place costs some at each run and tile of columns, packing them costs once for each patch.
  constexpr int64_t most_in_place_tiles = 8;
  const PatchRuns<T> runs(patches);
  if (runs.worthwhile() && n <= most_in_place_tiles * Tile<T>::columns) {
    gathered_product(runs, pixels, n, pack_b, out);
  } else {
    blocked_product(pixels, n, patches.columns(), PatchPanels<T, Tile<T>::rows>{patches}, pack_b, out);
  }
}

/// The gradient of x at pixels of one phase of the stride along one axis: pixels first, first + stride, ... read the
/// taps tap, tap + tap_step, ... of the kernel and the pixels origin + q - t * out_step of dy (q-th pixel, t-th tap).
struct Phase {
  int64_t first, pixels, tap, taps, tap_step, origin, out_step;
};

Phase phase_of(int64_t phase, int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
  Phase p = {};
  p.first = ((phase - pad) % stride + stride) % stride;
  p.pixels = p.first < in ? ceil_div(in - p.first, stride) : 0;
  while (p.tap < kernel && p.tap * dilation % stride != phase) ++p.tap;
  p.tap_step = 1;
  while (p.tap_step * dilation % stride != 0) ++p.tap_step;
  p.taps = p.tap < kernel ? ceil_div(kernel - p.tap, p.tap_step) : 0;
  p.origin = (p.first + pad - p.tap * dilation) / stride;  // exact: both are of this phase
  p.out_step = p.tap_step * dilation / stride;
  return p;
}

/// dx[image, y.first + i * stride_h, x.first + j * stride_w] = source[image, i, j], or 0 without a source.
template <class T>
void spread_phase(const ConvShape& s, const Phase& y, const Phase& x, int64_t channels, const T* source, T* dx) {
  const int64_t lines = s.batch * y.pixels;
  parallel_for(lines, static_cast<double>(lines * x.pixels * channels), [&](int64_t line) {
    const int64_t image = line / y.pixels, in_y = y.first + line % y.pixels * s.stride_h;
    for (int64_t j = 0; j < x.pixels; ++j) {
      T* out = dx + ((image * s.in_h + in_y) * s.in_w + x.first + j * s.stride_w) * s.in_c;
      if (source) {
        std::memcpy(out, source + (line * x.pixels + j) * channels, channels * sizeof(T));
      } else {
        std::memset(out, 0, channels * sizeof(T));
      }
    }
  });
}

template <class T>
void input_grad_phase(const ConvShape& s, const Phase& y, const Phase& x, const T* dy, const T* w, T* dx) {
  const int64_t in_channels = s.in_c / s.groups, out_channels = s.out_c / s.groups;
  const int64_t pixels = s.batch * y.pixels * x.pixels;
  if (pixels == 0) return;
  if (y.taps == 0 || x.taps == 0) return spread_phase<T>(s, y, x, in_channels, nullptr, dx);

  const Patches<T> patches = {dy,     s.out_h, s.out_w, s.out_c,     out_channels, y.pixels, x.pixels, y.taps,
                              x.taps, 1,       1,       -y.out_step, -x.out_step,  y.origin, x.origin};
  const TransposedKernelPanels<T, Tile<T>::columns> pack_b{w,      s.kernel_w, in_channels, s.out_c,    out_channels,
                                                           x.taps, y.tap,      x.tap,       y.tap_step, x.tap_step};
  const bool dense = s.stride_h == 1 && s.stride_w == 1;
  T* out = dense ? dx : static_cast<T*>(thread_scratch(2, pixels * in_channels * sizeof(T)));
  patch_product(patches, pixels, in_channels, pack_b, Output<T>{out, dense ? s.in_c : in_channels, false, {}});
  if (!dense) spread_phase<T>(s, y, x, in_channels, out, dx);
}

}  // namespace

template <class T>
void conv2d(const ConvShape& s, const T* x, const T* w, T* y, const Epilogue<T>& epilogue) {
  if (is_empty(s)) return;
  if (is_depthwise(s)) return depthwise(s, x, w, y, epilogue);
  if constexpr (std::is_same_v<T, float>) {
    if (Winograd::pays(s)) return winograd_conv2d(s, x, w, y, epilogue);
  }
  const int64_t in_channels = s.in_c / s.groups, out_channels = s.out_c / s.groups;
  const int64_t pixels = s.batch * s.out_h * s.out_w;
  for (int64_t group = 0; group < s.groups; ++group) {
    const T* group_x = x + group * in_channels;
    const T* group_w = w + group * out_channels;
    T* group_y = y + group * out_channels;
    const Epilogue<T> group_epilogue = shifted(epilogue, group * out_channels);
    if (is_pointwise(s)) {
      gemm<T>({pixels, out_channels, in_channels, group_x, s.in_c, false, group_w, s.out_c, false, group_y, s.out_c,
               false, group_epilogue});
    } else {
      const Patches<T> patches = input_patches(s, group_x);
      patch_product(patches, pixels, out_channels, MatrixPanels<T, Tile<T>::columns>{group_w, 1, s.out_c},
                    Output<T>{group_y, s.out_c, false, group_epilogue});
    }
  }
}

template <class T>
void conv2d_input_grad(const ConvShape& s, const T* dy, const T* w, T* dx) {
  if (is_empty(s)) {
    std::memset(dx, 0, s.batch * s.in_h * s.in_w * s.in_c * sizeof(T));
    return;
  }
  if (is_depthwise(s)) return depthwise_input_grad(s, dy, w, dx);
  if constexpr (std::is_same_v<T, float>) {
    if (Winograd::pays_for_gradient(mirrored(s))) return winograd_input_grad(s, dy, w, dx);
  }
  const int64_t in_channels = s.in_c / s.groups, out_channels = s.out_c / s.groups;
  for (int64_t group = 0; group < s.groups; ++group) {
    const T* group_dy = dy + group * out_channels;
    const T* group_w = w + group * out_channels;
    T* group_dx = dx + group * in_channels;
    if (is_pointwise(s)) {
      gemm<T>({s.batch * s.in_h * s.in_w, in_channels, out_channels, group_dy, s.out_c, false, group_w, s.out_c, true,
               group_dx, s.in_c});
      continue;
    }
    for (int64_t i = 0; i < s.stride_h; ++i) {
      const Phase y = phase_of(i, s.in_h, s.kernel_h, s.stride_h, s.dilation_h, s.pad_top);
      for (int64_t j = 0; j < s.stride_w; ++j) {
        const Phase x = phase_of(j, s.in_w, s.kernel_w, s.stride_w, s.dilation_w, s.pad_left);
        input_grad_phase(s, y, x, group_dy, group_w, group_dx);
      }
    }
  }
}

template <class T>
void conv2d_kernel_grad(const ConvShape& s, const T* x, const T* dy, T* dw) {
  if (is_empty(s)) {
    std::memset(dw, 0, s.kernel_h * s.kernel_w * (s.groups ? s.in_c / s.groups : 0) * s.out_c * sizeof(T));
    return;
  }
  if (is_depthwise(s)) return depthwise_kernel_grad(s, x, dy, dw);
  if constexpr (std::is_same_v<T, float>) {
    if (Winograd::pays_for_gradient(s)) return winograd_kernel_grad(s, x, dy, dw);
  }
  const int64_t in_channels = s.in_c / s.groups, out_channels = s.out_c / s.groups;
  const int64_t pixels = s.batch * s.out_h * s.out_w;
  for (int64_t group = 0; group < s.groups; ++group) {
    if (is_pointwise(s)) {
      gemm<T>({in_channels, out_channels, pixels, x + group * in_channels, s.in_c, true, dy + group * out_channels,
               s.out_c, false, dw + group * out_channels, s.out_c});
      continue;
    }
    const Patches<T> patches = input_patches(s, x + group * in_channels);
    const MatrixPanels<T, Tile<T>::columns> pack_dy{dy + group * out_channels, 1, s.out_c};
    const Output<T> out{dw + group * out_channels, s.out_c, false, {}};
    // In place, short lines and tiles of few channels do not repay the start of a run.
    if (s.out_w >= 8 && in_channels >= 4) {
      kernel_grad_in_place(patches, s.batch * s.out_h, out_channels, pack_dy, out);
    } else {
      blocked_product_split_k(patches.columns(), out_channels, pixels, TransposedPatchPanels<T, Tile<T>::rows>{patches},
                              pack_dy, out);
    }
  }
}

#define PYKERAS_INSTANTIATE(T)                                                           \
  template void conv2d<T>(const ConvShape&, const T*, const T*, T*, const Epilogue<T>&); \
  template void conv2d_input_grad<T>(const ConvShape&, const T*, const T*, T*);          \
  template void conv2d_kernel_grad<T>(const ConvShape&, const T*, const T*, T*);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
