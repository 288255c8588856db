#pragma once
// 3x3 convolutions of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (Lavin & Gray 2015, arXiv:1509.09308): tiles
// of 6x6 pixels and the kernel are transformed, multiplied point by point (36 matrix products over the channels instead
// of 144 steps a tile), and transformed back to 4x4 outputs. A quarter of the multiplications, for sums of numbers a
// hundred times the result, hence float only and within 1e-4 of the direct sum.
#include "gemm_blocked.h"

namespace pykeras::kernels::PYKERAS_ISA {

struct Winograd {
  static constexpr int points = 6, out = 4, count = points * points;

  static int64_t tiles(const ConvShape& s) { return ceil_div(s.out_h, out) * ceil_div(s.out_w, out); }

  /// Whether it pays; nothing here depends on the batch, so that a sample's bits do not either.
  static bool pays(const ConvShape& s) {
    const bool fits = s.kernel_h == 3 && s.kernel_w == 3 && s.stride_h == 1 && s.stride_w == 1 && s.dilation_h == 1 &&
                      s.dilation_w == 1 && s.groups == 1 && s.in_c % 16 == 0 && s.out_c % 16 == 0;
    // Beyond, the transformed kernel outgrows the caches; below, or with ragged tiles, too many outputs are thrown
    // away.
    return fits && s.in_c <= 128 && s.out_c <= 128 && s.out_h * s.out_w >= 64 &&
           10 * tiles(s) * out * out <= 14 * s.out_h * s.out_w;
  }
  /// For gradients, which no sample has to itself: enough tiles to repay the transforms of the kernel, too.
  static bool pays_for_gradient(const ConvShape& s) { return pays(s) && s.batch * tiles(s) >= 64; }
};

namespace winograd {

using P = Packet<float>;

PYKERAS_INLINE P times(float a, P x) { return P::broadcast(a) * x; }

/// The transform of three taps along one axis to six points.
PYKERAS_INLINE void kernel_line(P a, P b, P c, P (&r)[6]) {
  const P outer = times(-1.0f / 6, a + c), middle = times(1.0f / 6, b);
  const P far = times(1.0f / 24, a) + times(1.0f / 6, c), half = times(1.0f / 12, b);
  r[0] = times(0.25f, a);
  r[1] = outer - middle;
  r[2] = outer + middle;
  r[3] = far + half;
  r[4] = far - half;
  r[5] = c;
}

/// The transform of six pixels along one axis.
PYKERAS_INLINE void input_line(const P (&d)[6], P (&r)[6]) {
  const P four = P::broadcast(4), five = P::broadcast(-5);
  const P p = multiply_add(P::broadcast(-4), d[2], d[4]), q = multiply_add(P::broadcast(-4), d[1], d[3]);
  const P s = d[4] - d[2], t = times(2, d[3] - d[1]);
  r[0] = multiply_add(four, d[0], multiply_add(five, d[2], d[4]));
  r[1] = p + q;
  r[2] = p - q;
  r[3] = s + t;
  r[4] = s - t;
  r[5] = multiply_add(four, d[1], multiply_add(five, d[3], d[5]));
}

/// Four outputs along one axis from six points.
PYKERAS_INLINE void output_line(const P (&m)[6], P (&y)[4]) {
  const P a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
  y[0] = m[0] + a + c;
  y[1] = multiply_add(P::broadcast(2), d, b);
  y[2] = multiply_add(P::broadcast(4), c, a);
  y[3] = multiply_add(P::broadcast(8), d, b) + m[5];
}

/// u[panel][point][in_c][columns of the panel] of w[3][3][in_c][out_c].
inline void transform_kernel(int64_t in_c, int64_t out_c, const float* w, float* u) {
  constexpr int64_t panel_columns = Tile<float>::columns;
  parallel_for(ceil_div(out_c, panel_columns), 36.0 * static_cast<double>(in_c * out_c), [&](int64_t panel) {
    const int64_t first = panel * panel_columns;
    const int64_t columns = out_c - first < panel_columns ? out_c - first : panel_columns;
    float* const base = u + Winograd::count * in_c * first;
    for (int64_t k = 0; k < in_c; ++k) {
      for (int64_t j = 0; j < columns; j += P::width) {
        P lines[3][6];
        for (int y = 0; y < 3; ++y) {
          const float* taps = w + (y * 3 * in_c + k) * out_c + first + j;
          kernel_line(P::load(taps), P::load(taps + in_c * out_c), P::load(taps + 2 * in_c * out_c), lines[y]);
        }
        for (int x = 0; x < 6; ++x) {
          P column[6];
          kernel_line(lines[0][x], lines[1][x], lines[2][x], column);
          for (int y = 0; y < 6; ++y) column[y].store(base + ((y * 6 + x) * in_c + k) * columns + j);
        }
      }
    }
  });
}

/// Tiles in the order of the images, their lines and columns.
struct Grid {
  int64_t across, down, total;
  explicit Grid(const ConvShape& s)
      : across(ceil_div(s.out_w, Winograd::out)),
        down(ceil_div(s.out_h, Winograd::out)),
        total(s.batch * across * down) {}

  struct Place {
    int64_t image, y, x;  // of the tile's first output
  };
  Place place(int64_t tile) const {
    return {tile / (across * down), tile / across % down * Winograd::out, tile % across * Winograd::out};
  }
};

/// v[point * point_step + channel] of one tile of x, for all channels.
inline void transform_input(const ConvShape& s, const Grid::Place& place, const float* x, float* v,
                            int64_t point_step) {
  const int64_t top = place.y - s.pad_top, left = place.x - s.pad_left;
  const float* const origin = x + ((place.image * s.in_h + top) * s.in_w + left) * s.in_c;
  const bool whole = top >= 0 && left >= 0 && top + 6 <= s.in_h && left + 6 <= s.in_w;
  for (int64_t channel = 0; channel < s.in_c; channel += P::width) {
    P lines[6][6];
    for (int64_t i = 0; i < 6; ++i) {
      P d[6];
      const float* line = origin + i * s.in_w * s.in_c + channel;
      if (whole) {
        PYKERAS_UNROLL
        for (int64_t j = 0; j < 6; ++j) d[j] = P::load(line + j * s.in_c);
      } else {
        const bool row = top + i >= 0 && top + i < s.in_h;
        for (int64_t j = 0; j < 6; ++j) {
          d[j] = row && left + j >= 0 && left + j < s.in_w ? P::load(line + j * s.in_c) : P::zero();
        }
      }
      input_line(d, lines[i]);
    }
    PYKERAS_UNROLL
    for (int64_t j = 0; j < 6; ++j) {
      P d[6], r[6];
      PYKERAS_UNROLL
      for (int64_t i = 0; i < 6; ++i) d[i] = lines[i][j];
      input_line(d, r);
      PYKERAS_UNROLL
      for (int64_t i = 0; i < 6; ++i) r[i].store(v + (i * 6 + j) * point_step + channel);
    }
  }
}

/// y of one tile, for the channels of one panel, from m[point * point_step + column].
inline void transform_output(const ConvShape& s, const Grid::Place& place, const float* m, int64_t point_step,
                             int64_t columns, const float* bias, float* y) {
  const int64_t height = s.out_h - place.y < 4 ? s.out_h - place.y : 4;
  const int64_t width = s.out_w - place.x < 4 ? s.out_w - place.x : 4;
  float* const origin = y + ((place.image * s.out_h + place.y) * s.out_w + place.x) * s.out_c;
  for (int64_t column = 0; column < columns; column += P::width) {
    P lines[4][6];
    PYKERAS_UNROLL
    for (int64_t j = 0; j < 6; ++j) {
      P d[6], r[4];
      PYKERAS_UNROLL
      for (int64_t i = 0; i < 6; ++i) d[i] = P::load(m + (i * 6 + j) * point_step + column);
      output_line(d, r);
      PYKERAS_UNROLL
      for (int64_t i = 0; i < 4; ++i) lines[i][j] = r[i];
    }
    const P shift = bias ? P::load(bias + column) : P::zero();
    for (int64_t i = 0; i < height; ++i) {
      P r[4];
      output_line(lines[i], r);
      float* const out = origin + i * s.out_w * s.out_c + column;
      for (int64_t j = 0; j < width; ++j) (r[j] + shift).store(out + j * s.out_c);
    }
  }
}

/// Six points along one axis from the gradients of four outputs: the transpose of output_line.
PYKERAS_INLINE void output_grad_line(const P (&y)[4], P (&r)[6]) {
  const P even = multiply_add(P::broadcast(4), y[2], y[0]), odd = multiply_add(P::broadcast(8), y[3], times(2, y[1]));
  const P a = y[0] + y[2], b = y[1] + y[3];
  r[0] = y[0];
  r[1] = a + b;
  r[2] = a - b;
  r[3] = even + odd;
  r[4] = even - odd;
  r[5] = y[3];
}

/// The gradients of three taps along one axis from those of six points: the transpose of kernel_line.
PYKERAS_INLINE void kernel_grad_line(const P (&u)[6], P (&w)[3]) {
  const P a = times(-1.0f / 6, u[1] + u[2]), c = u[3] + u[4];
  w[0] = times(0.25f, u[0]) + a + times(1.0f / 24, c);
  w[1] = times(1.0f / 6, u[2] - u[1]) + times(1.0f / 12, u[3] - u[4]);
  w[2] = a + times(1.0f / 6, c) + u[5];
}

/// q[point * point_step + column] of one tile of dy, for the channels of one panel.
inline void transform_output_grad(const ConvShape& s, const Grid::Place& place, const float* dy, int64_t columns,
                                  float* q, int64_t point_step) {
  const int64_t height = s.out_h - place.y < 4 ? s.out_h - place.y : 4;
  const int64_t width = s.out_w - place.x < 4 ? s.out_w - place.x : 4;
  const float* const origin = dy + ((place.image * s.out_h + place.y) * s.out_w + place.x) * s.out_c;
  for (int64_t column = 0; column < columns; column += P::width) {
    P lines[4][6];
    for (int64_t i = 0; i < 4; ++i) {
      P d[4];
      for (int64_t j = 0; j < 4; ++j) {
        d[j] = i < height && j < width ? P::load(origin + (i * s.out_w + j) * s.out_c + column) : P::zero();
      }
      output_grad_line(d, lines[i]);
    }
    PYKERAS_UNROLL
    for (int64_t j = 0; j < 6; ++j) {
      P d[4], r[6];
      PYKERAS_UNROLL
      for (int64_t i = 0; i < 4; ++i) d[i] = lines[i][j];
      output_grad_line(d, r);
      PYKERAS_UNROLL
      for (int64_t i = 0; i < 6; ++i) r[i].store(q + (i * 6 + j) * point_step + column);
    }
  }
}

/// dw[3][3][in_c][out_c] from the sum over parts of du[panel][point][in_c][columns of the panel].
inline void transform_kernel_grad(int64_t in_c, int64_t out_c, const float* du, int64_t parts, float* dw) {
  constexpr int64_t panel_columns = Tile<float>::columns;
  const int64_t part_size = Winograd::count * in_c * out_c;
  parallel_for(in_c, static_cast<double>(parts * part_size), [&](int64_t k) {
    for (int64_t first = 0; first < out_c; first += panel_columns) {
      const int64_t columns = out_c - first < panel_columns ? out_c - first : panel_columns;
      for (int64_t j = 0; j < columns; j += P::width) {
        P lines[6][3];
        for (int64_t i = 0; i < 6; ++i) {
          P u[6];
          for (int64_t x = 0; x < 6; ++x) {
            const float* from = du + Winograd::count * in_c * first + ((i * 6 + x) * in_c + k) * columns + j;
            u[x] = P::load(from);
            for (int64_t part = 1; part < parts; ++part) u[x] += P::load(from + part * part_size);
          }
          kernel_grad_line(u, lines[i]);
        }
        for (int64_t x = 0; x < 3; ++x) {
          P u[6], taps[3];
          for (int64_t i = 0; i < 6; ++i) u[i] = lines[i][x];
          kernel_grad_line(u, taps);
          for (int64_t y = 0; y < 3; ++y) taps[y].store(dw + ((y * 3 + x) * in_c + k) * out_c + first + j);
        }
      }
    }
  });
}

/// Transformed tiles of a task fill about half a second-level cache.
inline int64_t tiles_in_cache(int64_t in_c) { return round_up(65536 / (Winograd::count * in_c), Tile<float>::rows); }

}  // namespace winograd

/// y = conv(x, w) + bias, activated; w[3][3][in_c][out_c], of a shape that Winograd::pays for.
inline void winograd_conv2d(const ConvShape& s, const float* x, const float* w, float* y,
                            const Epilogue<float>& epilogue) {
  using namespace winograd;
  constexpr int64_t tile_rows = Tile<float>::rows, panel_columns = Tile<float>::columns;
  const Grid grid(s);
  float* const u = static_cast<float*>(thread_scratch(0, Winograd::count * s.in_c * s.out_c * sizeof(float)));
  transform_kernel(s.in_c, s.out_c, w, u);

  // A tile's bits do not depend on its neighbours, so the threads may share the tiles as they like.
  const int64_t most = tiles_in_cache(s.in_c), share = round_up(ceil_div(grid.total, num_threads()), tile_rows);
  const int64_t block = most < share ? most : share;
  const int64_t tasks = ceil_div(grid.total, block);
  const double work = product_work(grid.total * Winograd::count, s.out_c, s.in_c);
  parallel_for(tasks, work, [&](int64_t task) {
    const int64_t first = task * block;
    const int64_t tiles_here = grid.total - first < block ? grid.total - first : block;
    float* const v = static_cast<float*>(thread_scratch(1, Winograd::count * block * s.in_c * sizeof(float)));
    float* const m = static_cast<float*>(thread_scratch(2, Winograd::count * block * panel_columns * sizeof(float)));
    for (int64_t tile = 0; tile < tiles_here; ++tile) {
      transform_input(s, grid.place(first + tile), x, v + tile * s.in_c, block * s.in_c);
    }
    for (int64_t channel = 0; channel < s.out_c; channel += panel_columns) {
      const int64_t columns = s.out_c - channel < panel_columns ? s.out_c - channel : panel_columns;
      const int packets = static_cast<int>(columns / P::width);
      const float* panel = u + Winograd::count * s.in_c * channel;
      for (int64_t point = 0; point < Winograd::count; ++point) {
        const Run<float> run{v + point * block * s.in_c, panel + point * s.in_c * columns, s.in_c};
        TileOutput<float> out{m + point * block * columns, columns, false, nullptr, columns - P::width, 0, P::width};
        for (int64_t i = 0; i < tiles_here; i += tile_rows, out.c += tile_rows * columns) {
          const int64_t rows = tiles_here - i < tile_rows ? tiles_here - i : tile_rows;
          tiles<float>.strided[rows][packets]({&run, 1, i * s.in_c, 0, s.in_c, 1, columns}, out);
        }
      }
      const float* bias = epilogue.bias ? epilogue.bias + channel : nullptr;
      for (int64_t tile = 0; tile < tiles_here; ++tile) {
        transform_output(s, grid.place(first + tile), m + tile * columns, block * columns, columns, bias, y + channel);
      }
    }
    if (!epilogue.activation) return;
    for (int64_t tile = 0; tile < tiles_here; ++tile) {
      const Grid::Place place = grid.place(first + tile);
      const int64_t height = s.out_h - place.y < 4 ? s.out_h - place.y : 4;
      const int64_t width = s.out_w - place.x < 4 ? s.out_w - place.x : 4;
      float* const origin = y + ((place.image * s.out_h + place.y) * s.out_w + place.x) * s.out_c;
      const Output<float> square{origin, s.out_w * s.out_c, false, epilogue};
      square.activate(0, height, 0, width * s.out_c);
    }
  });
}

/// dx = conv(dy, w turned by half a turn and transposed), of a shape whose mirror Winograd::pays for.
inline ConvShape mirrored(const ConvShape& s) {
  ConvShape mirror = s;
  mirror.in_h = s.out_h;
  mirror.in_w = s.out_w;
  mirror.in_c = s.out_c;
  mirror.out_h = s.in_h;
  mirror.out_w = s.in_w;
  mirror.out_c = s.in_c;
  mirror.pad_top = s.kernel_h - 1 - s.pad_top;
  mirror.pad_left = s.kernel_w - 1 - s.pad_left;
  return mirror;
}

inline void winograd_input_grad(const ConvShape& s, const float* dy, const float* w, float* dx) {
  const int64_t size = s.in_c * s.out_c;
  float* const turned = static_cast<float*>(thread_scratch(3, 9 * size * sizeof(float)));
  for (int64_t tap = 0; tap < 9; ++tap) {
    const float* from = w + (8 - tap) * size;
    float* to = turned + tap * size;
    for (int64_t j = 0; j < s.out_c; ++j) {
      for (int64_t i = 0; i < s.in_c; ++i) to[j * s.in_c + i] = from[i * s.out_c + j];
    }
  }
  winograd_conv2d(mirrored(s), dy, turned, dx, {});
}

/// dw of a shape that Winograd::pays for. The tiles are cut into parts whose sums are added in order; how many depends
/// on the sizes alone.
inline void winograd_kernel_grad(const ConvShape& s, const float* x, const float* dy, float* dw) {
  using namespace winograd;
  constexpr int64_t tile_rows = Tile<float>::rows, panel_columns = Tile<float>::columns, most_floats = 1 << 22;
  const Grid grid(s);
  const int64_t block = tiles_in_cache(s.in_c);
  const int64_t part_size = Winograd::count * s.in_c * s.out_c;
  const int64_t blocks = ceil_div(grid.total, block);
  int64_t parts = most_floats / part_size < 16 ? most_floats / part_size : 16;
  const int64_t part_blocks = ceil_div(blocks, parts);
  parts = ceil_div(blocks, part_blocks);
  float* const du = static_cast<float*>(thread_scratch(0, parts * part_size * sizeof(float)));

  const double work = product_work(grid.total * Winograd::count, s.out_c, s.in_c);
  parallel_for(parts, work, [&](int64_t part) {
    float* const v = static_cast<float*>(thread_scratch(1, Winograd::count * block * s.in_c * sizeof(float)));
    float* const q = static_cast<float*>(thread_scratch(2, Winograd::count * block * panel_columns * sizeof(float)));
    for (int64_t number = part * part_blocks; number < blocks && number < (part + 1) * part_blocks; ++number) {
      const int64_t first = number * block;
      const int64_t tiles_here = grid.total - first < block ? grid.total - first : block;
      for (int64_t tile = 0; tile < tiles_here; ++tile) {
        transform_input(s, grid.place(first + tile), x, v + tile * s.in_c, block * s.in_c);
      }
      for (int64_t channel = 0; channel < s.out_c; channel += panel_columns) {
        const int64_t columns = s.out_c - channel < panel_columns ? s.out_c - channel : panel_columns;
        const int packets = static_cast<int>(columns / P::width);
        for (int64_t tile = 0; tile < tiles_here; ++tile) {
          transform_output_grad(s, grid.place(first + tile), dy + channel, columns, q + tile * columns,
                                block * columns);
        }
        float* const sums = du + part * part_size + Winograd::count * s.in_c * channel;
        for (int64_t point = 0; point < Winograd::count; ++point) {
          const Run<float> run{v + point * block * s.in_c, q + point * block * columns, tiles_here};
          TileOutput<float> out{sums + point * s.in_c * columns,
                                columns,
                                number > part * part_blocks,
                                nullptr,
                                columns - P::width,
                                0,
                                P::width};
          for (int64_t i = 0; i < s.in_c; i += tile_rows, out.c += tile_rows * columns) {
            const int64_t rows = s.in_c - i < tile_rows ? s.in_c - i : tile_rows;
            tiles<float>.strided[rows][packets]({&run, 1, i, 0, 1, s.in_c, columns}, out);
          }
        }
      }
    }
  });
  transform_kernel_grad(s.in_c, s.out_c, du, parts, dw);
}

}  // namespace pykeras::kernels::PYKERAS_ISA
