#pragma once
// Convolution over two spatial axes, NHWC; gradients stand in conv.cpp. Padding is explicit: (top, bottom, left,
// right).
#include "matmul.h"

namespace pykeras {

struct ConvAttributes {
  std::vector<int64_t> strides{1, 1}, dilation{1, 1}, padding{0, 0, 0, 0};
  int64_t groups = 1;
};

/// The sizes of a convolution or pooling, for the kernels.
kernels::ConvShape conv_shape(const ConvAttributes& conv, const Shape& x, int64_t kernel_h, int64_t kernel_w,
                              const Shape& y, int64_t groups);

/// The size of an output axis; unknown stays unknown.
int64_t conv_output(const char* name, int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t padding);
/// An attribute of a window from `least` up to far beyond use: products with sizes of axes must not overflow.
void expect_within(const char* name, const char* what, int64_t least, int64_t value);
void expect_conv(const char* name, const ConvAttributes& conv);

#define PYKERAS_CONV_ATTRIBUTES(Type)                                                       \
  static auto attributes() {                                                                \
    return std::tuple{field("strides", &Type::strides), field("dilation", &Type::dilation), \
                      field("padding", &Type::padding), field("groups", &Type::groups)};    \
  }

struct Conv2D : ConvAttributes {
  static constexpr auto name = "conv2d";
  static constexpr auto doc = "cross-correlation of x (N, H, W, C) with kernel (h, w, C / groups, F), plus bias (F,)";
  static constexpr std::array inputs{"x", "kernel", "bias?"};
  static constexpr Promotion promotion = Promotion::common_real;
  PointwiseKernel activation{};
  PYKERAS_CONV_ATTRIBUTES(Conv2D)
  Spec infer(Spec x, Spec kernel, Spec bias) const;
  void forward(In x, In kernel, In bias, Out y) const;
  Tensors gradient(const Backward& b) const;
  OpPtr absorb(const Op& next, int position, const Specs& next_inputs) const;
};

struct Conv2DInputGrad : ConvAttributes {
  static constexpr auto name = "conv2d_input_grad";
  static constexpr auto doc =
      "gradient of conv2d for its input of shape `input_shape`; also the transposed convolution";
  static constexpr std::array inputs{"dy", "kernel"};
  static constexpr Promotion promotion = Promotion::common_real;
  std::vector<int64_t> input_shape;
  static auto attributes() {
    return std::tuple{field("strides", &Conv2DInputGrad::strides), field("dilation", &Conv2DInputGrad::dilation),
                      field("padding", &Conv2DInputGrad::padding), field("groups", &Conv2DInputGrad::groups),
                      field("input_shape", &Conv2DInputGrad::input_shape)};
  }
  Spec infer(Spec dy, Spec kernel) const;
  void forward(In dy, In kernel, Out dx) const;
  Tensors gradient(const Backward& b) const;
};

struct Conv2DKernelGrad : ConvAttributes {
  static constexpr auto name = "conv2d_kernel_grad";
  static constexpr auto doc = "gradient of conv2d for its kernel of shape `kernel_shape`";
  static constexpr std::array inputs{"x", "dy"};
  static constexpr Promotion promotion = Promotion::common_real;
  std::vector<int64_t> kernel_shape;
  static auto attributes() {
    return std::tuple{field("strides", &Conv2DKernelGrad::strides), field("dilation", &Conv2DKernelGrad::dilation),
                      field("padding", &Conv2DKernelGrad::padding), field("groups", &Conv2DKernelGrad::groups),
                      field("kernel_shape", &Conv2DKernelGrad::kernel_shape)};
  }
  Spec infer(Spec x, Spec dy) const;
  void forward(In x, In dy, Out dkernel) const;
  Tensors gradient(const Backward& b) const;
};

}  // namespace pykeras
