#pragma once
// Register tiles of the matrix product. A tile keeps rows x packets accumulators in registers and adds the products of
// one step of k after the other, so an element's bits depend on k alone, never on the tile, its position or the thread.
#include "packet.h"
#include "table.h"

namespace pykeras::kernels::PYKERAS_ISA {

#define PYKERAS_UNROLL _Pragma("GCC unroll 16")

/// The tile that fills the register file: accumulators, one row of b, one broadcast element of a.
template <class T>
struct Tile {
  static constexpr int width = Packet<T>::width;
#if defined(__AVX512F__)
  static constexpr int rows = 14, packets = 2;
#elif defined(__aarch64__)
  static constexpr int rows = 8, packets = 3;
#else
  static constexpr int rows = 6, packets = 2;
#endif
  static constexpr int columns = packets * width;
};

/// Tiles of few rows take more columns, to hide the latency of the additions.
template <class T>
constexpr int max_packets(int rows) {
  return rows == 1 ? 8 : rows <= 3 ? 4 : Tile<T>::packets;
}

/// Where a tile is written. Its last packet may be narrower than a packet (lanes [0, last_end) count; nothing beyond is
/// touched) or overlap its neighbour (lanes [last_begin, width) count; the others belong to columns of the same row).
template <class T>
struct TileOutput {
  T* c;
  int64_t ldc;
  bool accumulate;
  const T* bias;  // null, or the bias of the tile's first column
  int64_t last_offset;
  int last_begin, last_end;
};

template <class T, int rows, int packets>
PYKERAS_INLINE void clear_tile(Packet<T> (&sum)[rows][packets]) {
  PYKERAS_UNROLL
  for (int i = 0; i < rows; ++i) {
    PYKERAS_UNROLL
    for (int j = 0; j < packets; ++j) sum[i][j] = Packet<T>::zero();
  }
}

/// Lane by lane, for a last packet that is narrow or overlaps; not inlined, to keep the many tiles small.
template <class T>
__attribute__((noinline)) void store_last_packet(const T* lanes, int rows, const TileOutput<T>& out) {
  T* c = out.c + out.last_offset;
  for (int i = 0; i < rows; ++i, c += out.ldc, lanes += Packet<T>::width) {
    for (int lane = out.last_begin; lane < out.last_end; ++lane) {
      const T value = out.accumulate ? c[lane] + lanes[lane] : lanes[lane];
      c[lane] = out.bias ? value + out.bias[out.last_offset + lane] : value;
    }
  }
}

template <class T, int rows, int packets>
PYKERAS_INLINE void store_tile(const Packet<T> (&sum)[rows][packets], const TileOutput<T>& output) {
  using P = Packet<T>;
  const TileOutput<T> out = output;  // a copy of its own: stores through c cannot change it
  const bool partial = out.last_end < P::width || out.last_begin > 0;
  PYKERAS_UNROLL
  for (int j = 0; j < packets; ++j) {
    if (j == packets - 1 && partial) {
      T lanes[rows * P::width];
      PYKERAS_UNROLL
      for (int i = 0; i < rows; ++i) sum[i][j].store(lanes + i * P::width);
      store_last_packet(lanes, rows, output);
      return;
    }
    T* const c = out.c + j * P::width;
    if (!out.accumulate && !out.bias) {
      PYKERAS_UNROLL
      for (int i = 0; i < rows; ++i) sum[i][j].store(c + i * out.ldc);
      continue;
    }
    const P bias = out.bias ? P::load(out.bias + j * P::width) : P::zero();
    PYKERAS_UNROLL
    for (int i = 0; i < rows; ++i) {
      P value = sum[i][j];
      if (out.accumulate) value = P::load(c + i * out.ldc) + value;
      if (out.bias) value = value + bias;
      value.store(c + i * out.ldc);
    }
  }
}

/// a: a panel of Tile::rows rows, b: a panel of Tile::columns columns, both stored one step of k after the other.
template <class T, int rows, int packets>
void packed_tile(int64_t k, const T* __restrict a, const T* __restrict b, const TileOutput<T>& out) {
  using P = Packet<T>;
  P sum[rows][packets];
  clear_tile<T>(sum);
  for (int64_t p = 0; p < k; ++p) {
    P row[packets];
    PYKERAS_UNROLL
    for (int j = 0; j < packets; ++j) row[j] = P::load(b + j * P::width);
    PYKERAS_UNROLL
    for (int i = 0; i < rows; ++i) {
      const P scale = P::broadcast(a[i]);
      PYKERAS_UNROLL
      for (int j = 0; j < packets; ++j) sum[i][j] = multiply_add(scale, row[j], sum[i][j]);
    }
    a += Tile<T>::rows;
    b += Tile<T>::columns;
  }
  store_tile(sum, out);
}

/// `count` steps of k whose operands begin at a and b.
template <class T>
struct Run {
  const T* a;
  const T* b;
  int64_t count;
};

/// Operands read in place, as runs of steps: element (i, p) of a run is a[a_offset + i * a_row + p * a_step], its row p
/// of b begins at b + b_offset + p * b_step.
template <class T>
struct StridedOperands {
  const Run<T>* runs;
  int64_t run_count, a_offset, b_offset, a_row, a_step, b_step;
};

template <class T, int rows, int packets>
void strided_tile(const StridedOperands<T>& in, const TileOutput<T>& out) {
  using P = Packet<T>;
  P sum[rows][packets];
  clear_tile<T>(sum);
  const int64_t last = out.last_offset, a_step = in.a_step, b_step = in.b_step;
  for (const Run<T>* run = in.runs; run < in.runs + in.run_count; ++run) {
    const T* b = run->b + in.b_offset;
    const T* a[rows];
    PYKERAS_UNROLL
    for (int i = 0; i < rows; ++i) a[i] = run->a + in.a_offset + i * in.a_row;
    const int64_t end = run->count * a_step;
    for (int64_t p = 0; p < end; p += a_step, b += b_step) {
      P row[packets];
      PYKERAS_UNROLL
      for (int j = 0; j < packets; ++j) row[j] = P::load(b + (j == packets - 1 ? last : j * P::width));
      PYKERAS_UNROLL
      for (int i = 0; i < rows; ++i) {
        const P scale = P::broadcast(a[i][p]);
        PYKERAS_UNROLL
        for (int j = 0; j < packets; ++j) sum[i][j] = multiply_add(scale, row[j], sum[i][j]);
      }
    }
  }
  store_tile(sum, out);
}

/// The rows of a are gathered: its steps are `runs` runs of `length` steps, row i of a run beginning at
/// pointers[run * Tile::rows + i]; b is a panel.
template <class T, int rows, int packets>
void gathered_tile(int64_t runs, int64_t length, const T* const* pointers, const T* b, const TileOutput<T>& out) {
  using P = Packet<T>;
  P sum[rows][packets];
  clear_tile<T>(sum);
  for (int64_t run = 0; run < runs; ++run, pointers += Tile<T>::rows) {
    const T* a[rows];
    PYKERAS_UNROLL
    for (int i = 0; i < rows; ++i) a[i] = pointers[i];
    for (int64_t p = 0; p < length; ++p, b += Tile<T>::columns) {
      P row[packets];
      PYKERAS_UNROLL
      for (int j = 0; j < packets; ++j) row[j] = P::load(b + j * P::width);
      PYKERAS_UNROLL
      for (int i = 0; i < rows; ++i) {
        const P scale = P::broadcast(a[i][p]);
        PYKERAS_UNROLL
        for (int j = 0; j < packets; ++j) sum[i][j] = multiply_add(scale, row[j], sum[i][j]);
      }
    }
  }
  store_tile(sum, out);
}

template <class T>
using PackedTile = void (*)(int64_t, const T*, const T*, const TileOutput<T>&);
template <class T>
using StridedTile = void (*)(const StridedOperands<T>&, const TileOutput<T>&);
template <class T>
using GatheredTile = void (*)(int64_t, int64_t, const T* const*, const T*, const TileOutput<T>&);

/// The tiles of this instruction set by [rows][packets].
template <class T>
struct Tiles {
  static constexpr int most_packets = max_packets<T>(1);
  PackedTile<T> packed[Tile<T>::rows + 1][Tile<T>::packets + 1] = {};
  GatheredTile<T> gathered[Tile<T>::rows + 1][Tile<T>::packets + 1] = {};
  StridedTile<T> strided[Tile<T>::rows + 1][most_packets + 1] = {};

  constexpr Tiles() { add_rows<1>(); }

 private:
  template <int rows>
  constexpr void add_rows() {
    add_tile<rows, 1>();
    if constexpr (rows < Tile<T>::rows) add_rows<rows + 1>();
  }
  template <int rows, int packets>
  constexpr void add_tile() {
    if constexpr (packets <= Tile<T>::packets) {
      packed[rows][packets] = &packed_tile<T, rows, packets>;
      gathered[rows][packets] = &gathered_tile<T, rows, packets>;
    }
    strided[rows][packets] = &strided_tile<T, rows, packets>;
    if constexpr (packets < max_packets<T>(rows)) add_tile<rows, packets + 1>();
  }
};

template <class T>
inline constexpr Tiles<T> tiles{};

}  // namespace pykeras::kernels::PYKERAS_ISA
