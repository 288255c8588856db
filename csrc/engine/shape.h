#pragma once
// Shapes and specs. An unknown dimension is -1; it occurs in symbolic calls only, never in a tensor.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "../kernels/dtype.h"

namespace pykeras {

class Shape {
 public:
  static constexpr int max_rank = 12;
  static constexpr int64_t unknown = -1;
  /// Of one axis and of all together; what is computed from sizes and checked attributes stays within an int64.
  static constexpr int64_t largest_axis = int64_t{1} << 40, largest_size = int64_t{1} << 46;

  Shape() = default;
  Shape(std::initializer_list<int64_t> dims) : Shape(dims.begin(), dims.end()) {}
  explicit Shape(const std::vector<int64_t>& dims) : Shape(dims.begin(), dims.end()) {}
  template <class Iterator>
  Shape(Iterator first, Iterator last) {
    for (; first != last; ++first) push_back(*first);
  }

  int rank() const { return rank_; }
  /// Negative axes count from the end. The axis must lie within the rank.
  int64_t operator[](int axis) const { return dims_[axis < 0 ? axis + rank_ : axis]; }
  int64_t& operator[](int axis) { return dims_[axis < 0 ? axis + rank_ : axis]; }
  const int64_t* begin() const { return dims_.data(); }
  const int64_t* end() const { return dims_.data() + rank_; }
  void push_back(int64_t dim);

  bool known() const;
  /// Number of elements. Raises when the shape is not known or its sizes (those that are 0 aside) multiply to too many.
  int64_t size() const { return product(0, rank_); }
  int64_t product(int first, int last) const;
  std::string text() const;

  friend bool operator==(const Shape& a, const Shape& b);
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }

 private:
  std::array<int64_t, max_rank> dims_{};
  int rank_ = 0;
};

/// What is known of a tensor without its values. A spec that stands for an optional input left out is not `given`.
struct Spec {
  DType dtype = DType::float32;
  Shape shape;
  bool given = true;

  static Spec none() {
    Spec spec;
    spec.given = false;
    return spec;
  }
  int rank() const { return shape.rank(); }
  int64_t dim(int axis) const { return shape[axis]; }
  size_t bytes() const { return static_cast<size_t>(shape.size()) * size_of(dtype); }
  std::string text() const { return std::string(name_of(dtype)) + " " + shape.text(); }
};

inline bool operator==(const Spec& a, const Spec& b) {
  return a.given == b.given && a.dtype == b.dtype && a.shape == b.shape;
}
using Specs = std::vector<Spec>;

/// Whether two dimensions may be equal; an unknown one may be anything.
inline bool compatible(int64_t a, int64_t b) { return a == b || a == Shape::unknown || b == Shape::unknown; }

}  // namespace pykeras
