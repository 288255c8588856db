#pragma once
// The bases of elementwise ops, and the one pass that runs them, alone or fused.
#include "op.h"

namespace pykeras {

using kernels::Elementwise;

/// Broadcast shape under NumPy's rules; unknown dimensions stay unknown unless the other side decides.
Shape broadcast(const char* name, const Shape& a, const Shape& b);

/// Runs one pointwise kernel over broadcast operands.
void run_pointwise(const PointwiseKernel& kernel, const Ins& in, Out out);

/// The row of the kernel table that serves operands of this dtype; null when there is none.
kernels::ElementwiseKernel kernel_for(int id, DType dtype);

void expect_kernel(const char* name, Elementwise kernel, DType dtype);

template <class T, Elementwise kernel>
struct Unary {
  static constexpr std::array inputs{"x"};
  static constexpr Promotion promotion = Promotion::common_real;

  Spec infer(Spec x) const {
    expect_kernel(T::name, kernel, x.dtype);
    return Spec{T::result(x.dtype), x.shape};
  }
  void forward(In x, Out y) const { run_pointwise(pointwise(), {x}, y); }
  PointwiseKernel pointwise() const { return {static_cast<int>(kernel), static_cast<const T&>(*this).params()}; }
  std::array<double, 2> params() const { return {0, 0}; }
  static DType result(DType dtype) { return dtype; }
};

template <class T, Elementwise kernel>
struct Binary {
  static constexpr std::array inputs{"x1", "x2"};
  static constexpr Promotion promotion = Promotion::common;

  Spec infer(Spec x1, Spec x2) const {
    expect_kernel(T::name, kernel, x1.dtype);
    return Spec{T::result(x1.dtype), broadcast(T::name, x1.shape, x2.shape)};
  }
  void forward(In x1, In x2, Out y) const { run_pointwise(pointwise(), {x1, x2}, y); }
  PointwiseKernel pointwise() const { return {static_cast<int>(kernel), static_cast<const T&>(*this).params()}; }
  std::array<double, 2> params() const { return {0, 0}; }
  static DType result(DType dtype) { return dtype; }
};

}  // namespace pykeras
