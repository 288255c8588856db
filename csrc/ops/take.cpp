// Rows by number (embeddings, gathers) and their gradient, which a fused pass takes in row by row (TakeGrad::piece).
#include <algorithm>
#include <cstring>

#include "movement.h"

namespace pykeras {
namespace {

int64_t rows_before(const Shape& shape, int axis) { return shape.product(0, axis); }
int64_t row_after(const Shape& shape, int axis) { return shape.product(axis + 1, shape.rank()); }

/// Rows that one list of a TakeGrad's plan is about.
int64_t rows_per_bucket(int64_t row) { return row < 1024 ? 1024 / std::max<int64_t>(row, 1) : 1; }

void expect_indices(const char* name, In indices, int64_t length) {
  const int64_t* index = indices.as<int64_t>();
  for (int64_t i = 0, n = indices.size(); i < n; ++i) {
    if (index[i] < 0 || index[i] >= length) {
      throw IndexError(std::string(name) + ": index " + std::to_string(index[i]) +
                       " is out of range for an axis of size " + std::to_string(length));
    }
  }
}

}  // namespace

Spec Take::infer(Spec x, Spec indices) const {
  const int along = expect_axis(name, axis, x.rank());
  expect_dtype(name, "indices", DType::int64, indices);
  Shape shape;
  for (int a = 0; a < along; ++a) shape.push_back(x.dim(a));
  for (int64_t dim : indices.shape) shape.push_back(dim);
  for (int a = along + 1; a < x.rank(); ++a) shape.push_back(x.dim(a));
  return Spec{x.dtype, shape};
}
void Take::forward(In x, In indices, Out y) const {
  const int along = axis < 0 ? static_cast<int>(axis) + x.rank() : static_cast<int>(axis);
  expect_indices(label.empty() ? name : label.c_str(), indices, x.dim(along));
  const int64_t row = row_after(x.spec->shape, along) * static_cast<int64_t>(size_of(x.dtype()));
  table().gather(rows_before(x.spec->shape, along), x.dim(along), indices.size(), row, x.data, indices.as<int64_t>(),
                 y.data);
}
Tensors Take::gradient(const Backward& b) const {
  const int rank = b.in(0).shape().rank();
  const int64_t along = axis < 0 ? axis + rank : axis;
  return {record(TakeGrad{along, b.in(0).shape()[static_cast<int>(along)]}, {b.dy(), b.in(1)}), Tensor()};
}
PYKERAS_OP(Take)

Spec TakeGrad::infer(Spec dy, Spec indices) const {
  expect_float(name, "dy", dy);
  expect_dtype(name, "indices", DType::int64, indices);
  const int k = indices.rank();
  expect(axis >= 0 && axis <= dy.rank() - k && length >= 0, name, "axis or length out of range");
  Shape shape;
  for (int a = 0; a < axis; ++a) shape.push_back(dy.dim(a));
  shape.push_back(length);
  for (int a = 0; a < k; ++a) expect_equal(name, "indices size", dy.dim(static_cast<int>(axis) + a), indices.dim(a));
  for (int a = static_cast<int>(axis) + k; a < dy.rank(); ++a) shape.push_back(dy.dim(a));
  return Spec{dy.dtype, shape};
}
void TakeGrad::forward(In dy, In indices, Out dx) const {
  expect_indices(name, indices, length);
  const int along = static_cast<int>(axis);
  table().scatter_add(dy.dtype(), rows_before(dx.spec->shape, along), length, indices.size(),
                      row_after(dx.spec->shape, along), dy.data, indices.as<int64_t>(), dx.data);
}
// The plan: where the list of each bucket of rows begins, then the lists of places in dy, each in its order, so that
// additions come in the order of `forward`.
void TakeGrad::begin_pieces(const Ins& in, const Spec& dx, std::vector<int64_t>& plan) const {
  const In indices = in[1];
  expect_indices(name, indices, length);
  const int64_t bucket = rows_per_bucket(row_after(dx.shape, 0)), buckets = length / bucket + 1, n = indices.size();
  const int64_t* index = indices.as<int64_t>();
  plan.assign(static_cast<size_t>(buckets + 1 + n), 0);
  int64_t *begins = plan.data(), *places = begins + buckets + 1;
  for (int64_t j = 0; j < n; ++j) ++begins[index[j] / bucket + 1];
  for (int64_t b = 0; b < buckets; ++b) begins[b + 1] += begins[b];
  for (int64_t j = 0; j < n; ++j) places[begins[index[j] / bucket]++] = j;
  for (int64_t b = buckets; b > 0; --b) begins[b] = begins[b - 1];
  begins[0] = 0;
}
void TakeGrad::piece(const Ins& in, const Spec& dx, const std::vector<int64_t>& plan, int64_t first, int64_t count,
                     void* y) const {
  const int64_t row = row_after(dx.shape, 0), bucket = rows_per_bucket(row), buckets = length / bucket + 1;
  const int64_t *index = in[1].as<int64_t>(), *begins = plan.data(), *places = begins + buckets + 1;
  const int64_t last = first + count;
  std::memset(y, 0, static_cast<size_t>(count) * size_of(dx.dtype));
  with_real(dx.dtype, [&](auto tag) {
    using T = decltype(tag);
    T* sum = static_cast<T*>(y);
    const int64_t from = begins[first / row / bucket], to = begins[(last - 1) / row / bucket + 1];
    for (int64_t at = from; at < to; ++at) {
      const int64_t begin = index[places[at]] * row;
      const int64_t left = std::max(begin, first), right = std::min(begin + row, last);
      const T* source = in[0].as<T>() + places[at] * row;
      for (int64_t i = left; i < right; ++i) sum[i - first] += source[i - begin];
    }
  });
}
Tensors TakeGrad::gradient(const Backward& b) const { return {record(Take{axis}, {b.dy(), b.in(1)}), Tensor()}; }
PYKERAS_OP(TakeGrad)

Spec OneHot::infer(Spec indices) const {
  expect_dtype(name, "indices", DType::int64, indices);
  expect(classes >= 0, name, [&] { return "expected classes >= 0, got " + std::to_string(classes); });
  Shape shape = indices.shape;
  shape.push_back(classes);
  return Spec{dtype, shape};
}
void OneHot::forward(In indices, Out y) const {
  const size_t item = size_of(dtype);
  std::memset(y.data, 0, static_cast<size_t>(y.size()) * item);
  alignas(8) char one[8];
  const double value = 1;
  table().cast(DType::float64, dtype, 1, &value, one);
  const int64_t* index = indices.as<int64_t>();
  for (int64_t i = 0, n = indices.size(); i < n; ++i) {
    if (index[i] >= 0 && index[i] < classes) {
      std::memcpy(y.as<char>() + static_cast<size_t>(i * classes + index[i]) * item, one, item);
    }
  }
}
PYKERAS_OP(OneHot)

}  // namespace pykeras
