#include "conv.h"

#include "reduce.h"

namespace pykeras {

void expect_within(const char* name, const char* what, int64_t least, int64_t value) {
  constexpr int64_t largest = int64_t{1} << 20;
  expect(value >= least && value <= largest, name, [&] {
    return std::string("expected ") + what + " >= " + std::to_string(least) +
           (value > largest ? " and <= " + std::to_string(largest) : "") + ", got " + std::to_string(value);
  });
}

void expect_conv(const char* name, const ConvAttributes& conv) {
  expect(conv.strides.size() == 2 && conv.dilation.size() == 2 && conv.padding.size() == 4, name,
         "expected 2 strides, 2 dilations and 4 paddings");
  for (int64_t stride : conv.strides) expect_within(name, "strides", 1, stride);
  for (int64_t dilation : conv.dilation) expect_within(name, "dilations", 1, dilation);
  for (int64_t padding : conv.padding) expect_within(name, "paddings", 0, padding);
  expect_within(name, "groups", 1, conv.groups);
}

int64_t conv_output(const char* name, int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t padding) {
  if (size == Shape::unknown) return Shape::unknown;
  const int64_t reach = (kernel - 1) * dilation + 1;
  expect(size + padding >= reach, name, [&] {
    return "a window that reaches over " + std::to_string(reach) + " does not fit into an axis of size " +
           std::to_string(size) + " with padding " + std::to_string(padding);
  });
  return (size + padding - reach) / stride + 1;
}

kernels::ConvShape conv_shape(const ConvAttributes& conv, const Shape& x, int64_t kernel_h, int64_t kernel_w,
                              const Shape& y, int64_t groups) {
  kernels::ConvShape shape{};
  shape.batch = x[0];
  shape.in_h = x[1];
  shape.in_w = x[2];
  shape.in_c = x[3];
  shape.out_h = y[1];
  shape.out_w = y[2];
  shape.out_c = y[3];
  shape.kernel_h = kernel_h;
  shape.kernel_w = kernel_w;
  shape.stride_h = conv.strides[0];
  shape.stride_w = conv.strides[1];
  shape.dilation_h = conv.dilation[0];
  shape.dilation_w = conv.dilation[1];
  shape.pad_top = conv.padding[0];
  shape.pad_left = conv.padding[2];
  shape.groups = groups;
  return shape;
}

Spec Conv2D::infer(Spec x, Spec kernel, Spec bias) const {
  expect_conv(name, *this);
  expect_rank(name, "x", x, 4);
  expect_rank(name, "kernel", kernel, 4);
  if (!compatible(kernel.dim(2) * groups, x.dim(3))) {
    throw Error("kernel expects " + std::to_string(kernel.dim(2) * groups) + " channels, got " + dim_text(x.dim(3)));
  }
  expect(kernel.dim(0) >= 1 && kernel.dim(1) >= 1 && kernel.dim(2) >= 1, name,
         [&] { return "expected a kernel without empty axes, got " + kernel.shape.text(); });
  expect(kernel.dim(3) % groups == 0, name, [&] {
    return "filters (" + std::to_string(kernel.dim(3)) + ") must be a multiple of groups (" + std::to_string(groups) +
           ")";
  });
  if (bias.given) expect_same_shape(name, "bias", Spec{bias.dtype, Shape{kernel.dim(3)}}, bias);
  return Spec{
      x.dtype,
      Shape{x.dim(0), conv_output(name, x.dim(1), kernel.dim(0), strides[0], dilation[0], padding[0] + padding[1]),
            conv_output(name, x.dim(2), kernel.dim(1), strides[1], dilation[1], padding[2] + padding[3]),
            kernel.dim(3)}};
}

void Conv2D::forward(In x, In kernel, In bias, Out y) const {
  with_real(x.dtype(), [&](auto tag) {
    using T = decltype(tag);
    table().of<T>().conv2d(conv_shape(*this, x.spec->shape, kernel.dim(0), kernel.dim(1), y.spec->shape, groups),
                           x.as<T>(), kernel.as<T>(), y.as<T>(), epilogue<T>(bias, activation));
  });
}

Tensors Conv2D::gradient(const Backward& b) const {
  const Shape &x = b.in(0).shape(), &kernel = b.in(1).shape();
  Tensor dbias;
  if (b.inputs.size() > 2 && b.needs(2)) dbias = record(Sum{{0, 1, 2}, false}, {b.dy()});
  const ConvAttributes& conv = *this;
  return {b.needs(0) ? record(Conv2DInputGrad{conv, {x.begin(), x.end()}}, {b.dy(), b.in(1)}) : Tensor(),
          b.needs(1) ? record(Conv2DKernelGrad{conv, {kernel.begin(), kernel.end()}}, {b.in(0), b.dy()}) : Tensor(),
          dbias};
}

OpPtr Conv2D::absorb(const Op& next, int position, const Specs& next_inputs) const {
  if (activation || position != 0 || !is_activation(next, next_inputs)) return nullptr;
  Conv2D merged = *this;
  merged.activation = next.pointwise();
  return op(merged);
}
PYKERAS_OP(Conv2D)

Spec Conv2DInputGrad::infer(Spec dy, Spec kernel) const {
  expect_conv(name, *this);
  expect(input_shape.size() == 4, name, "expected an input_shape of 4 sizes");
  Conv2D conv{*this};
  const Spec y = conv.infer(Spec{dy.dtype, Shape(input_shape)}, kernel, Spec::none());
  expect_same_shape(name, "dy", y, dy);
  return Spec{dy.dtype, Shape(input_shape)};
}
void Conv2DInputGrad::forward(In dy, In kernel, Out dx) const {
  with_real(dy.dtype(), [&](auto tag) {
    using T = decltype(tag);
    table().of<T>().conv2d_input_grad(
        conv_shape(*this, dx.spec->shape, kernel.dim(0), kernel.dim(1), dy.spec->shape, groups), dy.as<T>(),
        kernel.as<T>(), dx.as<T>());
  });
}
Tensors Conv2DInputGrad::gradient(const Backward& b) const {
  const Shape& kernel = b.in(1).shape();
  const ConvAttributes& conv = *this;
  return {b.needs(0) ? record(Conv2D{conv}, {b.dy(), b.in(1), Tensor()}) : Tensor(),
          b.needs(1) ? record(Conv2DKernelGrad{conv, {kernel.begin(), kernel.end()}}, {b.dy(), b.in(0)}) : Tensor()};
}
PYKERAS_OP(Conv2DInputGrad)

Spec Conv2DKernelGrad::infer(Spec x, Spec dy) const {
  expect_conv(name, *this);
  expect(kernel_shape.size() == 4, name, "expected a kernel_shape of 4 sizes");
  Conv2D conv{*this};
  const Spec y = conv.infer(x, Spec{x.dtype, Shape(kernel_shape)}, Spec::none());
  expect_same_shape(name, "dy", y, dy);
  return Spec{x.dtype, Shape(kernel_shape)};
}
void Conv2DKernelGrad::forward(In x, In dy, Out dkernel) const {
  with_real(x.dtype(), [&](auto tag) {
    using T = decltype(tag);
    table().of<T>().conv2d_kernel_grad(
        conv_shape(*this, x.spec->shape, kernel_shape[0], kernel_shape[1], dy.spec->shape, groups), x.as<T>(),
        dy.as<T>(), dkernel.as<T>());
  });
}
Tensors Conv2DKernelGrad::gradient(const Backward& b) const {
  const Shape& x = b.in(0).shape();
  const ConvAttributes& conv = *this;
  return {b.needs(0) ? record(Conv2DInputGrad{conv, {x.begin(), x.end()}}, {b.in(1), b.dy()}) : Tensor(),
          b.needs(1) ? record(Conv2D{conv}, {b.in(0), b.dy(), Tensor()}) : Tensor()};
}
PYKERAS_OP(Conv2DKernelGrad)

}  // namespace pykeras
