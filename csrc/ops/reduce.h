#pragma once
// Reductions over axes; gradients stand in reduce.cpp.
#include "op.h"

namespace pykeras {

#define PYKERAS_REDUCTION(Type, op_name, text)                                                                      \
  struct Type {                                                                                                     \
    static constexpr auto name = #op_name;                                                                          \
    static constexpr auto doc = text " over the given axes (none: over all)";                                       \
    static constexpr std::array inputs{"x"};                                                                        \
    std::vector<int64_t> axes;                                                                                      \
    bool keepdims = false;                                                                                          \
    static auto attributes() { return std::tuple{field("axes", &Type::axes), field("keepdims", &Type::keepdims)}; } \
    Spec infer(Spec x) const;                                                                                       \
    void forward(In x, Out y) const;                                                                                \
    Tensors gradient(const Backward& b) const;                                                                      \
  };
PYKERAS_REDUCTION(Sum, sum, "sum")
PYKERAS_REDUCTION(Mean, mean, "mean")
PYKERAS_REDUCTION(Max, max, "largest value")
PYKERAS_REDUCTION(Min, min, "smallest value")
PYKERAS_REDUCTION(Prod, prod, "product")
#undef PYKERAS_REDUCTION

struct ArgMax {
  static constexpr auto name = "argmax";
  static constexpr auto doc = "position of the first largest value along an axis, int64";
  static constexpr std::array inputs{"x"};
  int64_t axis = -1;
  static auto attributes() { return std::tuple{field("axis", &ArgMax::axis)}; }
  Spec infer(Spec x) const;
  void forward(In x, Out y) const;
};

struct ArgMin {
  static constexpr auto name = "argmin";
  static constexpr auto doc = "position of the first smallest value along an axis, int64";
  static constexpr std::array inputs{"x"};
  int64_t axis = -1;
  static auto attributes() { return std::tuple{field("axis", &ArgMin::axis)}; }
  Spec infer(Spec x) const;
  void forward(In x, Out y) const;
};

}  // namespace pykeras
