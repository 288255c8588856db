// Data movement: strided copies both ways, row gathers, conversion between dtypes.
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// The axes of a strided copy after dropping those of size 1 and merging neighbours that are contiguous in x.
struct Axes {
  int rank = 0;
  int64_t shape[TransposeArgs::max_rank], x[TransposeArgs::max_rank], y[TransposeArgs::max_rank];
};

Axes merged_axes(const TransposeArgs& args) {
  Axes axes;
  for (int i = 0; i < args.rank; ++i) {
    if (args.shape[i] == 1) continue;
    const int last = axes.rank - 1;
    if (axes.rank > 0 && axes.x[last] == args.strides[i] * args.shape[i]) {
      axes.shape[last] *= args.shape[i];
      axes.x[last] = args.strides[i];
    } else {
      axes.shape[axes.rank] = args.shape[i];
      axes.x[axes.rank++] = args.strides[i];
    }
  }
  if (axes.rank == 0) {
    axes.rank = 1;
    axes.shape[0] = axes.x[0] = 1;
  }
  int64_t step = 1;
  for (int i = axes.rank - 1; i >= 0; --i) {
    axes.y[i] = step;
    step *= axes.shape[i];
  }
  return axes;
}

/// Takes axis k out of `axes`; the order of the others stays.
void remove_axis(Axes& axes, int k) {
  for (int i = k; i + 1 < axes.rank; ++i) {
    axes.shape[i] = axes.shape[i + 1];
    axes.x[i] = axes.x[i + 1];
    axes.y[i] = axes.y[i + 1];
  }
  --axes.rank;
}

int64_t product(const Axes& axes) {
  int64_t count = 1;
  for (int i = 0; i < axes.rank; ++i) count *= axes.shape[i];
  return count;
}

/// body(x offset, y offset) for the indices [first, last) of the axes, in row-major order.
template <class Body>
PYKERAS_INLINE void walk(const Axes& axes, int64_t first, int64_t last, Body&& body) {
  int64_t index[TransposeArgs::max_rank], x = 0, y = 0, rest = first;
  for (int i = axes.rank - 1; i >= 0; --i) {
    index[i] = rest % axes.shape[i];
    rest /= axes.shape[i];
    x += index[i] * axes.x[i];
    y += index[i] * axes.y[i];
  }
  for (int64_t k = first; k < last; ++k) {
    body(x, y);
    for (int i = axes.rank - 1; i >= 0; --i) {
      x += axes.x[i];
      y += axes.y[i];
      if (++index[i] < axes.shape[i]) break;
      x -= axes.x[i] * axes.shape[i];
      y -= axes.y[i] * axes.shape[i];
      index[i] = 0;
    }
  }
}

/// One run along the last axis: dense on the y side, `step` apart on the x side.
template <class T, bool scatter>
PYKERAS_INLINE void copy_run(T* x, int64_t step, T* y, int64_t n) {
  if (step == 1) {
    T *to = scatter ? x : y, *from = scatter ? y : x;
    if (n * int64_t(sizeof(T)) >= 128) {
      std::memcpy(to, from, n * sizeof(T));
    } else {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) to[i] = from[i];
    }
  } else if (scatter) {
    for (int64_t i = 0; i < n; ++i) x[i * step] = y[i];
  } else if (step == 0) {
    const T value = *x;
    for (int64_t i = 0; i < n; ++i) y[i] = value;
  } else {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) y[i] = x[i * step];
  }
}

/// y[i, j] = x[j, i], both dense along their last axis, one cache line square.
template <class T>
PYKERAS_INLINE void transpose_line_tile(const T* x, int64_t x_step, T* y, int64_t y_step) {
  using P = Packet<T>;
  constexpr int line = 64 / sizeof(T), width = P::width;
  for (int i = 0; i < line; i += width) {
    for (int j = 0; j < line; j += width) {
      P rows[width];
#pragma GCC unroll 16
      for (int k = 0; k < width; ++k) rows[k] = P::load(x + (j + k) * x_step + i);
      transpose<T>(rows);
#pragma GCC unroll 16
      for (int k = 0; k < width; ++k) rows[k].store(y + (i + k) * y_step + j);
    }
  }
}

/// A plane whose rows are dense in y and whose columns are dense in x: y[i * y_step + j] from x[j * x_step + i].
template <class T, bool scatter>
void transpose_plane(T* x, int64_t x_step, T* y, int64_t y_step, int64_t rows, int64_t columns) {
  constexpr int64_t line = 64 / sizeof(T);
  for (int64_t i = 0; i < rows; i += line) {
    for (int64_t j = 0; j < columns; j += line) {
      const int64_t height = smaller(line, rows - i), length = smaller(line, columns - j);
      if constexpr (!scatter && sizeof(T) >= 4) {
        // Bits only: packets of floats carry any item of their size.
        using Item = std::conditional_t<sizeof(T) == 4, float, double>;
        if (height == line && length == line) {
          transpose_line_tile(reinterpret_cast<const Item*>(x + j * x_step + i), x_step,
                              reinterpret_cast<Item*>(y + i * y_step + j), y_step);
          continue;
        }
      }
      for (int64_t r = i; r < i + height; ++r) {
        for (int64_t c = j; c < j + length; ++c) {
          T &there = x[c * x_step + r], &here = y[r * y_step + c];
          (scatter ? there : here) = scatter ? here : there;
        }
      }
    }
  }
}

template <class T, bool scatter>
void strided_move(const TransposeArgs& args) {
  Axes axes = merged_axes(args);
  const int64_t total = product(axes);
  if (total <= 0) return;
  T* const x = static_cast<T*>(const_cast<void*>(args.x));
  T* const y = static_cast<T*>(args.y);
  const double work = double(total) * sizeof(T);
  constexpr int64_t task_items = 65536 / sizeof(T);
  const int last = axes.rank - 1;
  const int64_t length = axes.shape[last], step = axes.x[last];

  int dense = -1;  // the axis along which x is dense, when it is not the last
  for (int i = 0; i < last && step != 1 && step != 0; ++i) {
    if (axes.x[i] == 1) dense = i;
  }
  if (dense >= 0 && axes.shape[dense] >= 4 && length >= 4) {
    const int64_t rows = axes.shape[dense], y_step = axes.y[dense];
    remove_axis(axes, last);
    remove_axis(axes, dense);
    const int64_t planes = product(axes);
    const int64_t band = 64, bands = blocks_of(rows, band);
    const int64_t group = task_items / (smaller(band, rows) * length) + 1;
    parallel_for(blocks_of(planes * bands, group), work, [&](int64_t task) {
      const int64_t end = smaller(planes * bands, (task + 1) * group);
      for (int64_t k = task * group; k < end; ++k) {
        const int64_t row = k % bands * band;
        walk(axes, k / bands, k / bands + 1, [&](int64_t x_offset, int64_t y_offset) {
          transpose_plane<T, scatter>(x + x_offset + row, step, y + y_offset + row * y_step, y_step,
                                      smaller(band, rows - row), length);
        });
      }
    });
    return;
  }
  if (axes.rank == 1) {
    parallel_for(blocks_of(length, task_items), work, [&](int64_t task) {
      const int64_t first = task * task_items;
      copy_run<T, scatter>(x + first * step, step, y + first, smaller(task_items, length - first));
    });
    return;
  }
  remove_axis(axes, last);
  const int64_t runs = product(axes), group = task_items / length + 1;
  parallel_for(blocks_of(runs, group), work, [&](int64_t task) {
    walk(axes, task * group, smaller(runs, (task + 1) * group), [&](int64_t x_offset, int64_t y_offset) {
      copy_run<T, scatter>(x + x_offset, step, y + y_offset, length);
    });
  });
}

template <bool scatter>
void strided_move_items(const TransposeArgs& args) {
  switch (args.item_size) {
    case 1: return strided_move<uint8_t, scatter>(args);
    case 2: return strided_move<uint16_t, scatter>(args);
    case 4: return strided_move<uint32_t, scatter>(args);
    default: return strided_move<uint64_t, scatter>(args);
  }
}

/// Rows of one item, which need no memcpy each.
template <class T>
PYKERAS_INLINE void gather_items(int64_t count, const T* x, const int64_t* index, T* y) {
  for (int64_t j = 0; j < count; ++j) y[j] = x[index[j]];
}

}  // namespace

void strided_copy(const TransposeArgs& args) { strided_move_items<false>(args); }
void strided_scatter(const TransposeArgs& args) { strided_move_items<true>(args); }

void gather(int64_t outer, int64_t n_in, int64_t n_index, int64_t row_bytes, const void* x, const int64_t* index,
            void* y) {
  const int64_t group = 65536 / (row_bytes + 8) + 1, groups = blocks_of(n_index, group);
  parallel_for(outer * groups, double(outer) * double(n_index) * double(row_bytes), [&](int64_t task) {
    const int64_t o = task / groups, first = task % groups * group, count = smaller(group, n_index - first);
    const char* from = static_cast<const char*>(x) + o * n_in * row_bytes;
    char* to = static_cast<char*>(y) + (o * n_index + first) * row_bytes;
    const int64_t* rows = index + first;
    switch (row_bytes) {
      case 1: return gather_items(count, reinterpret_cast<const uint8_t*>(from), rows, reinterpret_cast<uint8_t*>(to));
      case 4:
        return gather_items(count, reinterpret_cast<const uint32_t*>(from), rows, reinterpret_cast<uint32_t*>(to));
      case 8:
        return gather_items(count, reinterpret_cast<const uint64_t*>(from), rows, reinterpret_cast<uint64_t*>(to));
      default:
        for (int64_t j = 0; j < count; ++j) std::memcpy(to + j * row_bytes, from + rows[j] * row_bytes, row_bytes);
    }
  });
}

void cast(DType from, DType to, int64_t n, const void* x, void* y) {
  constexpr int64_t block = 16384;
  parallel_for(blocks_of(n, block), double(n) * double(size_of(from) + size_of(to)), [&](int64_t task) {
    const int64_t first = task * block, count = smaller(block, n - first);
    with_type(from, [&](auto from_tag) {
      using From = typename decltype(from_tag)::type;
      const From* in = static_cast<const From*>(x) + first;
      if (to == DType::boolean) {
        uint8_t* out = static_cast<uint8_t*>(y) + first;
        for (int64_t i = 0; i < count; ++i) out[i] = in[i] != 0;
        return;
      }
      with_type(to, [&](auto to_tag) {
        using To = typename decltype(to_tag)::type;
        To* out = static_cast<To*>(y) + first;
        for (int64_t i = 0; i < count; ++i) out[i] = convert<To>(in[i]);
      });
    });
  });
}

}  // namespace pykeras::kernels::PYKERAS_ISA
