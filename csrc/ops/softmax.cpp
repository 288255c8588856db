// Softmax and the cross-entropies computed from logits.
#include "arithmetic.h"
#include "movement.h"
#include "reduce.h"

namespace pykeras {
namespace {

struct Extent {
  int64_t outer, n, inner;
};
Extent extent_of(const Shape& shape, int64_t axis) {
  const int along = static_cast<int>(axis < 0 ? axis + shape.rank() : axis);
  return {shape.product(0, along), shape[along], shape.product(along + 1, shape.rank())};
}
Extent rows_of(const Shape& shape) { return {shape.product(0, shape.rank() - 1), shape[-1], 1}; }

Tensor times(const Tensor& a, const Tensor& b) { return record(Multiply{}, {a, b}); }

struct SoftmaxGrad {
  static constexpr auto name = "softmax_grad";
  static constexpr auto doc = "y * (dy - sum(y * dy)) along an axis";
  static constexpr std::array inputs{"y", "dy"};
  int64_t axis = -1;
  static auto attributes() { return std::tuple{field("axis", &SoftmaxGrad::axis)}; }
  Spec infer(Spec y, Spec dy) const {
    expect_float(name, "y", y);
    expect_axis(name, axis, y.rank());
    expect_same(name, "dy", y, dy);
    return y;
  }
  void forward(In y, In dy, Out dx) const {
    const Extent e = extent_of(y.spec->shape, axis);
    with_real(y.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().softmax_grad(e.outer, e.n, e.inner, y.as<T>(), dy.as<T>(), dx.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    const Tensor &y = b.in(0), &dy = b.in(1), &g = b.dy();
    const auto total = [&](const Tensor& x) { return record(Sum{{axis}, true}, {x}); };
    Tensor for_y, for_dy;
    if (b.needs(0)) {
      // d/dy of y * (dy - s), s = sum(y * dy): g * (dy - s) - dy * sum(g * y)
      const Tensor centred = record(Subtract{}, {dy, total(times(y, dy))});
      for_y = record(Subtract{}, {times(g, centred), times(dy, total(times(g, y)))});
    }
    if (b.needs(1)) for_dy = record(SoftmaxGrad{axis}, {y, g});
    return {for_y, for_dy};
  }
};
PYKERAS_OP(SoftmaxGrad)

struct Softmax {
  static constexpr auto name = "softmax";
  static constexpr auto doc = "exp(x) / sum(exp(x)) along an axis";
  static constexpr std::array inputs{"x"};
  static constexpr Promotion promotion = Promotion::common_real;
  static constexpr bool remembers_input = true;
  int64_t axis = -1;
  static auto attributes() { return std::tuple{field("axis", &Softmax::axis)}; }
  Spec infer(Spec x) const {
    expect_axis(name, axis, x.rank());
    return x;
  }
  void forward(In x, Out y) const {
    const Extent e = extent_of(x.spec->shape, axis);
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().softmax(e.outer, e.n, e.inner, x.as<T>(), y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const { return {record(SoftmaxGrad{axis}, {b.out(), b.dy()})}; }
};
PYKERAS_OP(Softmax)

struct LogSoftmax {
  static constexpr auto name = "log_softmax";
  static constexpr auto doc = "x - log(sum(exp(x))) along an axis";
  static constexpr std::array inputs{"x"};
  static constexpr Promotion promotion = Promotion::common_real;
  int64_t axis = -1;
  static auto attributes() { return std::tuple{field("axis", &LogSoftmax::axis)}; }
  Spec infer(Spec x) const {
    expect_axis(name, axis, x.rank());
    return x;
  }
  void forward(In x, Out y) const {
    const Extent e = extent_of(x.spec->shape, axis);
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().log_softmax(e.outer, e.n, e.inner, x.as<T>(), y.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    const Tensor total = record(Sum{{axis}, true}, {b.dy()});
    return {record(Subtract{}, {b.dy(), times(record(Exp{}, {b.out()}), total)})};
  }
};
PYKERAS_OP(LogSoftmax)

/// dloss as a column, to broadcast along the classes.
Tensor column(const Tensor& dloss) {
  std::vector<int64_t> shape(dloss.shape().begin(), dloss.shape().end());
  shape.push_back(1);
  return record(Reshape{shape}, {dloss});
}

Spec infer_loss(const char* name, const Spec& logits) {
  expect_float(name, "logits", logits);
  expect_min_rank(name, "logits", logits, 1);
  return Spec{logits.dtype, Shape(logits.shape.begin(), logits.shape.end() - 1)};
}

struct SoftmaxCrossEntropyGrad {
  static constexpr auto name = "softmax_cross_entropy_grad";
  static constexpr auto doc = "gradient of softmax_cross_entropy for its logits";
  static constexpr std::array inputs{"logits", "target", "dloss"};
  Spec infer(Spec logits, Spec target, Spec dloss) const {
    expect_same(name, "target", logits, target);
    expect_same(name, "dloss", infer_loss(name, logits), dloss);
    return logits;
  }
  void forward(In logits, In target, In dloss, Out dx) const {
    const Extent e = rows_of(logits.spec->shape);
    with_real(logits.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().softmax_cross_entropy_grad(e.outer, e.n, logits.as<T>(), target.as<T>(), dloss.as<T>(),
                                                 dx.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    // With p = softmax(logits), s = sum(target): the op is dloss * (p * s - target).
    const Tensor &target = b.in(1), &g = b.dy(), dloss = column(b.in(2));
    const Tensor p = record(Softmax{}, {b.in(0)}), s = record(Sum{{-1}, true}, {target});
    Tensor for_logits, for_target, for_dloss;
    if (b.needs(0)) for_logits = record(SoftmaxGrad{}, {p, times(g, times(dloss, s))});
    if (b.needs(1)) for_target = times(dloss, record(Subtract{}, {record(Sum{{-1}, true}, {times(g, p)}), g}));
    if (b.needs(2)) for_dloss = record(Sum{{-1}, false}, {times(g, record(Subtract{}, {times(p, s), target}))});
    return {for_logits, for_target, for_dloss};
  }
};
PYKERAS_OP(SoftmaxCrossEntropyGrad)

struct SoftmaxCrossEntropy {
  static constexpr auto name = "softmax_cross_entropy";
  static constexpr auto doc = "-sum(target * log_softmax(logits)) over the last axis";
  static constexpr std::array inputs{"logits", "target"};
  static constexpr Promotion promotion = Promotion::common_real;
  Spec infer(Spec logits, Spec target) const {
    expect_same_shape(name, "target", logits, target);
    return infer_loss(name, logits);
  }
  void forward(In logits, In target, Out loss) const {
    const Extent e = rows_of(logits.spec->shape);
    with_real(logits.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().softmax_cross_entropy(e.outer, e.n, logits.as<T>(), target.as<T>(), loss.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    Tensor dlogits, dtarget;
    if (b.needs(0)) dlogits = record(SoftmaxCrossEntropyGrad{}, {b.in(0), b.in(1), b.dy()});
    if (b.needs(1)) dtarget = record(Negative{}, {times(record(LogSoftmax{}, {b.in(0)}), column(b.dy()))});
    return {dlogits, dtarget};
  }
};
PYKERAS_OP(SoftmaxCrossEntropy)

void expect_labels(const char* name, In labels, int64_t classes) {
  const int64_t* label = labels.as<int64_t>();
  for (int64_t i = 0, n = labels.size(); i < n; ++i) {
    if (label[i] < 0 || label[i] >= classes) {
      throw Error(std::string(name) + ": label " + std::to_string(label[i]) + " is out of range for " +
                  std::to_string(classes) + " classes (0 to " + std::to_string(classes - 1) + ")");
    }
  }
}

struct SparseSoftmaxCrossEntropyGrad {
  static constexpr auto name = "sparse_softmax_cross_entropy_grad";
  static constexpr auto doc = "gradient of sparse_softmax_cross_entropy for its logits";
  static constexpr std::array inputs{"logits", "labels", "dloss"};
  Spec infer(Spec logits, Spec labels, Spec dloss) const {
    expect_dtype(name, "labels", DType::int64, labels);
    expect_same_shape(name, "labels", infer_loss(name, logits), labels);
    expect_same(name, "dloss", infer_loss(name, logits), dloss);
    return logits;
  }
  void forward(In logits, In labels, In dloss, Out dx) const {
    const Extent e = rows_of(logits.spec->shape);
    expect_labels(name, labels, e.n);
    with_real(logits.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().sparse_softmax_cross_entropy_grad(e.outer, e.n, logits.as<T>(), labels.as<int64_t>(),
                                                        dloss.as<T>(), dx.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    const Tensor &logits = b.in(0), &g = b.dy(), p = record(Softmax{}, {logits});
    Tensor for_logits, for_dloss;
    if (b.needs(0)) for_logits = record(SoftmaxGrad{}, {p, times(g, column(b.in(2)))});
    if (b.needs(2)) {
      const Tensor hot = record(OneHot{logits.shape()[-1], logits.dtype()}, {b.in(1)});
      for_dloss = record(Sum{{-1}, false}, {times(g, record(Subtract{}, {p, hot}))});
    }
    return {for_logits, Tensor(), for_dloss};
  }
};
PYKERAS_OP(SparseSoftmaxCrossEntropyGrad)

struct SparseSoftmaxCrossEntropy {
  static constexpr auto name = "sparse_softmax_cross_entropy";
  static constexpr auto doc = "-log_softmax(logits)[label] over the last axis; int64 labels";
  static constexpr std::array inputs{"logits", "labels"};
  Spec infer(Spec logits, Spec labels) const {
    expect_dtype(name, "labels", DType::int64, labels);
    expect_same_shape(name, "labels", infer_loss(name, logits), labels);
    return infer_loss(name, logits);
  }
  void forward(In logits, In labels, Out loss) const {
    const Extent e = rows_of(logits.spec->shape);
    expect_labels(name, labels, e.n);
    with_real(logits.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().sparse_softmax_cross_entropy(e.outer, e.n, logits.as<T>(), labels.as<int64_t>(), loss.as<T>());
    });
  }
  Tensors gradient(const Backward& b) const {
    return {record(SparseSoftmaxCrossEntropyGrad{}, {b.in(0), b.in(1), b.dy()}), Tensor()};
  }
};
PYKERAS_OP(SparseSoftmaxCrossEntropy)

struct NegativeLogLikelihood {
  static constexpr auto name = "negative_log_likelihood";
  static constexpr auto doc = "-log_probabilities[label] over the last axis; int64 labels";
  static constexpr std::array inputs{"log_probabilities", "labels"};
  Spec infer(Spec x, Spec labels) const {
    expect_dtype(name, "labels", DType::int64, labels);
    expect_same_shape(name, "labels", infer_loss(name, x), labels);
    return infer_loss(name, x);
  }
  void forward(In x, In labels, Out loss) const {
    const Extent e = rows_of(x.spec->shape);
    expect_labels(name, labels, e.n);
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      for (int64_t i = 0; i < e.outer; ++i) loss.as<T>()[i] = -x.as<T>()[i * e.n + labels.as<int64_t>()[i]];
    });
  }
  Tensors gradient(const Backward& b) const {
    const Tensor hot = record(OneHot{b.in(0).shape()[-1], b.in(0).dtype()}, {b.in(1)});
    return {times(record(Negative{}, {column(b.dy())}), hot), Tensor()};
  }
};
PYKERAS_OP(NegativeLogLikelihood)

}  // namespace
}  // namespace pykeras
