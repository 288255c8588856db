// Pooling over two spatial axes, NHWC.
#include <algorithm>
#include <cmath>

#include "conv.h"

namespace pykeras {
namespace {

struct PoolAttributes {
  std::vector<int64_t> pool_size{2, 2}, strides{2, 2}, padding{0, 0, 0, 0};

  ConvAttributes conv() const {
    ConvAttributes conv;
    conv.strides = strides;
    conv.padding = padding;
    return conv;
  }
  Spec infer_pool(const char* name, const Spec& x) const {
    expect_conv(name, conv());
    expect_float(name, "x", x);
    expect_rank(name, "x", x, 4);
    expect(pool_size.size() == 2 && pool_size[0] >= 1 && pool_size[1] >= 1, name, "expected 2 pool sizes >= 1");
    for (int i = 0; i < 4; ++i) {
      expect(padding[i] < pool_size[i / 2], name,
             "padding must be smaller than the pool: a window would see padding only");
    }
    return Spec{x.dtype,
                Shape{x.dim(0), conv_output(name, x.dim(1), pool_size[0], strides[0], 1, padding[0] + padding[1]),
                      conv_output(name, x.dim(2), pool_size[1], strides[1], 1, padding[2] + padding[3]), x.dim(3)}};
  }
  kernels::ConvShape shape(const Shape& x, const Shape& y) const {
    return conv_shape(conv(), x, pool_size[0], pool_size[1], y, 1);
  }
};

#define PYKERAS_POOL_ATTRIBUTES(Type)                                                         \
  static auto attributes() {                                                                  \
    return std::tuple{field("pool_size", &Type::pool_size), field("strides", &Type::strides), \
                      field("padding", &Type::padding)};                                      \
  }

struct MaxPool2DPick;
Tensor pick(const PoolAttributes& pool, const Tensor& x, const Tensor& values);

struct MaxPool2DGrad : PoolAttributes {
  static constexpr auto name = "max_pool2d_grad";
  static constexpr auto doc = "dy sent to the first largest value of each window of x";
  static constexpr std::array inputs{"x", "dy"};
  PYKERAS_POOL_ATTRIBUTES(MaxPool2DGrad)
  Spec infer(Spec x, Spec dy) const {
    expect_same(name, "dy", infer_pool(name, x), dy);
    return x;
  }
  void forward(In x, In dy, Out dx) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().max_pool2d_grad(shape(x.spec->shape, dy.spec->shape), x.as<T>(), dy.as<T>(), dx.as<T>());
    });
  }
  // Where a window's largest value lies does not change with small changes of x.
  Tensors gradient(const Backward& b) const {
    return {b.needs(0) ? zeros(b.in(0).spec()) : Tensor(), b.needs(1) ? pick(*this, b.in(0), b.dy()) : Tensor()};
  }
};
PYKERAS_OP(MaxPool2DGrad)

/// For second derivatives only, so a plain loop serves.
template <class T>
void pick_at_largest(const kernels::ConvShape& s, const T* x, const T* values, T* y) {
  const auto before = [](T a, T b) { return !std::isnan(a) && !(b <= a); };  // the first NaN, else the first largest
  for (int64_t pixel = 0; pixel < s.batch * s.out_h * s.out_w; ++pixel) {
    const int64_t image = pixel / (s.out_h * s.out_w), out_y = pixel / s.out_w % s.out_h, out_x = pixel % s.out_w;
    const int64_t top = out_y * s.stride_h - s.pad_top, left = out_x * s.stride_w - s.pad_left;
    for (int64_t c = 0; c < s.in_c; ++c) {
      int64_t at = -1;
      for (int64_t row = std::max<int64_t>(top, 0); row < std::min(top + s.kernel_h, s.in_h); ++row) {
        for (int64_t column = std::max<int64_t>(left, 0); column < std::min(left + s.kernel_w, s.in_w); ++column) {
          const int64_t here = ((image * s.in_h + row) * s.in_w + column) * s.in_c + c;
          if (at < 0 || before(x[at], x[here])) at = here;
        }
      }
      y[pixel * s.in_c + c] = values[at];  // padding is smaller than the pool: every window has a value
    }
  }
}

struct MaxPool2DPick : PoolAttributes {
  static constexpr auto name = "max_pool2d_pick";
  static constexpr auto doc = "for each window of x, what stands in `values` at its first largest value";
  static constexpr std::array inputs{"x", "values"};
  PYKERAS_POOL_ATTRIBUTES(MaxPool2DPick)
  Spec infer(Spec x, Spec values) const {
    expect_same(name, "values", x, values);
    return infer_pool(name, x);
  }
  void forward(In x, In values, Out y) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      pick_at_largest(shape(x.spec->shape, y.spec->shape), x.as<T>(), values.as<T>(), y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    return {b.needs(0) ? zeros(b.in(0).spec()) : Tensor(),
            b.needs(1) ? record(MaxPool2DGrad{*this}, {b.in(0), b.dy()}) : Tensor()};
  }
};
PYKERAS_OP(MaxPool2DPick)

Tensor pick(const PoolAttributes& pool, const Tensor& x, const Tensor& values) {
  return record(MaxPool2DPick{pool}, {x, values});
}

struct MaxPool2D : PoolAttributes {
  static constexpr auto name = "max_pool2d";
  static constexpr auto doc = "largest value of each window of x (N, H, W, C)";
  static constexpr std::array inputs{"x"};
  PYKERAS_POOL_ATTRIBUTES(MaxPool2D)
  Spec infer(Spec x) const { return infer_pool(name, x); }
  void forward(In x, Out y) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().max_pool2d(shape(x.spec->shape, y.spec->shape), x.as<T>(), y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const { return {record(MaxPool2DGrad{*this}, {b.in(0), b.dy()})}; }
};
PYKERAS_OP(MaxPool2D)

struct AveragePool2D;
Tensor average_again(const PoolAttributes& pool, const Tensor& dy);

struct AveragePool2DGrad : PoolAttributes {
  static constexpr auto name = "average_pool2d_grad";
  static constexpr auto doc = "dy shared evenly among the values of each window of an input of shape `input_shape`";
  static constexpr std::array inputs{"dy"};
  std::vector<int64_t> input_shape;
  static auto attributes() {
    return std::tuple{field("pool_size", &AveragePool2DGrad::pool_size), field("strides", &AveragePool2DGrad::strides),
                      field("padding", &AveragePool2DGrad::padding),
                      field("input_shape", &AveragePool2DGrad::input_shape)};
  }
  Spec infer(Spec dy) const {
    const Spec x{dy.dtype, Shape(input_shape)};
    expect_same_shape(name, "dy", infer_pool(name, x), dy);
    return x;
  }
  void forward(In dy, Out dx) const {
    with_real(dy.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().average_pool2d_grad(shape(dx.spec->shape, dy.spec->shape), dy.as<T>(), dx.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const { return {average_again(*this, b.dy())}; }
};
PYKERAS_OP(AveragePool2DGrad)

struct AveragePool2D : PoolAttributes {
  static constexpr auto name = "average_pool2d";
  static constexpr auto doc = "mean of each window of x (N, H, W, C); padding does not count";
  static constexpr std::array inputs{"x"};
  PYKERAS_POOL_ATTRIBUTES(AveragePool2D)
  Spec infer(Spec x) const { return infer_pool(name, x); }
  void forward(In x, Out y) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().average_pool2d(shape(x.spec->shape, y.spec->shape), x.as<T>(), y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    const Shape& x = b.in(0).shape();
    return {record(AveragePool2DGrad{*this, {x.begin(), x.end()}}, {b.dy()})};
  }
};
PYKERAS_OP(AveragePool2D)

Tensor average_again(const PoolAttributes& pool, const Tensor& dy) { return record(AveragePool2D{pool}, {dy}); }

}  // namespace
}  // namespace pykeras
