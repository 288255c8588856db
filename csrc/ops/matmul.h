#pragma once
// Matrix products; gradients stand in matmul.cpp.
#include "op.h"

namespace pykeras {

struct MatMul {
  static constexpr auto name = "matmul";
  static constexpr auto doc = "matrix product of the last two axes (either transposed); leading axes broadcast";
  static constexpr std::array inputs{"x1", "x2"};
  static constexpr Promotion promotion = Promotion::common_real;
  bool transpose_x1 = false, transpose_x2 = false;
  static auto attributes() {
    return std::tuple{field("transpose_x1", &MatMul::transpose_x1), field("transpose_x2", &MatMul::transpose_x2)};
  }
  Spec infer(Spec x1, Spec x2) const;
  void forward(In x1, In x2, Out y) const;
  Tensors gradient(const Backward& b) const;
};

/// y = activation(x · kernel + bias) over the last axis.
struct Dense {
  static constexpr auto name = "dense";
  static constexpr auto doc = "x @ kernel + bias over the last axis of x";
  static constexpr std::array inputs{"x", "kernel", "bias?"};
  static constexpr Promotion promotion = Promotion::common_real;
  PointwiseKernel activation{};  // merged by the optimiser
  Spec infer(Spec x, Spec kernel, Spec bias) const;
  void forward(In x, In kernel, In bias, Out y) const;
  Tensors gradient(const Backward& b) const;
  OpPtr absorb(const Op& next, int position, const Specs& next_inputs) const;
};

/// kernel gradient of Dense: all rows of x times all rows of dy.
struct DenseKernelGrad {
  static constexpr auto name = "dense_kernel_grad";
  static constexpr auto doc = "sum over rows of the outer products of x and dy";
  static constexpr std::array inputs{"x", "dy"};
  Spec infer(Spec x, Spec dy) const;
  void forward(In x, In dy, Out dkernel) const;
  Tensors gradient(const Backward& b) const;
};

/// The epilogue of a product or convolution.
template <class T>
kernels::Epilogue<T> epilogue(In bias, const PointwiseKernel& activation) {
  kernels::Epilogue<T> result;
  result.bias = bias.as<T>();
  if (activation) {
    result.activation =
        table().elementwise[activation.id][static_cast<int>(sizeof(T) == 4 ? DType::float32 : DType::float64)];
    result.params[0] = activation.params[0];
    result.params[1] = activation.params[1];
  }
  return result;
}

/// Whether `next` is an activation that may be run on finished rows.
bool is_activation(const Op& next, const Specs& next_inputs);

}  // namespace pykeras
