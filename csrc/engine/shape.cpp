#include "shape.h"

#include "expect.h"

namespace pykeras {

void Shape::push_back(int64_t dim) {
  if (rank_ == max_rank) throw Error("a tensor has at most " + std::to_string(max_rank) + " axes");
  if (dim < unknown) throw Error("a tensor has no axis of size " + std::to_string(dim));
  if (dim > largest_axis) throw Error("a tensor has no axis as large as " + std::to_string(dim));
  dims_[rank_++] = dim;
}

bool Shape::known() const {
  for (int64_t dim : *this) {
    if (dim == unknown) return false;
  }
  return true;
}

int64_t Shape::product(int first, int last) const {
  // Zeros do not hide the other sizes: strides are products of those.
  int64_t result = 1;
  bool empty = false;
  for (int axis = first; axis < last; ++axis) {
    if (dims_[axis] == unknown) throw Error("a tensor needs sizes that are known, got shape " + text());
    if (dims_[axis] == 0) {
      empty = true;
    } else if (result > largest_size / dims_[axis]) {
      throw Error("a tensor of shape " + text() + " is too large");
    } else {
      result *= dims_[axis];
    }
  }
  return empty ? 0 : result;
}

std::string Shape::text() const {
  std::string result = "(";
  for (int axis = 0; axis < rank_; ++axis) {
    if (axis) result += ", ";
    result += dims_[axis] == unknown ? "None" : std::to_string(dims_[axis]);
  }
  return result + (rank_ == 1 ? ",)" : ")");
}

bool operator==(const Shape& a, const Shape& b) {
  if (a.rank_ != b.rank_) return false;
  for (int axis = 0; axis < a.rank_; ++axis) {
    if (a.dims_[axis] != b.dims_[axis]) return false;
  }
  return true;
}

}  // namespace pykeras
