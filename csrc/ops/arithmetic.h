#pragma once
// Elementwise arithmetic, comparison and logic; gradients stand in arithmetic.cpp.
#include "pointwise.h"

namespace pykeras {

#define PYKERAS_UNARY(Type, op_name, promote, text)            \
  struct Type : Unary<Type, Elementwise::op_name> {            \
    static constexpr auto name = #op_name;                     \
    static constexpr auto doc = text;                          \
    static constexpr Promotion promotion = Promotion::promote; \
    Tensors gradient(const Backward& b) const;                 \
  };
PYKERAS_UNARY(Negative, negative, common, "-x")
PYKERAS_UNARY(Absolute, absolute, common, "|x|")
PYKERAS_UNARY(Sign, sign, common, "-1, 0 or 1 with the sign of x")
PYKERAS_UNARY(Square, square, common, "x * x")
PYKERAS_UNARY(Reciprocal, reciprocal, common_real, "1 / x")
PYKERAS_UNARY(Sqrt, sqrt, common_real, "square root of x")
PYKERAS_UNARY(Rsqrt, rsqrt, common_real, "1 / sqrt(x)")
PYKERAS_UNARY(Exp, exp, common_real, "e ** x")
PYKERAS_UNARY(Expm1, expm1, common_real, "e ** x - 1, accurate near 0")
PYKERAS_UNARY(Log, log, common_real, "natural logarithm of x")
PYKERAS_UNARY(Log1p, log1p, common_real, "log(1 + x), accurate near 0")
PYKERAS_UNARY(Log2, log2, common_real, "logarithm of x to base 2")
PYKERAS_UNARY(Log10, log10, common_real, "logarithm of x to base 10")
PYKERAS_UNARY(Sin, sin, common_real, "sine of x in radians")
PYKERAS_UNARY(Cos, cos, common_real, "cosine of x in radians")
PYKERAS_UNARY(Tan, tan, common_real, "tangent of x in radians")
PYKERAS_UNARY(Arcsin, arcsin, common_real, "inverse sine")
PYKERAS_UNARY(Arccos, arccos, common_real, "inverse cosine")
PYKERAS_UNARY(Arctan, arctan, common_real, "inverse tangent")
PYKERAS_UNARY(Sinh, sinh, common_real, "hyperbolic sine")
PYKERAS_UNARY(Cosh, cosh, common_real, "hyperbolic cosine")
PYKERAS_UNARY(Arcsinh, arcsinh, common_real, "inverse hyperbolic sine")
PYKERAS_UNARY(Arccosh, arccosh, common_real, "inverse hyperbolic cosine")
PYKERAS_UNARY(Arctanh, arctanh, common_real, "inverse hyperbolic tangent")
PYKERAS_UNARY(Erf, erf, common_real, "error function")
PYKERAS_UNARY(Erfinv, erfinv, common_real, "inverse error function")
PYKERAS_UNARY(Floor, floor, common, "largest integer <= x")
PYKERAS_UNARY(Ceil, ceil, common, "smallest integer >= x")
PYKERAS_UNARY(Round, round, common, "nearest integer, halves to even")
PYKERAS_UNARY(Trunc, trunc, common, "x without its fraction")
#undef PYKERAS_UNARY

#define PYKERAS_TEST(Base, Type, op_name, promote, text)       \
  struct Type : Base<Type, Elementwise::op_name> {             \
    static constexpr auto name = #op_name;                     \
    static constexpr auto doc = text;                          \
    static constexpr Promotion promotion = Promotion::promote; \
    static DType result(DType) { return DType::boolean; }      \
  };
PYKERAS_TEST(Unary, Isnan, isnan, common, "whether x is not a number")
PYKERAS_TEST(Unary, Isinf, isinf, common, "whether x is infinite")
PYKERAS_TEST(Unary, Isfinite, isfinite, common, "whether x is neither infinite nor NaN")
PYKERAS_TEST(Unary, LogicalNot, logical_not, common, "not x, of bool")
PYKERAS_TEST(Binary, Equal, equal, common, "x1 == x2")
PYKERAS_TEST(Binary, NotEqual, not_equal, common, "x1 != x2")
PYKERAS_TEST(Binary, Less, less, common, "x1 < x2")
PYKERAS_TEST(Binary, LessEqual, less_equal, common, "x1 <= x2")
PYKERAS_TEST(Binary, Greater, greater, common, "x1 > x2")
PYKERAS_TEST(Binary, GreaterEqual, greater_equal, common, "x1 >= x2")
PYKERAS_TEST(Binary, LogicalAnd, logical_and, common, "x1 and x2, of bool")
PYKERAS_TEST(Binary, LogicalOr, logical_or, common, "x1 or x2, of bool")
PYKERAS_TEST(Binary, LogicalXor, logical_xor, common, "exactly one of x1 and x2, of bool")
#undef PYKERAS_TEST

#define PYKERAS_BINARY(Type, op_name, promote, text)           \
  struct Type : Binary<Type, Elementwise::op_name> {           \
    static constexpr auto name = #op_name;                     \
    static constexpr auto doc = text;                          \
    static constexpr Promotion promotion = Promotion::promote; \
    Tensors gradient(const Backward& b) const;                 \
  };
PYKERAS_BINARY(Add, add, common, "x1 + x2")
PYKERAS_BINARY(Subtract, subtract, common, "x1 - x2")
PYKERAS_BINARY(Multiply, multiply, common, "x1 * x2")
PYKERAS_BINARY(Divide, divide, common_real, "x1 / x2")
PYKERAS_BINARY(Mod, mod, common, "remainder of x1 / x2 with the sign of x2")
PYKERAS_BINARY(Power, power, common, "x1 ** x2")
PYKERAS_BINARY(Maximum, maximum, common, "larger of x1 and x2; NaN wins")
PYKERAS_BINARY(Minimum, minimum, common, "smaller of x1 and x2; NaN wins")
PYKERAS_BINARY(Arctan2, arctan2, common_real, "angle of the point (x2, x1) in radians")
#undef PYKERAS_BINARY

struct FloorDivide : Binary<FloorDivide, Elementwise::floor_divide> {
  static constexpr auto name = "floor_divide";
  static constexpr auto doc = "largest integer <= x1 / x2";
  Tensors gradient(const Backward& b) const;
};

struct Copy : Unary<Copy, Elementwise::copy> {
  static constexpr auto name = "copy";
  static constexpr auto doc = "x, in memory of its own";
  static constexpr Promotion promotion = Promotion::none;
  Tensors gradient(const Backward& b) const { return {b.dy()}; }
};

struct Clip : Unary<Clip, Elementwise::clip> {
  static constexpr auto name = "clip";
  static constexpr auto doc = "x limited to [low, high]";
  static constexpr Promotion promotion = Promotion::common;
  double low = 0, high = 0;
  static auto attributes() { return std::tuple{field("low", &Clip::low), field("high", &Clip::high)}; }
  std::array<double, 2> params() const { return {low, high}; }
  Tensors gradient(const Backward& b) const;
};

struct Select {
  static constexpr auto name = "select";
  static constexpr auto doc = "x where condition, else y";
  static constexpr std::array inputs{"condition", "x", "y"};
  static constexpr Promotion promotion = Promotion::select;
  Spec infer(Spec condition, Spec x, Spec y) const;
  void forward(In condition, In x, In y, Out out) const { run_pointwise(pointwise(), {condition, x, y}, out); }
  PointwiseKernel pointwise() const { return {static_cast<int>(Elementwise::select), {0, 0}}; }
  Tensors gradient(const Backward& b) const;
};

}  // namespace pykeras
