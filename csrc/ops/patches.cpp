// Patches of volumes, and weighted sums of places along an axis, with their adjoints.
#include "arithmetic.h"
#include "conv.h"
#include "movement.h"
#include "reduce.h"

namespace pykeras {
namespace {

struct PatchAttributes {
  std::vector<int64_t> size{1, 1, 1}, strides{1, 1, 1}, dilation{1, 1, 1}, padding{0, 0, 0, 0, 0, 0};

  Spec infer_patches(const char* name, const Spec& x) const {
    expect_float(name, "x", x);
    expect_rank(name, "x", x, 5);
    expect(size.size() == 3 && strides.size() == 3 && dilation.size() == 3 && padding.size() == 6, name,
           "expected 3 sizes, 3 strides, 3 dilations and 6 paddings");
    for (int64_t value : size) expect_within(name, "sizes", 1, value);
    for (int64_t value : strides) expect_within(name, "strides", 1, value);
    for (int64_t value : dilation) expect_within(name, "dilations", 1, value);
    for (int64_t value : padding) expect_within(name, "paddings", 0, value);
    Shape shape{x.dim(0)};
    for (int axis = 0; axis < 3; ++axis) {
      const auto a = static_cast<size_t>(axis);
      shape.push_back(
          conv_output(name, x.dim(axis + 1), size[a], strides[a], dilation[a], padding[2 * a] + padding[2 * a + 1]));
    }
    const bool open = x.dim(4) == Shape::unknown;
    shape.push_back(open ? Shape::unknown : Shape{x.dim(4), size[0], size[1], size[2]}.size());
    return Spec{x.dtype, shape};
  }
  kernels::PatchShape shape(const Shape& x, const Shape& y) const {
    kernels::PatchShape shape{};
    shape.batch = x[0];
    shape.channels = x[4];
    for (int axis = 0; axis < 3; ++axis) {
      const auto a = static_cast<size_t>(axis);
      shape.in[axis] = x[axis + 1];
      shape.out[axis] = y[axis + 1];
      shape.size[axis] = size[a];
      shape.stride[axis] = strides[a];
      shape.dilation[axis] = dilation[a];
      shape.pad[axis] = padding[2 * a];
    }
    return shape;
  }
};

Tensor patches_again(const PatchAttributes& patches, const Tensor& dy);

struct PatchesGrad : PatchAttributes {
  static constexpr auto name = "patches_grad";
  static constexpr auto doc =
      "sum of patches at their places in volumes of shape `input_shape`: the adjoint of patches";
  static constexpr std::array inputs{"dy"};
  std::vector<int64_t> input_shape;
  static auto attributes() {
    return std::tuple{field("size", &PatchesGrad::size), field("strides", &PatchesGrad::strides),
                      field("dilation", &PatchesGrad::dilation), field("padding", &PatchesGrad::padding),
                      field("input_shape", &PatchesGrad::input_shape)};
  }
  Spec infer(Spec dy) const {
    expect(input_shape.size() == 5, name, "expected an input_shape of 5 sizes");
    const Spec x{dy.dtype, Shape(input_shape)};
    expect_same_shape(name, "dy", infer_patches(name, x), dy);
    return x;
  }
  void forward(In dy, Out dx) const {
    with_real(dy.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().patches_grad(shape(dx.spec->shape, dy.spec->shape), dy.as<T>(), dx.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const { return {patches_again(*this, b.dy())}; }
};
PYKERAS_OP(PatchesGrad)

struct Patches : PatchAttributes {
  static constexpr auto name = "patches";
  static constexpr auto doc = "the windows of volumes x (N, D, H, W, C) as (N, d, h, w, taps * C), 0 outside of x";
  static constexpr std::array inputs{"x"};
  static auto attributes() {
    return std::tuple{field("size", &Patches::size), field("strides", &Patches::strides),
                      field("dilation", &Patches::dilation), field("padding", &Patches::padding)};
  }
  Spec infer(Spec x) const { return infer_patches(name, x); }
  void forward(In x, Out y) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().patches(shape(x.spec->shape, y.spec->shape), x.as<T>(), y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    const Shape& x = b.in(0).shape();
    return {record(PatchesGrad{*this, {x.begin(), x.end()}}, {b.dy()})};
  }
};
PYKERAS_OP(Patches)

Tensor patches_again(const PatchAttributes& patches, const Tensor& dy) { return record(Patches{patches}, {dy}); }

// ---- resampling ----------------------------------------------------------------------------------------------------

/// x with axis `axis` of size `to`, checked against index and weight (places of the result, taps).
Spec infer_resample(const char* name, int64_t axis, const Spec& x, const Spec& index, const Spec& weight, int64_t from,
                    int64_t to) {
  expect_float(name, "x", x);
  expect_dtype(name, "index", DType::int64, index);
  expect_rank(name, "index", index, 2);
  expect_same(name, "weight", Spec{x.dtype, index.shape}, weight);
  const int along = expect_axis(name, axis, x.rank());
  expect(compatible(x.dim(along), from), name, [&] {
    return "expected axis " + std::to_string(axis) + " of size " + std::to_string(from) + ", got " +
           dim_text(x.dim(along));
  });
  Shape shape = x.shape;
  shape[along] = to;
  return Spec{x.dtype, shape};
}

void expect_places(const char* name, In index, int64_t length) {
  const int64_t* at = index.as<int64_t>();
  for (int64_t i = 0, n = index.size(); i < n; ++i) {
    if (at[i] < 0 || at[i] >= length) {
      throw IndexError(std::string(name) + ": index " + std::to_string(at[i]) +
                       " is out of range for an axis of size " + std::to_string(length));
    }
  }
}

Tensor resample_again(int64_t axis, const Tensor& x, const Tensor& index, const Tensor& weight);

/// The gradient of the weights: for tap k of place j, the sum of x[index[j, k]] times y[j] over all other axes.
Tensor weight_grad(int64_t axis, const Tensor& x, const Tensor& index, const Tensor& y) {
  const int rank = x.shape().rank();
  const int64_t along = axis < 0 ? axis + rank : axis;
  const Tensor taken = record(Take{along}, {x, index});
  std::vector<int64_t> shape, others;
  for (int a = 0; a < rank; ++a) {
    shape.push_back(y.shape()[a]);
    if (a == along) {
      shape.push_back(1);
    } else {
      others.push_back(a < along ? a : a + 1);
    }
  }
  return record(Sum{others, false}, {record(Multiply{}, {taken, record(Reshape{shape}, {y})})});
}

struct ResampleGrad {
  static constexpr auto name = "resample_grad";
  static constexpr auto doc = "dy spread over an axis of size `length`: the adjoint of resample";
  static constexpr std::array inputs{"dy", "index", "weight"};
  int64_t axis = 0, length = 0;
  static auto attributes() {
    return std::tuple{field("axis", &ResampleGrad::axis), field("length", &ResampleGrad::length)};
  }
  Spec infer(Spec dy, Spec index, Spec weight) const {
    expect(length >= 0, name, [&] { return "expected a length >= 0, got " + std::to_string(length); });
    return infer_resample(name, axis, dy, index, weight, index.rank() == 2 ? index.dim(0) : 0, length);
  }
  void forward(In dy, In index, In weight, Out dx) const {
    expect_places(name, index, length);
    const int along = expect_axis(name, axis, dy.rank());
    const Shape& shape = dx.spec->shape;
    with_real(dy.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().resample_grad(shape.product(0, along), length, index.dim(0), index.dim(1),
                                    shape.product(along + 1, shape.rank()), dy.as<T>(), index.as<int64_t>(),
                                    weight.as<T>(), dx.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    return {b.needs(0) ? resample_again(axis, b.dy(), b.in(1), b.in(2)) : Tensor(), Tensor(),
            b.needs(2) ? weight_grad(axis, b.dy(), b.in(1), b.in(0)) : Tensor()};
  }
};
PYKERAS_OP(ResampleGrad)

struct Resample {
  static constexpr auto name = "resample";
  static constexpr auto doc = "along `axis`, y[j] = sum over k of weight[j, k] * x[index[j, k]]";
  static constexpr std::array inputs{"x", "index", "weight"};
  int64_t axis = 0;
  static auto attributes() { return std::tuple{field("axis", &Resample::axis)}; }
  Spec infer(Spec x, Spec index, Spec weight) const {
    const int along = expect_axis(name, axis, x.rank());
    return infer_resample(name, axis, x, index, weight, x.dim(along), index.rank() == 2 ? index.dim(0) : 0);
  }
  void forward(In x, In index, In weight, Out y) const {
    const int along = expect_axis(name, axis, x.rank());
    expect_places(name, index, x.dim(along));
    const Shape& shape = x.spec->shape;
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().resample(shape.product(0, along), x.dim(along), index.dim(0), index.dim(1),
                               shape.product(along + 1, shape.rank()), x.as<T>(), index.as<int64_t>(), weight.as<T>(),
                               y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    const int64_t length = b.in(0).shape()[expect_axis(name, axis, b.in(0).shape().rank())];
    return {b.needs(0) ? record(ResampleGrad{axis, length}, {b.dy(), b.in(1), b.in(2)}) : Tensor(), Tensor(),
            b.needs(2) ? weight_grad(axis, b.in(0), b.in(1), b.dy()) : Tensor()};
  }
};
PYKERAS_OP(Resample)

Tensor resample_again(int64_t axis, const Tensor& x, const Tensor& index, const Tensor& weight) {
  return record(Resample{axis}, {x, index, weight});
}

}  // namespace
}  // namespace pykeras
