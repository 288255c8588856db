#pragma once
// Convolutions that read the image in place, for those with too few output channels to repay packed patches.
#include "conv_packing.h"
#include "gemm_blocked.h"

namespace pykeras::kernels::PYKERAS_ISA {

/// How a patch is read in place: as runs of columns that lie side by side in memory. A run is a tap with its channels
/// or, where channels are few and taps are neighbours, a line of taps; runs that leave the image are copied, with
/// zeros.
template <class T>
struct PatchRuns {
  static constexpr int64_t most_zeros = 1024;
  Patches<T> s;
  bool lines;

  explicit PatchRuns(const Patches<T>& patches)
      : s(patches), lines(patches.channels < 8 && patches.tap_step_w == 1 && patches.pixel_step == patches.channels) {}

  bool worthwhile() const { return length() >= 3 && s.channels <= most_zeros; }
  int64_t count() const { return lines ? s.taps_h : s.taps_h * s.taps_w; }
  int64_t length() const { return lines ? s.taps_w * s.channels : s.channels; }

  /// Where pixels [first, first + count) find run r of their patches: pixel i at
  /// table[(i / Tile::rows * count() + r) * Tile::rows + i % Tile::rows]. `copies` has room for all that is copied.
  void find(int64_t first, int64_t pixels, const T** table, T* copies) const {
    constexpr int64_t rows = Tile<T>::rows;
    int64_t out_x = first % s.out_w, out_y = first / s.out_w % s.out_h, image = first / s.out_w / s.out_h;
    for (int64_t i = 0; i < pixels; ++i) {
      const int64_t y = out_y * s.stride_h + s.origin_h, x = out_x * s.stride_w + s.origin_w;
      const T** entry = table + i / rows * rows * count() + i % rows;
      if (lines) {
        find_lines(image, y, x, entry, copies + i * s.columns());
      } else {
        find_taps(image, y, x, entry);
      }
      if (++out_x < s.out_w) continue;
      out_x = 0;
      if (++out_y < s.out_h) continue;
      out_y = 0;
      ++image;
    }
  }

 private:
  bool inside(int64_t y, int64_t x) const { return y >= 0 && y < s.in_h && x >= 0 && x < s.in_w; }

  void find_taps(int64_t image, int64_t y, int64_t x, const T** entry) const {
    static const T zeros[most_zeros] = {};
    const int64_t step_h = s.tap_step_h * s.in_w * s.pixel_step, step_w = s.tap_step_w * s.pixel_step;
    const int64_t origin = ((image * s.in_h + y) * s.in_w + x) * s.pixel_step;
    const bool whole = inside(y, x) && inside(y + (s.taps_h - 1) * s.tap_step_h, x + (s.taps_w - 1) * s.tap_step_w);
    for (int64_t tap_y = 0; tap_y < s.taps_h; ++tap_y) {
      int64_t offset = origin + tap_y * step_h;
      for (int64_t tap_x = 0; tap_x < s.taps_w; ++tap_x, entry += Tile<T>::rows, offset += step_w) {
        *entry = whole || inside(y + tap_y * s.tap_step_h, x + tap_x * s.tap_step_w) ? s.x + offset : zeros;
      }
    }
  }

  void find_lines(int64_t image, int64_t y, int64_t x, const T** entry, T* copy) const {
    if (inside(y, x) && inside(y + (s.taps_h - 1) * s.tap_step_h, x + s.taps_w - 1)) {
      const T* run = s.x + ((image * s.in_h + y) * s.in_w + x) * s.pixel_step;
      const int64_t step = s.tap_step_h * s.in_w * s.pixel_step;
      for (int64_t tap_y = 0; tap_y < s.taps_h; ++tap_y) entry[tap_y * Tile<T>::rows] = run + tap_y * step;
      return;
    }
    for (int64_t tap_y = 0; tap_y < s.taps_h; ++tap_y, entry += Tile<T>::rows) {
      const int64_t line = y + tap_y * s.tap_step_h;
      if (inside(line, x) && x + s.taps_w <= s.in_w) {
        *entry = s.x + ((image * s.in_h + line) * s.in_w + x) * s.pixel_step;
        continue;
      }
      *entry = copy;
      for (int64_t tap_x = x; tap_x < x + s.taps_w; ++tap_x) {
        for (int64_t c = 0; c < s.channels; ++c) {
          *copy++ = inside(line, tap_x) ? s.x[((image * s.in_h + line) * s.in_w + tap_x) * s.pixel_step + c] : T(0);
        }
      }
    }
  }
};

/// patches · b without packing the patches.
template <class T, class PackB>
void gathered_product(const PatchRuns<T>& runs, int64_t pixels, int64_t n, const PackB& pack_b, const Output<T>& out) {
  constexpr int64_t tile_rows = Tile<T>::rows, tile_columns = Tile<T>::columns;
  constexpr int64_t block_rows = 16 * tile_rows;
  const int64_t k = runs.s.columns(), count = runs.count();
  T* b_panels = static_cast<T*>(thread_scratch(0, round_up(n, tile_columns) * k * sizeof(T)));
  pack_columns(0, n, 0, k, pack_b, b_panels);

  parallel_for(ceil_div(pixels, block_rows), product_work(pixels, n, k), [&](int64_t task) {
    const int64_t row = task * block_rows;
    const int64_t rows = pixels - row < block_rows ? pixels - row : block_rows;
    const T** table = static_cast<const T**>(thread_scratch(1, block_rows * count * sizeof(T*)));
    T* copies = runs.lines ? static_cast<T*>(thread_scratch(3, block_rows * k * sizeof(T))) : nullptr;
    runs.find(row, rows, table, copies);
    for (int64_t j = 0; j < n; j += tile_columns) {
      const int64_t tile_n = n - j < tile_columns ? n - j : tile_columns;
      const int packets = static_cast<int>(ceil_div(tile_n, Packet<T>::width));
      TileOutput<T> tile = tile_output(out, row, j, tile_n, packets, true, true);
      for (int64_t i = 0; i < rows; i += tile_rows, tile.c += tile_rows * out.ldc) {
        const int64_t tile_m = rows - i < tile_rows ? rows - i : tile_rows;
        tiles<T>.gathered[tile_m][packets](count, runs.length(), table + i * count, b_panels + j * k, tile);
      }
    }
    out.activate(row, rows, 0, n);
  });
}

/// The runs of one tap over `line_count` lines of pixels that begin at line `first`, with b in panels.
template <class T>
int64_t tap_runs(const Patches<T>& s, int64_t tap, int64_t first, int64_t line_count, const T* panels, Run<T>* runs) {
  const int64_t tap_y = tap / s.taps_w * s.tap_step_h + s.origin_h, tap_x = tap % s.taps_w * s.tap_step_w + s.origin_w;
  const Range inside = inside_range(s.out_w, s.stride_w, tap_x, s.in_w);
  int64_t count = 0;
  for (int64_t i = 0; i < line_count && inside.begin < inside.end; ++i) {
    const int64_t line = first + i, image = line / s.out_h, y = (line - image * s.out_h) * s.stride_h + tap_y;
    if (y < 0 || y >= s.in_h) continue;
    runs[count++] = {s.x + ((image * s.in_h + y) * s.in_w + inside.begin * s.stride_w + tap_x) * s.pixel_step,
                     panels + (i * s.out_w + inside.begin) * Tile<T>::columns, inside.end - inside.begin};
  }
  return count;
}

/// patches transposed · dy with the patches in place: a tile is some channels of one tap times some columns of dy, a
/// run the part of a line of pixels that has this tap inside the image. Tasks are parts of the lines, whose products
/// are summed in order; where dw is too large for several parts, taps are tasks too. The parts depend on the sizes
/// alone.
template <class T, class PackDy>
void kernel_grad_in_place(const Patches<T>& s, int64_t lines, int64_t n, const PackDy& pack_dy, const Output<T>& out) {
  constexpr int64_t width = Packet<T>::width, tile_columns = Tile<T>::columns, most_runs = 64;
  constexpr int64_t block_pixels = 1024 / static_cast<int64_t>(sizeof(T));
  const int64_t m = s.columns(), taps = s.taps_h * s.taps_w;
  int64_t block_lines = ceil_div(block_pixels, s.out_w);
  if (block_lines > most_runs) block_lines = most_runs;
  const int64_t most_parts = ceil_div(1 << 19, m * n);
  const int64_t part_lines = round_up(ceil_div(lines, most_parts < 16 ? most_parts : 16), block_lines);
  const int64_t parts = ceil_div(lines, part_lines);
  const int64_t task_taps = parts >= 8 ? taps : 1, tap_tasks = taps / task_taps;
  const int64_t bands = ceil_div(s.channels, Tile<T>::rows), band = ceil_div(s.channels, bands);
  T* sums = parts == 1 ? nullptr : static_cast<T*>(thread_scratch(2, parts * m * n * sizeof(T)));

  parallel_for(parts * tap_tasks, product_work(m, n, lines * s.out_w), [&](int64_t task) {
    const int64_t part = task / tap_tasks, first_tap = task % tap_tasks * task_taps;
    const Output<T> to = sums ? Output<T>{sums + part * m * n, n, false, {}} : out;
    const int64_t end = (part + 1) * part_lines < lines ? (part + 1) * part_lines : lines;
    T* panels = static_cast<T*>(thread_scratch(0, round_up(n, tile_columns) * block_lines * s.out_w * sizeof(T)));
    for (int64_t begin = part * part_lines; begin < end; begin += block_lines) {
      const int64_t line_count = end - begin < block_lines ? end - begin : block_lines;
      const int64_t pixels = line_count * s.out_w;
      pack_dy(panels, 0, n, begin * s.out_w, pixels);
      for (int64_t tap = first_tap; tap < first_tap + task_taps; ++tap) {
        Run<T> runs[most_runs];
        const int64_t run_count = tap_runs(s, tap, begin, line_count, panels, runs);
        for (int64_t j = 0; j < n; j += tile_columns) {
          const int64_t tile_n = n - j < tile_columns ? n - j : tile_columns;
          const int packets = static_cast<int>(ceil_div(tile_n, width));
          TileOutput<T> tile = tile_output(to, tap * s.channels, j, tile_n, packets, begin == part * part_lines, false);
          for (int64_t i = 0; i < s.channels; i += band, tile.c += band * to.ldc) {
            const int64_t tile_m = s.channels - i < band ? s.channels - i : band;
            tiles<T>.strided[tile_m][packets](
                {runs, run_count, i, j * pixels, 1, s.stride_w * s.pixel_step, tile_columns}, tile);
          }
        }
      }
    }
  });
  if (sums) sum_parts(parts, m, n, sums, out);
}

}  // namespace pykeras::kernels::PYKERAS_ISA
