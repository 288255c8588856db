// Patches of volumes as rows of a matrix and back, and weighted sums of a few places along an axis (resizing).
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

constexpr int depth = 0, height = 1, width = 2;

/// out[i] += factor * x[i].
template <class T>
PYKERAS_INLINE void add_scaled(T factor, const T* x, int64_t n, T* out) {
  using P = Packet<T>;
  int64_t i = 0;
  for (; i + P::width <= n; i += P::width) {
    (P::load(out + i) + P::broadcast(factor) * P::load(x + i)).store(out + i);
  }
  for (; i < n; ++i) out[i] += factor * x[i];
}

template <class T>
PYKERAS_INLINE void copy_few(const T* x, int64_t n, T* y) {
  if (n <= 4) {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i];
  } else {
    std::memcpy(y, x, n * sizeof(T));
  }
}

int64_t place(const PatchShape& s, int axis, int64_t patch, int64_t tap) {
  return patch * s.stride[axis] + tap * s.dilation[axis] - s.pad[axis];
}

bool inside(const PatchShape& s, int axis, int64_t at) { return at >= 0 && at < s.in[axis]; }

/// The patch whose tap lies at `at`, or -1.
int64_t patch_at(const PatchShape& s, int axis, int64_t at, int64_t tap) {
  const int64_t from = at + s.pad[axis] - tap * s.dilation[axis];
  if (from < 0 || from % s.stride[axis] != 0 || from / s.stride[axis] >= s.out[axis]) return -1;
  return from / s.stride[axis];
}

int64_t patch_values(const PatchShape& s) { return s.size[depth] * s.size[height] * s.size[width] * s.channels; }

double patch_work(const PatchShape& s) {
  return static_cast<double>(s.batch * s.out[depth] * s.out[height] * s.out[width]) *
         static_cast<double>(patch_values(s));
}

}  // namespace

template <class T>
void patches(const PatchShape& s, const T* x, T* y) {
  const int64_t row = s.size[width] * s.channels, values = patch_values(s);
  parallel_for(s.batch * s.out[depth] * s.out[height], patch_work(s), [&](int64_t line) {
    const int64_t out_y = line % s.out[height], out_z = line / s.out[height] % s.out[depth];
    const int64_t image = line / s.out[height] / s.out[depth];
    T* out = y + line * s.out[width] * values;
    for (int64_t k = 0; k < s.size[depth] * s.size[height]; ++k) {
      const int64_t z = place(s, depth, out_z, k / s.size[height]), v = place(s, height, out_y, k % s.size[height]);
      if (!inside(s, depth, z) || !inside(s, height, v)) {
        for (int64_t i = 0; i < s.out[width]; ++i) std::memset(out + i * values + k * row, 0, row * sizeof(T));
        continue;
      }
      const T* source = x + ((image * s.in[depth] + z) * s.in[height] + v) * s.in[width] * s.channels;
      for (int64_t i = 0; i < s.out[width]; ++i) {
        T* to = out + i * values + k * row;
        for (int64_t j = 0; j < s.size[width]; ++j, to += s.channels) {
          const int64_t u = place(s, width, i, j);
          if (inside(s, width, u)) {
            copy_few(source + u * s.channels, s.channels, to);
          } else {
            std::memset(to, 0, s.channels * sizeof(T));
          }
        }
      }
    }
  });
}

template <class T>
void patches_grad(const PatchShape& s, const T* dy, T* dx) {
  const int64_t row = s.size[width] * s.channels, values = patch_values(s);
  parallel_for(s.batch * s.in[depth] * s.in[height], patch_work(s), [&](int64_t line) {
    const int64_t v = line % s.in[height], z = line / s.in[height] % s.in[depth];
    const int64_t image = line / s.in[height] / s.in[depth];
    T* out = dx + line * s.in[width] * s.channels;
    std::memset(out, 0, s.in[width] * s.channels * sizeof(T));
    for (int64_t k = 0; k < s.size[depth] * s.size[height]; ++k) {
      const int64_t out_z = patch_at(s, depth, z, k / s.size[height]);
      const int64_t out_y = patch_at(s, height, v, k % s.size[height]);
      if (out_z < 0 || out_y < 0) continue;
      const T* from = dy + ((image * s.out[depth] + out_z) * s.out[height] + out_y) * s.out[width] * values + k * row;
      for (int64_t i = 0; i < s.out[width]; ++i) {
        for (int64_t j = 0; j < s.size[width]; ++j) {
          const int64_t u = place(s, width, i, j);
          if (inside(s, width, u)) {
            add_scaled(T(1), from + i * values + j * s.channels, s.channels, out + u * s.channels);
          }
        }
      }
    }
  });
}

template <class T>
void resample(int64_t outer, int64_t n_in, int64_t n_out, int64_t taps, int64_t inner, const T* x, const int64_t* index,
              const T* weight, T* y) {
  const double work = static_cast<double>(outer * n_out) * static_cast<double>(taps * inner);
  const int64_t group = 1 + (int64_t{1} << 12) / (1 + inner * taps);
  parallel_for(blocks_of(outer * n_out, group), work, [&](int64_t task) {
    for (int64_t line = task * group; line < smaller(outer * n_out, (task + 1) * group); ++line) {
      const T* source = x + line / n_out * n_in * inner;
      const int64_t at = line % n_out * taps;
      T* out = y + line * inner;
      std::memset(out, 0, inner * sizeof(T));
      for (int64_t k = 0; k < taps; ++k) {
        if (weight[at + k] != 0) add_scaled(weight[at + k], source + index[at + k] * inner, inner, out);
      }
    }
  });
}

template <class T>
void resample_grad(int64_t outer, int64_t n_in, int64_t n_out, int64_t taps, int64_t inner, const T* dy,
                   const int64_t* index, const T* weight, T* dx) {
  constexpr int64_t block = 512;  // of the inner axis: each task has places of its own
  const int64_t blocks = blocks_of(inner, block);
  const double work = static_cast<double>(outer * n_out) * static_cast<double>(taps * inner);
  parallel_for(outer * blocks, work, [&](int64_t task) {
    const int64_t first = task % blocks * block, count = smaller(block, inner - first);
    T* out = dx + task / blocks * n_in * inner + first;
    const T* gradient = dy + task / blocks * n_out * inner + first;
    for (int64_t i = 0; i < n_in; ++i) std::memset(out + i * inner, 0, count * sizeof(T));
    for (int64_t i = 0; i < n_out * taps; ++i) {
      if (weight[i] != 0) add_scaled(weight[i], gradient + i / taps * inner, count, out + index[i] * inner);
    }
  });
}

#define PYKERAS_INSTANTIATE(T)                                                                                    \
  template void patches<T>(const PatchShape&, const T*, T*);                                                      \
  template void patches_grad<T>(const PatchShape&, const T*, T*);                                                 \
  template void resample<T>(int64_t, int64_t, int64_t, int64_t, int64_t, const T*, const int64_t*, const T*, T*); \
  template void resample_grad<T>(int64_t, int64_t, int64_t, int64_t, int64_t, const T*, const int64_t*, const T*, T*);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
