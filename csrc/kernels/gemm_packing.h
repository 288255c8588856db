#pragma once
// Packing: a block of an operand is copied into panels of `lanes` rows (of a) or columns (of b), one step of k after
// the other, so that the microkernel reads memory in order. A packer is a callable
//   (T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count)
// that packs lanes first, ..., first + count - 1; panel i begins at panels + i * lanes * k_count. Where `lanes` is no
// multiple of the packet's width it packs in ascending order and may write up to a packet past the last panel.
#include "gemm_microkernel.h"

namespace pykeras::kernels::PYKERAS_ISA {

constexpr int64_t ceil_div(int64_t x, int64_t y) { return (x + y - 1) / y; }
constexpr int64_t round_up(int64_t x, int64_t y) { return ceil_div(x, y) * y; }

/// panel[p * lanes + i] = rows[i][p]: transposes packet-sized squares in registers. Where `lanes` is no multiple of the
/// width, the last store of a step spills into the next step, which is written afterwards.
template <class T, int lanes>
void pack_rows(const T* const* rows, int64_t k, T* panel) {
  using P = Packet<T>;
  constexpr int width = P::width;
  constexpr int groups = (lanes + width - 1) / width;
  int64_t p = 0;
  for (; p + width <= k; p += width) {
    P block[groups][width];
    PYKERAS_UNROLL
    for (int g = 0; g < groups; ++g) {
      PYKERAS_UNROLL
      for (int i = 0; i < width; ++i) {
        block[g][i] = g * width + i < lanes ? P::load(rows[g * width + i] + p) : P::zero();
      }
      transpose<T>(block[g]);
    }
    PYKERAS_UNROLL
    for (int i = 0; i < width; ++i) {
      PYKERAS_UNROLL
      for (int g = 0; g < groups; ++g) block[g][i].store(panel + (p + i) * lanes + g * width);
    }
  }
  for (; p < k; ++p) {
    for (int i = 0; i < lanes; ++i) panel[p * lanes + i] = rows[i][p];
  }
}

/// Packs a strided matrix: element (lane i, step p) is data[i * lane_step + p * k_step], one of the steps being 1.
template <class T, int lanes>
struct MatrixPanels {
  const T* data;
  int64_t lane_step, k_step;

  void operator()(T* panels, int64_t first, int64_t count, int64_t k_begin, int64_t k_count) const {
    const T* source = data + first * lane_step + k_begin * k_step;
    int64_t i = 0;
    // Steps side by side in memory: several panels at a time read longer pieces of a row.
    for (; lane_step == 1 && i + 4 * lanes <= count; i += 4 * lanes) {
      copy_panels<4>(source + i, k_count, panels + i * k_count);
    }
    for (; i < count; i += lanes) {
      const int64_t valid = count - i < lanes ? count - i : lanes;
      if (lane_step == 1 && valid == lanes) {
        copy_panels<1>(source + i, k_count, panels + i * k_count);
      } else if (lane_step == 1) {
        copy_narrow(source + i, valid, k_count, panels + i * k_count);
      } else {
        const T* rows[lanes];
        // Lanes past the end repeat the first; what is computed from them is never stored.
        for (int64_t j = 0; j < lanes; ++j) rows[j] = source + (i + (j < valid ? j : 0)) * lane_step;
        pack_rows<T, lanes>(rows, k_count, panels + i * k_count);
      }
    }
  }

 private:
  template <int count>
  void copy_panels(const T* source, int64_t k_count, T* panels) const {
    constexpr int64_t ahead = 8;  // rows far apart in memory come in time only if asked for
    for (int64_t p = 0; p < k_count; ++p, source += k_step, panels += lanes) {
      if (p + ahead < k_count) {
        PYKERAS_UNROLL
        for (int i = 0; i < count * lanes; i += 64 / sizeof(T)) packet_ops::prefetch(source + ahead * k_step + i);
        packet_ops::prefetch(source + ahead * k_step + count * lanes - 1);
      }
      PYKERAS_UNROLL
      for (int i = 0; i < count; ++i) std::memcpy(panels + i * lanes * k_count, source + i * lanes, lanes * sizeof(T));
    }
  }

  void copy_narrow(const T* source, int64_t valid, int64_t k_count, T* panel) const {
    for (int64_t p = 0; p < k_count; ++p) {
      for (int64_t i = 0; i < lanes; ++i) panel[p * lanes + i] = i < valid ? source[p * k_step + i] : T(0);
    }
  }
};

}  // namespace pykeras::kernels::PYKERAS_ISA
