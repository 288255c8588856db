#include "matmul.h"

#include "movement.h"
#include "pointwise.h"
#include "reduce.h"

namespace pykeras {
namespace {

/// The product as the kernel wants it: one matrix, or a batch whose operands are shared or follow the result.
struct Layout {
  int64_t m, n, k;
  Shape batch;
};

Layout layout_of(const MatMul& op, const Shape& x1, const Shape& x2) {
  Layout layout{
      op.transpose_x1 ? x1[-1] : x1[-2], op.transpose_x2 ? x2[-2] : x2[-1], op.transpose_x1 ? x1[-2] : x1[-1], {}};
  layout.batch = broadcast(MatMul::name, Shape(x1.begin(), x1.end() - 2), Shape(x2.begin(), x2.end() - 2));
  return layout;
}

}  // namespace

Spec MatMul::infer(Spec x1, Spec x2) const {
  expect_min_rank(name, "x1", x1, 2);
  expect_min_rank(name, "x2", x2, 2);
  const int64_t k1 = transpose_x1 ? x1.dim(-2) : x1.dim(-1), k2 = transpose_x2 ? x2.dim(-1) : x2.dim(-2);
  expect(compatible(k1, k2), name, [&] {
    return "inner sizes differ: " + dim_text(k1) + " and " + dim_text(k2) + " (shapes " + x1.shape.text() + " and " +
           x2.shape.text() + ")";
  });
  Layout layout = layout_of(*this, x1.shape, x2.shape);
  layout.batch.push_back(layout.m);
  layout.batch.push_back(layout.n);
  return Spec{x1.dtype, layout.batch};
}

void MatMul::forward(In x1, In x2, Out y) const {
  const Layout layout = layout_of(*this, x1.spec->shape, x2.spec->shape);
  const int64_t batch = layout.batch.size();
  const auto matrix_of = [](In x) { return x.dim(-1) * x.dim(-2); };
  const auto batch_of = [](In x) { return x.spec->shape.product(0, x.rank() - 2); };
  // An operand that is neither shared by all nor has all matrices is copied out.
  Tensor copy1, copy2;
  const auto spread = [&](In x, Tensor& copy) {
    if (batch_of(x) == batch || batch_of(x) == 1) return x.data;
    Shape full = layout.batch;
    full.push_back(x.dim(-2));
    full.push_back(x.dim(-1));
    copy = Tensor(Spec{x.dtype(), full});
    BroadcastTo{{full.begin(), full.end()}}.forward(x, Out{copy.data(), &copy.spec()});
    return static_cast<const void*>(copy.data());
  };
  const void* a = spread(x1, copy1);
  const void* b = spread(x2, copy2);
  with_real(x1.dtype(), [&](auto tag) {
    using T = decltype(tag);
    kernels::GemmArgs<T> args{};
    args.m = layout.m;
    args.n = layout.n;
    args.k = layout.k;
    args.a = static_cast<const T*>(a);
    args.lda = x1.dim(-1);
    args.trans_a = transpose_x1;
    args.b = static_cast<const T*>(b);
    args.ldb = x2.dim(-1);
    args.trans_b = transpose_x2;
    args.c = y.as<T>();
    args.ldc = layout.n;
    args.batch = batch;
    args.stride_a = batch_of(x1) == 1 && !copy1 ? 0 : matrix_of(x1);
    args.stride_b = batch_of(x2) == 1 && !copy2 ? 0 : matrix_of(x2);
    args.stride_c = layout.m * layout.n;
    // Rows of a batch that share the right operand are one tall matrix.
    if (batch > 1 && args.stride_b == 0 && !transpose_x1 && args.stride_a != 0) {
      args.m *= batch;
      args.batch = 1;
    }
    table().of<T>().gemm(args);
  });
}

Tensors MatMul::gradient(const Backward& b) const {
  const Tensor &x1 = b.in(0), &x2 = b.in(1), &dy = b.dy();
  Tensor dx1, dx2;
  if (b.needs(0)) {
    dx1 = transpose_x1 ? record(MatMul{transpose_x2, true}, {x2, dy}) : record(MatMul{false, !transpose_x2}, {dy, x2});
    dx1 = sum_to(dx1, x1.spec());
  }
  if (b.needs(1)) {
    dx2 = transpose_x2 ? record(MatMul{true, transpose_x1}, {dy, x1}) : record(MatMul{!transpose_x1, false}, {x1, dy});
    dx2 = sum_to(dx2, x2.spec());
  }
  return {dx1, dx2};
}
PYKERAS_OP(MatMul)

bool is_activation(const Op& next, const Specs& next_inputs) {
  return next_inputs.size() == 1 && static_cast<bool>(next.pointwise()) && is_float(next_inputs[0].dtype) &&
         next.infer(next_inputs)[0] == next_inputs[0];
}

Spec Dense::infer(Spec x, Spec kernel, Spec bias) const {
  expect_min_rank(name, "x", x, 1);
  expect_rank(name, "kernel", kernel, 2);
  if (!compatible(kernel.dim(0), x.dim(-1))) {
    throw Error("kernel expects last axis " + dim_text(kernel.dim(0)) + ", got " + dim_text(x.dim(-1)));
  }
  if (bias.given) expect_same_shape(name, "bias", Spec{bias.dtype, Shape{kernel.dim(1)}}, bias);
  Spec y = x;
  y.shape[-1] = kernel.dim(1);
  return y;
}

void Dense::forward(In x, In kernel, In bias, Out y) const {
  with_real(x.dtype(), [&](auto tag) {
    using T = decltype(tag);
    kernels::GemmArgs<T> args{};
    args.m = x.spec->shape.product(0, x.rank() - 1);
    args.n = kernel.dim(1);
    args.k = kernel.dim(0);
    args.a = x.as<T>();
    args.lda = args.k;
    args.b = kernel.as<T>();
    args.ldb = args.n;
    args.c = y.as<T>();
    args.ldc = args.n;
    args.epilogue = epilogue<T>(bias, activation);
    table().of<T>().gemm(args);
  });
}

Tensors Dense::gradient(const Backward& b) const {
  const Tensor& dy = b.dy();
  Tensor dbias;
  if (b.inputs.size() > 2 && b.needs(2)) {
    std::vector<int64_t> rows;
    for (int axis = 0; axis < dy.shape().rank() - 1; ++axis) rows.push_back(axis);
    dbias = rows.empty() ? dy : record(Sum{rows, false}, {dy});
  }
  Tensor dx;
  if (b.needs(0)) {
    const Tensor rows = record(Reshape{{dy.size() / std::max<int64_t>(dy.shape()[-1], 1), dy.shape()[-1]}}, {dy});
    dx = record(MatMul{false, true}, {dy.shape().rank() == 2 ? dy : rows, b.in(1)});
    if (dy.shape().rank() != 2) dx = record(Reshape{{b.in(0).shape().begin(), b.in(0).shape().end()}}, {dx});
  }
  return {dx, b.needs(1) ? record(DenseKernelGrad{}, {b.in(0), dy}) : Tensor(), dbias};
}

OpPtr Dense::absorb(const Op& next, int position, const Specs& next_inputs) const {
  if (activation || position != 0 || !is_activation(next, next_inputs)) return nullptr;
  Dense merged = *this;
  merged.activation = next.pointwise();
  return op(merged);
}
PYKERAS_OP(Dense)

Spec DenseKernelGrad::infer(Spec x, Spec dy) const {
  expect_float(name, "x", x);
  expect_dtype(name, "dy", x.dtype, dy);
  bool same = x.rank() == dy.rank() && x.rank() >= 1;
  for (int axis = 0; same && axis + 1 < x.rank(); ++axis) same = compatible(x.dim(axis), dy.dim(axis));
  expect(same, name, [&] {
    return "shapes must agree except along the last axis, got " + x.shape.text() + " and " + dy.shape.text();
  });
  return Spec{x.dtype, Shape{x.dim(-1), dy.dim(-1)}};
}
void DenseKernelGrad::forward(In x, In dy, Out dkernel) const {
  with_real(x.dtype(), [&](auto tag) {
    using T = decltype(tag);
    kernels::GemmArgs<T> args{};
    args.m = x.dim(-1);
    args.n = dy.dim(-1);
    args.k = x.spec->shape.product(0, x.rank() - 1);
    args.a = x.as<T>();
    args.lda = args.m;
    args.trans_a = true;
    args.b = dy.as<T>();
    args.ldb = args.n;
    args.c = dkernel.as<T>();
    args.ldc = args.n;
    table().of<T>().gemm(args);
  });
}
Tensors DenseKernelGrad::gradient(const Backward& b) const {
  // dkernel = xᵀ · dy over flattened rows: d/dx = dy · (ddkernel)ᵀ, d/d(dy) = x · ddkernel.
  const Tensor &x = b.in(0), &dy = b.in(1);
  Tensor dx;
  if (b.needs(0)) {
    const Tensor rows = dy.shape().rank() == 1 ? record(Reshape{{1, dy.size()}}, {dy}) : dy;
    dx = record(MatMul{false, true}, {rows, b.dy()});
    if (dy.shape().rank() == 1) dx = record(Reshape{{x.size()}}, {dx});
  }
  return {dx, b.needs(1) ? record(Dense{}, {x, b.dy(), Tensor()}) : Tensor()};
}
PYKERAS_OP(DenseKernelGrad)

}  // namespace pykeras
