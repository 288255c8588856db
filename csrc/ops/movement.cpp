#include "movement.h"

#include <cstring>

#include "reduce.h"

namespace pykeras {
namespace {

std::vector<int64_t> row_major_strides(const Shape& shape) {
  std::vector<int64_t> strides(static_cast<size_t>(shape.rank()));
  int64_t stride = 1;
  for (int axis = shape.rank(); axis-- > 0;) {
    strides[static_cast<size_t>(axis)] = stride;
    stride *= shape[axis];
  }
  return strides;
}

std::vector<int64_t> dims_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

int64_t rows_before(const Shape& shape, int axis) { return shape.product(0, axis); }
int64_t row_after(const Shape& shape, int axis) { return shape.product(axis + 1, shape.rank()); }

}  // namespace

Tensors Cast::gradient(const Backward& b) const {
  if (!is_float(b.in(0).dtype()) || !is_float(dtype)) return {Tensor()};
  return {record(Cast{b.in(0).dtype()}, {b.dy()})};
}
PYKERAS_OP(Cast)
PYKERAS_OP(StopGradient)

Spec Reshape::infer(Spec x) const {
  Shape target{}, given{};
  int open = -1;
  for (int64_t dim : shape) {
    expect(dim >= -1, name, [&] { return "expected sizes >= -1, got " + std::to_string(dim); });
    if (dim == -1) {
      expect(open < 0, name, "at most one size may be -1");
      open = target.rank();
    } else {
      given.push_back(dim);
    }
    target.push_back(dim);
  }
  const int64_t known = given.size();
  if (!x.shape.known()) return Spec{x.dtype, target};
  const int64_t size = x.shape.size();
  if (open >= 0) {
    expect(known != 0 && size % known == 0, name,
           [&] { return "cannot bring shape " + x.shape.text() + " into " + target.text(); });
    target[open] = size / known;
  }
  expect(target.size() == size, name,
         [&] { return "cannot bring shape " + x.shape.text() + " into " + target.text(); });
  return Spec{x.dtype, target};
}
Tensors Reshape::gradient(const Backward& b) const { return {record(Reshape{dims_of(b.in(0).shape())}, {b.dy()})}; }
PYKERAS_OP(Reshape)

Spec Transpose::infer(Spec x) const {
  expect_equal(name, "number of axes", x.rank(), static_cast<int64_t>(axes.size()));
  Shape shape;
  std::vector<bool> seen(axes.size(), false);
  for (int64_t axis : axes) {
    const int from = expect_axis(name, axis, x.rank());
    expect(!seen[static_cast<size_t>(from)], name, [&] { return "axis " + std::to_string(axis) + " comes twice"; });
    seen[static_cast<size_t>(from)] = true;
    shape.push_back(x.dim(from));
  }
  return Spec{x.dtype, shape};
}
void Transpose::forward(In x, Out y) const {
  const std::vector<int64_t> strides = row_major_strides(x.spec->shape);
  kernels::TransposeArgs args{};
  args.rank = y.rank();
  for (int axis = 0; axis < y.rank(); ++axis) {
    const int64_t from = axes[static_cast<size_t>(axis)];
    args.shape[axis] = y.dim(axis);
    args.strides[axis] = strides[static_cast<size_t>(from < 0 ? from + x.rank() : from)];
  }
  args.item_size = size_of(x.dtype());
  args.x = x.data;
  args.y = y.data;
  table().strided_copy(args);
}
Tensors Transpose::gradient(const Backward& b) const {
  std::vector<int64_t> inverse(axes.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t from = axes[i] < 0 ? axes[i] + static_cast<int64_t>(axes.size()) : axes[i];
    inverse[static_cast<size_t>(from)] = static_cast<int64_t>(i);
  }
  return {record(Transpose{inverse}, {b.dy()})};
}
PYKERAS_OP(Transpose)

Spec BroadcastTo::infer(Spec x) const {
  const Shape target(shape);
  expect(target.rank() >= x.rank(), name,
         [&] { return "cannot broadcast shape " + x.shape.text() + " to " + target.text(); });
  for (int axis = 1; axis <= x.rank(); ++axis) {
    expect(x.dim(-axis) == 1 || compatible(x.dim(-axis), target[-axis]), name,
           [&] { return "cannot broadcast shape " + x.shape.text() + " to " + target.text(); });
  }
  return Spec{x.dtype, target};
}
void BroadcastTo::forward(In x, Out y) const {
  const std::vector<int64_t> strides = row_major_strides(x.spec->shape);
  kernels::TransposeArgs args{};
  args.rank = y.rank();
  for (int axis = 1; axis <= y.rank(); ++axis) {
    args.shape[y.rank() - axis] = y.dim(-axis);
    const bool repeats = axis > x.rank() || x.dim(-axis) == 1;
    args.strides[y.rank() - axis] = repeats ? 0 : strides[static_cast<size_t>(x.rank() - axis)];
  }
  args.item_size = size_of(x.dtype());
  args.x = x.data;
  args.y = y.data;
  table().strided_copy(args);
}
Tensors BroadcastTo::gradient(const Backward& b) const { return {sum_to(b.dy(), b.in(0).spec())}; }
PYKERAS_OP(BroadcastTo)

Spec Concatenate::infer(const Specs& xs) const {
  expect(!xs.empty(), name, "expected at least one tensor");
  Spec result = xs[0];
  const int along = expect_axis(name, axis, result.rank());
  for (size_t i = 1; i < xs.size(); ++i) {
    bool fits = xs[i].rank() == result.rank();
    for (int a = 0; fits && a < result.rank(); ++a) fits = a == along || compatible(result.dim(a), xs[i].dim(a));
    expect(fits, name, [&] {
      return "shapes must agree except along axis " + std::to_string(axis) + ", got " + xs[0].shape.text() + " and " +
             xs[i].shape.text();
    });
    for (int a = 0; a < result.rank(); ++a) {
      if (a == along) {
        const bool open = result.dim(a) == Shape::unknown || xs[i].dim(a) == Shape::unknown;
        result.shape[a] = open ? Shape::unknown : result.dim(a) + xs[i].dim(a);
      } else if (result.dim(a) == Shape::unknown) {
        result.shape[a] = xs[i].dim(a);
      }
    }
  }
  return result;
}
void Concatenate::forward(const Ins& xs, Out y) const {
  const int along = axis < 0 ? static_cast<int>(axis) + y.rank() : static_cast<int>(axis);
  const int64_t outer = rows_before(y.spec->shape, along);
  const size_t item = size_of(y.dtype());
  const size_t out_row = static_cast<size_t>(y.dim(along) * row_after(y.spec->shape, along)) * item;
  size_t offset = 0;
  for (const In& x : xs) {
    const size_t row = static_cast<size_t>(x.dim(along) * row_after(x.spec->shape, along)) * item;
    if (row > 0) {
      for (int64_t o = 0; o < outer; ++o) {
        std::memcpy(y.as<char>() + static_cast<size_t>(o) * out_row + offset,
                    x.as<char>() + static_cast<size_t>(o) * row, row);
      }
    }
    offset += row;
  }
}
Tensors Concatenate::gradient(const Backward& b) const {
  const int rank = b.out().shape().rank();
  const auto along = static_cast<size_t>(axis < 0 ? axis + rank : axis);
  Tensors result;
  Slice slice;
  slice.start.assign(static_cast<size_t>(rank), 0);
  slice.step.assign(static_cast<size_t>(rank), 1);
  for (size_t i = 0; i < b.inputs.size(); ++i) {
    const Shape& shape = b.inputs[i].shape();
    slice.size = dims_of(shape);
    result.push_back(b.needed[i] ? record(slice, {b.dy()}) : Tensor());
    slice.start[along] += shape[static_cast<int>(along)];
  }
  return result;
}
PYKERAS_OP(Concatenate)

Specs Split::infer(Spec x) const {
  const int along = expect_axis(name, axis, x.rank());
  Specs parts;
  int64_t total = 0;
  for (const int64_t size : sizes) {
    expect(size >= 0 && size <= Shape::largest_axis, name,
           [&] { return "expected sizes from 0 to 2^40, got " + std::to_string(size); });
    Spec part = x;
    part.shape[along] = size;
    parts.push_back(part);
    total += size;
  }
  expect(!sizes.empty(), name, "expected at least one size");
  expect(x.dim(along) == Shape::unknown || x.dim(along) == total, name, [&] {
    return "sizes add up to " + std::to_string(total) + ", but axis " + std::to_string(axis) + " of shape " +
           x.shape.text() + " is another";
  });
  return parts;
}
void Split::forward(In x, const Outs& parts) const {
  const int along = axis < 0 ? static_cast<int>(axis) + x.rank() : static_cast<int>(axis);
  const int64_t outer = rows_before(x.spec->shape, along);
  const size_t item = size_of(x.dtype());
  const size_t in_row = static_cast<size_t>(x.dim(along) * row_after(x.spec->shape, along)) * item;
  size_t offset = 0;
  for (const Out& part : parts) {
    const size_t row = static_cast<size_t>(part.dim(along) * row_after(part.spec->shape, along)) * item;
    if (row > 0) {
      for (int64_t o = 0; o < outer; ++o) {
        std::memcpy(part.as<char>() + static_cast<size_t>(o) * row,
                    x.as<char>() + static_cast<size_t>(o) * in_row + offset, row);
      }
    }
    offset += row;
  }
}
Tensors Split::gradient(const Backward& b) const {
  Tensors parts;
  for (size_t i = 0; i < b.outputs.size(); ++i) {
    parts.push_back(b.gradients[i] ? b.gradients[i] : zeros(b.outputs[i].spec()));
  }
  return {record(Concatenate{axis}, std::move(parts))};
}
PYKERAS_OP(Split)
namespace {
/// Whether `count` places `start`, `start + step`, ... lie on an axis of size `dim`.
bool lie_on_axis(int64_t start, int64_t count, int64_t step, int64_t dim) {
  if (count == 0) return true;
  if (start < 0 || start >= dim) return false;
  if (count == 1) return true;
  if (step < -dim || step > dim || count > dim) return false;
  const int64_t last = start + (count - 1) * step;
  return last >= 0 && last < dim;
}

/// How many places from `start` to the end of the axis a step reaches.
int64_t places_left(int64_t start, int64_t step, int64_t dim) {
  if (step > 0) return start >= dim ? 0 : start < 0 ? 1 : (dim - start - 1) / step + 1;
  return start < 0 ? 0 : start >= dim ? 1 : step < -dim ? 1 : start / -step + 1;
}
}  // namespace

Spec Slice::infer(Spec x) const {
  const auto rank = static_cast<size_t>(x.rank());
  expect(start.size() == rank && size.size() == rank && step.size() == rank, name,
         [&] { return "expected start, size and step for each axis of shape " + x.shape.text(); });
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto a = static_cast<size_t>(axis);
    const int64_t dim = x.dim(axis);
    expect(step[a] != 0, name, "a step must not be 0");
    if (dim == Shape::unknown) {
      shape.push_back(size[a] == -1 && start[a] == 0 && step[a] == 1 ? Shape::unknown : size[a]);
      continue;
    }
    const int64_t count = size[a] == -1 ? places_left(start[a], step[a], dim) : size[a];
    expect(count >= 0, name, [&] { return "expected a size >= -1, got " + std::to_string(count); });
    expect(lie_on_axis(start[a], count, step[a], dim), name, [&] {
      return "start " + std::to_string(start[a]) + ", size " + std::to_string(count) + ", step " +
             std::to_string(step[a]) + " leave axis " + std::to_string(axis) + " of shape " + x.shape.text();
    });
    shape.push_back(count);
  }
  return Spec{x.dtype, shape};
}

namespace {
/// Arguments of a copy between a dense tensor and the strided places of another one.
kernels::TransposeArgs places(const Shape& whole, const Shape& part, const std::vector<int64_t>& start,
                              const std::vector<int64_t>& step, size_t item_size, const void* data) {
  const std::vector<int64_t> strides = row_major_strides(whole);
  kernels::TransposeArgs args{};
  args.rank = part.rank();
  int64_t offset = 0;
  for (int axis = 0; axis < part.rank(); ++axis) {
    const auto a = static_cast<size_t>(axis);
    args.shape[axis] = part[axis];
    args.strides[axis] = part[axis] > 1 ? strides[a] * step[a] : 0;
    offset += part[axis] > 0 ? strides[a] * start[a] : 0;
  }
  args.item_size = item_size;
  args.x = static_cast<const char*>(data) + offset * static_cast<int64_t>(item_size);
  return args;
}
}  // namespace

void Slice::forward(In x, Out y) const {
  if (y.size() == 0) return;
  kernels::TransposeArgs args = places(x.spec->shape, y.spec->shape, start, step, size_of(x.dtype()), x.data);
  args.y = y.data;
  table().strided_copy(args);
}
Tensors Slice::gradient(const Backward& b) const {
  return {record(Embed{dims_of(b.in(0).shape()), start, step}, {b.dy()})};
}
PYKERAS_OP(Slice)

Spec Embed::infer(Spec x) const {
  const auto rank = static_cast<size_t>(x.rank());
  for (int64_t dim : shape) expect(dim >= 0, name, [&] { return "expected sizes >= 0, got " + std::to_string(dim); });
  expect(shape.size() == rank && start.size() == rank && step.size() == rank, name,
         [&] { return "expected shape, start and step for each axis of shape " + x.shape.text(); });
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto a = static_cast<size_t>(axis);
    if (x.dim(axis) == Shape::unknown || shape[a] == Shape::unknown || x.dim(axis) == 0) continue;
    expect(step[a] != 0 && lie_on_axis(start[a], x.dim(axis), step[a], shape[a]), name,
           [&] { return "shape " + x.shape.text() + " does not fit into " + Shape(shape).text(); });
  }
  return Spec{x.dtype, Shape(shape)};
}
void Embed::forward(In x, Out y) const {
  std::memset(y.data, 0, static_cast<size_t>(y.size()) * size_of(y.dtype()));
  if (x.size() == 0) return;
  kernels::TransposeArgs args = places(y.spec->shape, x.spec->shape, start, step, size_of(x.dtype()), y.data);
  args.y = const_cast<void*>(x.data);  // read only: strided_scatter goes from y to x
  table().strided_scatter(args);
}
Tensors Embed::gradient(const Backward& b) const {
  return {record(Slice{start, dims_of(b.in(0).shape()), step}, {b.dy()})};
}
PYKERAS_OP(Embed)

}  // namespace pykeras
