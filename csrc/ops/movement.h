#pragma once
// Ops that move values without computing; gradients stand in movement.cpp.
#include "op.h"

namespace pykeras {

struct Cast {
  static constexpr auto name = "cast";
  static constexpr auto doc = "x as another dtype; floats lose their fraction in integers and saturate, NaN becomes 0";
  static constexpr std::array inputs{"x"};
  DType dtype = DType::float32;
  static auto attributes() { return std::tuple{field("dtype", &Cast::dtype)}; }
  Spec infer(Spec x) const { return Spec{dtype, x.shape}; }
  void forward(In x, Out y) const { table().cast(x.dtype(), dtype, x.size(), x.data, y.data); }
  Tensors gradient(const Backward& b) const;
};

struct StopGradient {
  static constexpr auto name = "stop_gradient";
  static constexpr auto doc = "x, as a constant for differentiation";
  static constexpr std::array inputs{"x"};
  static constexpr bool view = true, constant = true, moves_strings = true;
  Spec infer(Spec x) const { return x; }
  void forward(In, Out) const {}
};

struct Reshape {
  static constexpr auto name = "reshape";
  static constexpr auto doc = "the same values in row-major order under another shape; one -1 is worked out";
  static constexpr std::array inputs{"x"};
  static constexpr bool view = true, moves_strings = true;
  std::vector<int64_t> shape;
  static auto attributes() { return std::tuple{field("shape", &Reshape::shape)}; }
  Spec infer(Spec x) const;
  void forward(In, Out) const {}
  Tensors gradient(const Backward& b) const;
};

struct Transpose {
  static constexpr auto name = "transpose";
  static constexpr auto doc = "axis i of the result is axis axes[i] of x";
  static constexpr std::array inputs{"x"};
  static constexpr bool moves_strings = true;
  std::vector<int64_t> axes;
  static auto attributes() { return std::tuple{field("axes", &Transpose::axes)}; }
  Spec infer(Spec x) const;
  void forward(In x, Out y) const;
  Tensors gradient(const Backward& b) const;
};

struct BroadcastTo {
  static constexpr auto name = "broadcast_to";
  static constexpr auto doc = "x repeated along axes of size 1 (and new leading axes) to the given shape";
  static constexpr std::array inputs{"x"};
  static constexpr bool moves_strings = true;
  std::vector<int64_t> shape;
  static auto attributes() { return std::tuple{field("shape", &BroadcastTo::shape)}; }
  Spec infer(Spec x) const;
  void forward(In x, Out y) const;
  Tensors gradient(const Backward& b) const;
};

struct Concatenate {
  static constexpr auto name = "concatenate";
  static constexpr auto doc = "tensors one after another along an axis";
  static constexpr std::array inputs{"xs*"};
  static constexpr bool moves_strings = true;
  static constexpr Promotion promotion = Promotion::common;
  int64_t axis = 0;
  static auto attributes() { return std::tuple{field("axis", &Concatenate::axis)}; }
  Spec infer(const Specs& xs) const;
  void forward(const Ins& xs, Out y) const;
  Tensors gradient(const Backward& b) const;
};

/// The reverse of Concatenate: one pass, and a gradient that is one pass too.
struct Split {
  static constexpr auto name = "split";
  static constexpr auto doc = "parts of x one after another along an axis, of the given sizes";
  static constexpr std::array inputs{"x"};
  static constexpr bool moves_strings = true;
  std::vector<int64_t> sizes;
  int64_t axis = 0;
  static auto attributes() { return std::tuple{field("sizes", &Split::sizes), field("axis", &Split::axis)}; }
  Specs infer(Spec x) const;
  void forward(In x, const Outs& parts) const;
  Tensors gradient(const Backward& b) const;
};

/// x[start[0] : start[0] + size[0] * step[0] : step[0], ...]; steps may be negative.
struct Slice {
  static constexpr auto name = "slice";
  static constexpr auto doc =
      "elements start, start + step, ... (size of them) along each axis; size -1 means as many as there are";
  static constexpr std::array inputs{"x"};
  static constexpr bool moves_strings = true;
  std::vector<int64_t> start, size, step;
  static auto attributes() {
    return std::tuple{field("start", &Slice::start), field("size", &Slice::size), field("step", &Slice::step)};
  }
  Spec infer(Spec x) const;
  void forward(In x, Out y) const;
  Tensors gradient(const Backward& b) const;
};

/// The reverse of Slice: x written into zeros of the given shape.
struct Embed {
  static constexpr auto name = "embed";
  static constexpr auto doc = "zeros of `shape` with x at start, start + step, ... along each axis";
  static constexpr std::array inputs{"x"};
  std::vector<int64_t> shape, start, step;
  static auto attributes() {
    return std::tuple{field("shape", &Embed::shape), field("start", &Embed::start), field("step", &Embed::step)};
  }
  Spec infer(Spec x) const;
  void forward(In x, Out y) const;
  Tensors gradient(const Backward& b) const;
};

struct Take {
  static constexpr auto name = "take";
  static constexpr auto doc = "slices of x along an axis, by number; int64 indices of any shape";
  static constexpr std::array inputs{"x", "indices"};
  static constexpr bool moves_strings = true;
  int64_t axis = 0;
  std::string label = {};  // whose indices they are, for messages
  static auto attributes() { return std::tuple{field("axis", &Take::axis), field("label", &Take::label)}; }
  Spec infer(Spec x, Spec indices) const;
  void forward(In x, In indices, Out y) const;
  Tensors gradient(const Backward& b) const;
};

/// The gradient of Take: rows of dy added up in zeros of the given length.
struct TakeGrad {
  static constexpr auto name = "take_grad";
  static constexpr auto doc = "slices of dy added to zeros of `length` along an axis, by number";
  static constexpr std::array inputs{"dy", "indices"};
  int64_t axis = 0, length = 0;
  static auto attributes() { return std::tuple{field("axis", &TakeGrad::axis), field("length", &TakeGrad::length)}; }
  Spec infer(Spec dy, Spec indices) const;
  void forward(In dy, In indices, Out dx) const;
  Tensors gradient(const Backward& b) const;
  // An optimizer's pass takes the few rows as they are, instead of reading a matrix of zeros.
  bool piecewise() const { return axis == 0; }
  void begin_pieces(const Ins& in, const Spec& dx, std::vector<int64_t>& plan) const;
  void piece(const Ins& in, const Spec& dx, const std::vector<int64_t>& plan, int64_t first, int64_t count,
             void* y) const;
};

struct OneHot {
  static constexpr auto name = "one_hot";
  static constexpr auto doc = "1 at the index along a new last axis, 0 elsewhere; all 0 for an index out of range";
  static constexpr std::array inputs{"indices"};
  int64_t classes = 0;
  DType dtype = DType::float32;
  static auto attributes() { return std::tuple{field("classes", &OneHot::classes), field("dtype", &OneHot::dtype)}; }
  Spec infer(Spec indices) const;
  void forward(In indices, Out y) const;
};

}  // namespace pykeras
