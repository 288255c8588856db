// Copies that change the order, the place or the type of elements.
#include "families.h"
#include "packet.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// An axis of a copy between a dense array and a strided one.
struct Axis {
  int64_t size, dense, strided;
};

/// The axes of a copy, innermost first; neighbours that continue each other are one.
struct Walk {
  int rank = 0;
  Axis axes[TransposeArgs::max_rank + 1];

  explicit Walk(const TransposeArgs& a) {
    axes[0] = {1, 1, 1};
    int64_t dense = 1;
    for (int i = a.rank - 1; i >= 0; --i) {
      if (a.shape[i] == 1) continue;
      if (rank > 0 && a.strides[i] == axes[rank - 1].strided * axes[rank - 1].size) {
        axes[rank - 1].size *= a.shape[i];
      } else {
        axes[rank++] = {a.shape[i], dense, a.strides[i]};
      }
      dense *= a.shape[i];
    }
  }

  int64_t size() const {
    int64_t n = 1;
    for (int i = 0; i < rank; ++i) n *= axes[i].size;
    return n;
  }

  /// Moves an axis inwards, to position 1.
  void bring_next_to_innermost(int axis) {
    for (const Axis moved = axes[axis]; axis > 1; --axis) {
      axes[axis] = axes[axis - 1];
      axes[axis - 1] = moved;
    }
  }
};

/// Where a walk over the axes from `first` outwards stands.
struct Position {
  int64_t dense = 0, strided = 0;
  int64_t at[TransposeArgs::max_rank] = {};

  Position(const Walk& walk, int first, int64_t index) {
    for (int i = first; i < walk.rank; ++i) {
      at[i] = index % walk.axes[i].size;
      index /= walk.axes[i].size;
      dense += at[i] * walk.axes[i].dense;
      strided += at[i] * walk.axes[i].strided;
    }
  }
  void advance(const Walk& walk, int first) {
    for (int i = first; i < walk.rank; ++i) {
      const Axis& axis = walk.axes[i];
      dense += axis.dense;
      strided += axis.strided;
      if (++at[i] < axis.size) return;
      dense -= axis.size * axis.dense;
      strided -= axis.size * axis.strided;
      at[i] = 0;
    }
  }
};

/// n items from x to y with strides of their own.
template <class Item>
void copy_line(int64_t n, const Item* x, int64_t x_stride, Item* y, int64_t y_stride) {
  if (x_stride == 1 && y_stride == 1) {
    if (n >= 16) {
      std::memcpy(y, x, n * sizeof(Item));
    } else {
      for (int64_t i = 0; i < n; ++i) y[i] = x[i];
    }
  } else if (x_stride == 0 && y_stride == 1) {
    const Item value = *x;
    for (int64_t i = 0; i < n; ++i) y[i] = value;
  } else if (x_stride == -1 && y_stride == 1) {
    for (int64_t i = 0; i < n; ++i) y[i] = x[-i];
  } else {
    for (int64_t i = 0; i < n; ++i) y[i * y_stride] = x[i * x_stride];
  }
}

// Floats only carry the bits here: loads, shuffles and stores leave them as they are.
template <class Item>
struct TileType {
  using type = void;
};
template <>
struct TileType<uint32_t> {
  using type = float;
};
template <>
struct TileType<uint64_t> {
  using type = double;
};

/// y[i * y_stride + j] = x[j * x_stride + i]: i < rows, j < columns.
template <class Item>
void transpose_block(int64_t rows, int64_t columns, const Item* x, int64_t x_stride, Item* y, int64_t y_stride) {
  using T = typename TileType<Item>::type;
  if constexpr (std::is_void_v<T>) {
    for (int64_t i = 0; i < rows; ++i) copy_line(columns, x + i, x_stride, y + i * y_stride, 1);
  } else {
    using P = Packet<T>;
    constexpr int64_t width = P::width;
    int64_t i = 0;
    for (; i + width <= rows; i += width) {
      int64_t j = 0;
      for (; j + width <= columns; j += width) {
        P lines[width];
        for (int k = 0; k < width; ++k) lines[k] = P::load(reinterpret_cast<const T*>(x + (j + k) * x_stride + i));
        transpose(lines);
        for (int k = 0; k < width; ++k) lines[k].store(reinterpret_cast<T*>(y + (i + k) * y_stride + j));
      }
      if (j < columns) {
        for (int64_t k = 0; k < width; ++k) {
          copy_line(columns - j, x + j * x_stride + i + k, x_stride, y + (i + k) * y_stride + j, 1);
        }
      }
    }
    for (; i < rows; ++i) copy_line(columns, x + i, x_stride, y + i * y_stride, 1);
  }
}

constexpr int64_t task_items = 1 << 14;

/// The source is contiguous along axis 1: blocks of axes 0 and 1 are transposed in cache.
template <class Item>
void transpose_walk(const Walk& walk, const Item* x, Item* y) {
  constexpr int64_t block = 64;
  const Axis &inner = walk.axes[0], &row = walk.axes[1];
  const int64_t row_blocks = blocks_of(row.size, block), column_blocks = blocks_of(inner.size, 4 * block);
  const int64_t tasks = walk.size() / (row.size * inner.size) * row_blocks * column_blocks;
  const int64_t group = 1 + task_items / (smaller(row.size, block) * smaller(inner.size, 4 * block));
  parallel_for(blocks_of(tasks, group), static_cast<double>(walk.size()) * sizeof(Item), [&](int64_t index) {
    for (int64_t task = index * group; task < smaller(tasks, (index + 1) * group); ++task) {
      const int64_t i = task / column_blocks % row_blocks * block, j = task % column_blocks * 4 * block;
      const Position from(walk, 2, task / (row_blocks * column_blocks));
      transpose_block(smaller(block, row.size - i), smaller(4 * block, inner.size - j),
                      x + from.strided + i + j * inner.strided, inner.strided, y + from.dense + i * row.dense + j,
                      row.dense);
    }
  });
}

/// Lines along axis 0, several to a task; a line longer than a task is cut.
template <class Item, bool scatter>
void line_walk(const Walk& walk, const Item* from, Item* to) {
  const Axis& inner = walk.axes[0];
  const int64_t n = inner.size, lines = walk.size() / n;
  const int64_t pieces = blocks_of(n, task_items), group = 1 + task_items / n;
  const int64_t from_stride = scatter ? inner.dense : inner.strided, to_stride = scatter ? inner.strided : inner.dense;
  parallel_for(blocks_of(lines, group) * pieces, static_cast<double>(walk.size()) * sizeof(Item), [&](int64_t task) {
    const int64_t first = task % pieces * task_items, count = smaller(task_items, n - first);
    int64_t line = task / pieces * group;
    Position at(walk, 1, line);
    for (const int64_t last = smaller(lines, line + group); line < last; ++line) {
      copy_line(count, from + (scatter ? at.dense : at.strided) + first * from_stride, from_stride,
                to + (scatter ? at.strided : at.dense) + first * to_stride, to_stride);
      at.advance(walk, 1);
    }
  });
}

template <class Item>
void copy_items(Walk walk, const Item* x, Item* y) {
  const Axis& inner = walk.axes[0];
  if (walk.rank >= 2 && inner.strided != 1 && inner.strided != 0 && inner.size >= 4) {
    for (int i = 1; i < walk.rank; ++i) {
      if (walk.axes[i].strided != 1 || walk.axes[i].size < 4) continue;
      walk.bring_next_to_innermost(i);
      return transpose_walk(walk, x, y);
    }
  }
  line_walk<Item, false>(walk, x, y);
}

template <class Body>
void with_item(size_t size, Body&& body) {
  switch (size) {
    case 1:
      return body(uint8_t());
    case 2:
      return body(uint16_t());
    case 4:
      return body(uint32_t());
    default:
      return body(uint64_t());
  }
}

bool is_empty(const TransposeArgs& a) {
  for (int i = 0; i < a.rank; ++i) {
    if (a.shape[i] == 0) return true;
  }
  return false;
}

}  // namespace

void strided_copy(const TransposeArgs& a) {
  if (is_empty(a)) return;
  with_item(a.item_size, [&](auto item) {
    using Item = decltype(item);
    copy_items(Walk(a), static_cast<const Item*>(a.x), static_cast<Item*>(a.y));
  });
}

void strided_scatter(const TransposeArgs& a) {
  if (is_empty(a)) return;
  with_item(a.item_size, [&](auto item) {
    using Item = decltype(item);
    line_walk<Item, true>(Walk(a), static_cast<const Item*>(a.y), static_cast<Item*>(const_cast<void*>(a.x)));
  });
}

void gather(int64_t outer, int64_t n_in, int64_t n_index, int64_t row_bytes, const void* x, const int64_t* index,
            void* y) {
  const char* from = static_cast<const char*>(x);
  char* to = static_cast<char*>(y);
  const int64_t rows = outer * n_index, group = 1 + (int64_t{1} << 16) / (row_bytes + 8);
  parallel_for(blocks_of(rows, group), static_cast<double>(rows) * static_cast<double>(row_bytes), [&](int64_t task) {
    int64_t row = task * group;
    int64_t o = row / n_index, j = row % n_index;
    const auto each_row = [&](auto copy) {
      for (const int64_t last = smaller(rows, row + group); row < last; ++row) {
        copy(to + row * row_bytes, from + (o * n_in + index[j]) * row_bytes);
        if (++j == n_index) {
          j = 0;
          ++o;
        }
      }
    };
    // A constant size makes the copy a move.
    switch (row_bytes) {
      case 1:
        return each_row([](char* a, const char* b) { *a = *b; });
      case 4:
        return each_row([](char* a, const char* b) { std::memcpy(a, b, 4); });
      case 8:
        return each_row([](char* a, const char* b) { std::memcpy(a, b, 8); });
      default:
        return each_row([row_bytes](char* a, const char* b) { std::memcpy(a, b, row_bytes); });
    }
  });
}

void cast(DType from, DType to, int64_t n, const void* x, void* y) {
  if (n <= 0) return;
  if (from == to) {
    if (x != y) std::memcpy(y, x, n * size_of(to));
    return;
  }
  constexpr int64_t block = 1 << 14;
  with_type(from, [&](auto from_tag) {
    using From = typename decltype(from_tag)::type;
    const From* values = static_cast<const From*>(x);
    const auto each_block = [&](auto* out, auto convert_one) {
      parallel_for(blocks_of(n, block), static_cast<double>(n) * 4, [&](int64_t task) {
        const int64_t last = smaller(n, (task + 1) * block);
        for (int64_t i = task * block; i < last; ++i) out[i] = convert_one(values[i]);
      });
    };
    if (to == DType::boolean) {
      each_block(static_cast<uint8_t*>(y), [](From value) { return static_cast<uint8_t>(value != From(0)); });
      return;
    }
    with_type(to, [&](auto to_tag) {
      using To = typename decltype(to_tag)::type;
      each_block(static_cast<To*>(y), [](From value) { return convert<To>(value); });
    });
  });
}

}  // namespace pykeras::kernels::PYKERAS_ISA
