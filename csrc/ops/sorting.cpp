// Order along an axis. Values are picked by Take, so gradients flow through them.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "op.h"

namespace pykeras {
namespace {

/// Visits the dtype's C++ type.
template <class Body>
void with_type(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::boolean:
    case DType::uint8:
      return body(uint8_t{});
    case DType::int8:
      return body(int8_t{});
    case DType::uint16:
      return body(uint16_t{});
    case DType::int16:
      return body(int16_t{});
    case DType::uint32:
      return body(uint32_t{});
    case DType::int32:
      return body(int32_t{});
    case DType::uint64:
      return body(uint64_t{});
    case DType::int64:
      return body(int64_t{});
    case DType::float32:
      return body(float{});
    case DType::float64:
      return body(double{});
    case DType::string:  // refused before
      return;
  }
}

struct ArgSort {
  static constexpr auto name = "argsort";
  static constexpr auto doc =
      "positions that bring x into ascending order along an axis, equal values in order, NaN last; int64";
  static constexpr std::array inputs{"x"};
  int64_t axis = -1;
  static auto attributes() { return std::tuple{field("axis", &ArgSort::axis)}; }
  Spec infer(Spec x) const {
    expect_axis(name, axis, x.rank());
    return Spec{DType::int64, x.shape};
  }
  void forward(In x, Out y) const {
    const int along = static_cast<int>(axis < 0 ? axis + x.rank() : axis);
    const Shape& shape = x.spec->shape;
    const int64_t outer = shape.product(0, along), n = shape[along], inner = shape.product(along + 1, shape.rank());
    with_type(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      std::vector<int64_t> order(static_cast<size_t>(n));
      for (int64_t row = 0; row < outer * inner; ++row) {
        const int64_t base = row / inner * n * inner + row % inner;
        const T* values = x.as<T>() + base;
        std::iota(order.begin(), order.end(), int64_t{0});
        std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
          const T left = values[a * inner], right = values[b * inner];
          if constexpr (std::is_floating_point_v<T>) {
            if (std::isnan(left) || std::isnan(right)) return !std::isnan(left) && std::isnan(right);
          }
          return left < right;
        });
        for (int64_t i = 0; i < n; ++i) y.as<int64_t>()[base + i * inner] = order[static_cast<size_t>(i)];
      }
    });
  }
};
PYKERAS_OP(ArgSort)

}  // namespace
}  // namespace pykeras
