// Running sums along an axis.
#include "op.h"

namespace pykeras {
namespace {

struct CumSum {
  static constexpr auto name = "cumsum";
  static constexpr auto doc = "sums of all elements up to each one along an axis, from its end when reverse";
  static constexpr std::array inputs{"x"};
  int64_t axis = -1;
  bool reverse = false;
  static auto attributes() { return std::tuple{field("axis", &CumSum::axis), field("reverse", &CumSum::reverse)}; }

  Spec infer(Spec x) const {
    expect_axis(name, axis, x.rank());
    if (!is_float(x.dtype) && x.dtype != DType::int32 && x.dtype != DType::int64) {
      throw TypeError(std::string(name) + ": expected int32, int64, float32 or float64, got " + name_of(x.dtype));
    }
    return x;
  }
  void forward(In x, Out y) const {
    switch (x.dtype()) {
      case DType::int32:
        return run<uint32_t, uint32_t>(x, y);  // sums wrap
      case DType::int64:
        return run<uint64_t, uint64_t>(x, y);
      case DType::float64:
        return run<double, double>(x, y);
      default:
        return run<float, double>(x, y);
    }
  }
  Tensors gradient(const Backward& b) const { return {record(CumSum{axis, !reverse}, {b.dy()})}; }

 private:
  template <class T, class Sum>
  void run(In x, Out y) const {
    const int along = expect_axis(name, axis, x.rank());
    const Shape& shape = x.spec->shape;
    const int64_t outer = shape.product(0, along), n = shape[along], inner = shape.product(along + 1, shape.rank());
    kernels::parallel_for(outer, static_cast<double>(shape.size()), [&](int64_t row) {
      std::vector<Sum> sums(static_cast<size_t>(inner), Sum(0));
      for (int64_t step = 0; step < n; ++step) {
        const int64_t at = (row * n + (reverse ? n - 1 - step : step)) * inner;
        for (int64_t i = 0; i < inner; ++i) {
          sums[static_cast<size_t>(i)] += static_cast<Sum>(x.as<T>()[at + i]);
          y.as<T>()[at + i] = static_cast<T>(sums[static_cast<size_t>(i)]);
        }
      }
    });
  }
};
PYKERAS_OP(CumSum)

}  // namespace
}  // namespace pykeras
