#include "reduce.h"

#include "arithmetic.h"
#include "movement.h"

namespace pykeras {
namespace {

using kernels::Reduce;

std::vector<bool> reduced_axes(const char* name, const std::vector<int64_t>& axes, int rank) {
  std::vector<bool> reduced(static_cast<size_t>(rank), axes.empty());
  for (int64_t axis : axes) {
    const auto a = static_cast<size_t>(expect_axis(name, axis, rank));
    expect(!reduced[a], name, [&] { return "axis " + std::to_string(axis) + " comes twice"; });
    reduced[a] = true;
  }
  return reduced;
}

Spec infer_reduced(const char* name, Spec x, const std::vector<int64_t>& axes, bool keepdims) {
  const std::vector<bool> reduced = reduced_axes(name, axes, x.rank());
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!reduced[static_cast<size_t>(axis)]) {
      shape.push_back(x.dim(axis));
    } else if (keepdims) {
      shape.push_back(1);
    }
  }
  return Spec{x.dtype, shape};
}

/// Nothing has no largest and no smallest value.
Spec infer_extreme(const char* name, Spec x, const std::vector<int64_t>& axes, bool keepdims) {
  const std::vector<bool> reduced = reduced_axes(name, axes, x.rank());
  for (int axis = 0; axis < x.rank(); ++axis) {
    expect(!reduced[static_cast<size_t>(axis)] || x.dim(axis) != 0, name,
           [&] { return "axis " + std::to_string(axis) + " of shape " + x.shape.text() + " is empty"; });
  }
  return infer_reduced(name, x, axes, keepdims);
}

void reduce_block(Reduce how, DType dtype, int64_t outer, int64_t n, int64_t inner, const void* x, void* y) {
  if (dtype == DType::float32) {
    table().f32.reduce(how, outer, n, inner, static_cast<const float*>(x), static_cast<float*>(y));
  } else if (dtype == DType::float64) {
    table().f64.reduce(how, outer, n, inner, static_cast<const double*>(x), static_cast<double*>(y));
  } else {
    table().reduce_any_dtype(how, dtype, outer, n, inner, x, y);
  }
}

/// Reduces one run of neighbouring axes after another, the last one first.
void run_reduction(Reduce how, In x, const std::vector<int64_t>& axes, Out y) {
  if (y.size() == 0) return;
  const std::vector<bool> reduced = reduced_axes("reduce", axes, x.rank());
  std::vector<int64_t> dims(x.spec->shape.begin(), x.spec->shape.end());
  std::vector<bool> open = reduced;
  // Sizes of 1 belong to whichever run they stand in.
  for (size_t a = 0; a < dims.size(); ++a) {
    if (dims[a] == 1) open[a] = a > 0 ? open[a - 1] : open[a];
  }
  std::vector<std::pair<int64_t, bool>> runs;
  for (size_t a = 0; a < dims.size(); ++a) {
    if (!runs.empty() && runs.back().second == open[a]) {
      runs.back().first *= dims[a];
    } else {
      runs.emplace_back(dims[a], open[a]);
    }
  }
  int last = static_cast<int>(runs.size()) - 1;
  while (last >= 0 && !runs[static_cast<size_t>(last)].second) --last;
  int first = 0;
  while (first < last && !runs[static_cast<size_t>(first)].second) ++first;

  const void* from = x.data;
  Tensor held;
  for (int run = last; run >= first; --run) {
    const auto r = static_cast<size_t>(run);
    if (!runs[r].second) continue;
    int64_t outer = 1, inner = 1;
    for (size_t i = 0; i < r; ++i) outer *= runs[i].first;
    for (size_t i = r + 1; i < runs.size(); ++i) inner *= runs[i].first;
    if (run == first) {
      reduce_block(how, x.dtype(), outer, runs[r].first, inner, from, y.data);
      return;
    }
    Tensor partial(Spec{x.dtype(), Shape{outer, inner}});
    reduce_block(how, x.dtype(), outer, runs[r].first, inner, from, partial.data());
    held = partial;
    from = held.data();
    runs[r].first = 1;
  }
  table().cast(x.dtype(), x.dtype(), x.size(), x.data, y.data);
}

/// A reduced tensor under the shape with kept axes, so that it broadcasts against x.
Tensor kept(const Tensor& y, const Shape& shape, const std::vector<int64_t>& axes) {
  const std::vector<bool> reduced = reduced_axes("reduce", axes, shape.rank());
  std::vector<int64_t> dims(shape.begin(), shape.end());
  for (size_t a = 0; a < dims.size(); ++a) {
    if (reduced[a]) dims[a] = 1;
  }
  return record(Reshape{dims}, {y});
}

Tensor spread(const Tensor& dy, const Shape& shape, const std::vector<int64_t>& axes) {
  return record(BroadcastTo{{shape.begin(), shape.end()}}, {kept(dy, shape, axes)});
}

/// The gradient of a maximum goes to the values that attain it, shared evenly among equals.
Tensors extreme_gradient(const Backward& b, const std::vector<int64_t>& axes) {
  const Tensor& x = b.in(0);
  const Tensor attained = record(Equal{}, {x, kept(b.out(), x.shape(), axes)});
  const Tensor share = record(Cast{x.dtype()}, {attained});
  const Tensor count = record(Sum{axes, true}, {share});
  const Tensor weight = record(Divide{}, {kept(b.dy(), x.shape(), axes), count});
  return {record(Multiply{}, {share, weight})};
}

}  // namespace

Spec Sum::infer(Spec x) const { return infer_reduced(name, x, axes, keepdims); }
void Sum::forward(In x, Out y) const { run_reduction(Reduce::sum, x, axes, y); }
Tensors Sum::gradient(const Backward& b) const { return {spread(b.dy(), b.in(0).shape(), axes)}; }
PYKERAS_OP(Sum)

Spec Mean::infer(Spec x) const {
  expect_float(name, "x", x);
  return infer_reduced(name, x, axes, keepdims);
}
void Mean::forward(In x, Out y) const {
  run_reduction(Reduce::sum, x, axes, y);
  // A sum divided once, over all axes together, however many runs they form.
  with_real(x.dtype(), [&](auto tag) {
    using T = decltype(tag);
    const int64_t count = y.size();
    const T n = static_cast<T>(count > 0 ? x.size() / count : 0);
    for (int64_t i = 0; i < count; ++i) y.as<T>()[i] /= n;
  });
}
Tensors Mean::gradient(const Backward& b) const {
  const int64_t count = b.dy().size() > 0 ? b.in(0).size() / b.dy().size() : 1;
  const Tensor n = scalar_like(static_cast<double>(count), b.dy().dtype());
  return {spread(record(Divide{}, {b.dy(), n}), b.in(0).shape(), axes)};
}
PYKERAS_OP(Mean)

Spec Max::infer(Spec x) const { return infer_extreme(name, x, axes, keepdims); }
void Max::forward(In x, Out y) const { run_reduction(Reduce::max, x, axes, y); }
Tensors Max::gradient(const Backward& b) const { return extreme_gradient(b, axes); }
PYKERAS_OP(Max)

Spec Min::infer(Spec x) const { return infer_extreme(name, x, axes, keepdims); }
void Min::forward(In x, Out y) const { run_reduction(Reduce::min, x, axes, y); }
Tensors Min::gradient(const Backward& b) const { return extreme_gradient(b, axes); }
PYKERAS_OP(Min)

Spec Prod::infer(Spec x) const { return infer_reduced(name, x, axes, keepdims); }
void Prod::forward(In x, Out y) const { run_reduction(Reduce::prod, x, axes, y); }
Tensors Prod::gradient(const Backward& b) const {
  // Products of the others, found per element so that zeros are right: out / x where x is not 0, else the product of
  // the rest, which is not 0 only for a single zero.
  const Tensor& x = b.in(0);
  const Tensor zero = scalar_like(0, x.dtype()), one = scalar_like(1, x.dtype());
  const Tensor is_zero = record(Equal{}, {x, zero});
  const Tensor without_zeros = record(Select{}, {is_zero, one, x});
  const Tensor rest = record(Prod{axes, true}, {without_zeros});
  const Tensor zeros_seen = record(Sum{axes, true}, {record(Cast{x.dtype()}, {is_zero})});
  const Tensor none = record(Select{}, {record(Equal{}, {zeros_seen, zero}), rest, zero});
  const Tensor single = record(Select{}, {record(Equal{}, {zeros_seen, one}), rest, zero});
  const Tensor others = record(Select{}, {is_zero, single, record(Divide{}, {none, without_zeros})});
  return {record(Multiply{}, {others, kept(b.dy(), x.shape(), axes)})};
}
PYKERAS_OP(Prod)

namespace {
Spec infer_position(const char* name, Spec x, int64_t axis) {
  const int along = expect_axis(name, axis, x.rank());
  expect(x.dim(along) != 0, name,
         [&] { return "axis " + std::to_string(axis) + " of shape " + x.shape.text() + " is empty"; });
  Spec result = infer_reduced(name, x, {axis}, false);
  result.dtype = DType::int64;
  return result;
}
template <class Kernel>
void run_position(Kernel kernel, In x, int64_t axis, Out y) {
  const int along = static_cast<int>(axis < 0 ? axis + x.rank() : axis);
  const Shape& shape = x.spec->shape;
  kernel(x.dtype(), shape.product(0, along), shape[along], shape.product(along + 1, shape.rank()), x.data,
         y.as<int64_t>());
}
}  // namespace

Spec ArgMax::infer(Spec x) const { return infer_position(name, x, axis); }
void ArgMax::forward(In x, Out y) const { run_position(table().argmax, x, axis, y); }
PYKERAS_OP(ArgMax)

Spec ArgMin::infer(Spec x) const { return infer_position(name, x, axis); }
void ArgMin::forward(In x, Out y) const { run_position(table().argmin, x, axis, y); }
PYKERAS_OP(ArgMin)

}  // namespace pykeras
