// Batch normalization over all axes but the last, layer normalization over the last.
#include "arithmetic.h"
#include "movement.h"
#include "reduce.h"

namespace pykeras {
namespace {

int64_t rows_of(const Spec& x) { return x.shape.product(0, x.rank() - 1); }

Tensor times(const Tensor& a, const Tensor& b) { return record(Multiply{}, {a, b}); }
Tensor times(const Tensor& a, double b) { return times(a, scalar_like(b, a.dtype())); }
Tensor plus(const Tensor& a, const Tensor& b) { return record(Add{}, {a, b}); }
Tensor minus(const Tensor& a, const Tensor& b) { return record(Subtract{}, {a, b}); }
Tensor or_zeros(const Tensor& gradient, const Tensor& like) { return gradient ? gradient : zeros(like.spec()); }

/// Sums over all axes but the last.
Tensor channel_sum(const Tensor& x) {
  std::vector<int64_t> axes;
  for (int axis = 0; axis + 1 < x.shape().rank(); ++axis) axes.push_back(axis);
  return axes.empty() ? x : record(Sum{axes, false}, {x});
}

/// Means over the last axis, which stays with size 1.
Tensor row_mean(const Tensor& x) { return record(Mean{{-1}, true}, {x}); }

/// One value for each row, with an axis to broadcast along it.
Tensor column(const Tensor& x) {
  std::vector<int64_t> shape(x.shape().begin(), x.shape().end());
  shape.push_back(1);
  return record(Reshape{shape}, {x});
}

struct BatchNormGrad {
  static constexpr auto name = "batch_norm_grad";
  static constexpr auto doc = "gradients of batch_norm: for x, gamma and beta";
  static constexpr std::array inputs{"x", "gamma", "mean", "variance", "dy"};
  double epsilon = 1e-3;
  static auto attributes() { return std::tuple{field("epsilon", &BatchNormGrad::epsilon)}; }
  Specs infer(Spec x, Spec gamma, Spec mean, Spec variance, Spec dy) const {
    expect_float(name, "x", x);
    expect_min_rank(name, "x", x, 1);
    const Spec channels{x.dtype, Shape{x.dim(-1)}};
    for (const Spec& spec : {gamma, mean, variance}) {
      if (spec.given) expect_same(name, "gamma, mean and variance", channels, spec);
    }
    expect_same(name, "dy", x, dy);
    return {x, channels, channels};
  }
  void forward(In x, In gamma, In mean, In variance, In dy, Out dx, Out dgamma, Out dbeta) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().batch_norm_grad({rows_of(*x.spec), x.dim(-1), x.as<T>(), gamma.as<T>(), mean.as<T>(),
                                       variance.as<T>(), dy.as<T>(), dx.as<T>(), dgamma.as<T>(), dbeta.as<T>(),
                                       static_cast<T>(epsilon)});
    });
  }
  Tensors gradient(const Backward& b) const {
    // With s = 1 / sqrt(variance + epsilon), z = s (x - mean), and <a, b> for a sum over the rows, the results are
    //   dx = gamma s (dy - <dy, 1> / n - z <dy, z> / n),  dgamma = <dy, z>,  dbeta = <dy, 1>.
    // Their cotangents g, g_gamma, g_beta make of them the number
    //   gamma s q + g_gamma <dy, z> + g_beta <dy, 1>,  q = <g, dy> - <g, 1> <dy, 1> / n - <g, z> <dy, z> / n.
    const Tensor &x = b.in(0), &dy = b.in(4);
    const Tensor g = or_zeros(b.dy(0), x), g_gamma = or_zeros(b.dy(1), b.in(2)), g_beta = or_zeros(b.dy(2), b.in(2));
    const double share = 1.0 / static_cast<double>(std::max<int64_t>(rows_of(x.spec()), 1));
    const Tensor s = record(Rsqrt{}, {plus(b.in(3), scalar_like(epsilon, x.dtype()))});
    const Tensor centred = minus(x, b.in(2)), z = times(centred, s), scale = b.in(1) ? times(b.in(1), s) : s;
    const Tensor dy_1 = channel_sum(dy), dy_z = channel_sum(times(dy, z));
    const Tensor g_1 = times(channel_sum(g), share), g_z = times(channel_sum(times(g, z)), share);
    const Tensor q = minus(channel_sum(times(g, dy)), plus(times(g_1, dy_1), times(g_z, dy_z)));
    // The derivative for z, through dgamma and q.
    const Tensor for_z =
        minus(times(dy, minus(g_gamma, times(scale, g_z))), times(g, times(times(scale, dy_z), share)));
    const Tensor for_x = times(for_z, s);
    // s stands in the scale and in z.
    const Tensor for_s = plus(b.in(1) ? times(b.in(1), q) : q, channel_sum(times(for_z, centred)));
    return {for_x, b.in(1) ? times(s, q) : Tensor(), record(Negative{}, {channel_sum(for_x)}),
            times(times(for_s, times(s, times(s, s))), -0.5),
            plus(times(minus(minus(g, g_1), times(z, g_z)), scale), plus(times(z, g_gamma), g_beta))};
  }
};
PYKERAS_OP(BatchNormGrad)

struct BatchNorm {
  static constexpr auto name = "batch_norm";
  static constexpr auto doc =
      "gamma * (x - mean) / sqrt(variance + epsilon) + beta with mean and variance over all axes but the last; also "
      "returns mean and (biased) variance";
  static constexpr std::array inputs{"x", "gamma?", "beta?"};
  static constexpr Promotion promotion = Promotion::common_real;
  double epsilon = 1e-3;
  static auto attributes() { return std::tuple{field("epsilon", &BatchNorm::epsilon)}; }
  Specs infer(Spec x, Spec gamma, Spec beta) const {
    expect_min_rank(name, "x", x, 2);
    const Spec channels{x.dtype, Shape{x.dim(-1)}};
    if (gamma.given) expect_same_shape(name, "gamma", channels, gamma);
    if (beta.given) expect_same_shape(name, "beta", channels, beta);
    return {x, channels, channels};
  }
  void forward(In x, In gamma, In beta, Out y, Out mean, Out variance) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().batch_norm({rows_of(*x.spec), x.dim(-1), x.as<T>(), gamma.as<T>(), beta.as<T>(), y.as<T>(),
                                  mean.as<T>(), variance.as<T>(), static_cast<T>(epsilon)});
    });
  }
  Tensors gradient(const Backward& b) const {
    Tensors d(3);
    if (b.dy(0)) d = record_all(BatchNormGrad{epsilon}, {b.in(0), b.in(1), b.out(1), b.out(2), b.dy()});
    const double share = 1.0 / static_cast<double>(std::max<int64_t>(rows_of(b.in(0).spec()), 1));
    const auto add = [&](const Tensor& part) { d[0] = d[0] ? plus(d[0], part) : part; };
    if (b.dy(2)) add(times(minus(b.in(0), b.out(1)), times(b.dy(2), 2 * share)));
    if (b.dy(1)) {
      const Shape& shape = b.in(0).shape();
      add(record(BroadcastTo{{shape.begin(), shape.end()}}, {times(b.dy(1), share)}));
    }
    return d;
  }
};
PYKERAS_OP(BatchNorm)

struct LayerNormGrad {
  static constexpr auto name = "layer_norm_grad";
  static constexpr auto doc = "gradients of layer_norm: for x, gamma and beta";
  static constexpr std::array inputs{"x", "gamma?", "mean", "inverse", "dy"};
  bool raw = false;
  static auto attributes() { return std::tuple{field("raw", &LayerNormGrad::raw)}; }
  Specs infer(Spec x, Spec gamma, Spec mean, Spec inverse, Spec dy) const {
    expect_float(name, "x", x);
    expect_min_rank(name, "x", x, 1);
    const Spec features{x.dtype, Shape{x.dim(-1)}}, rows{x.dtype, Shape(x.shape.begin(), x.shape.end() - 1)};
    if (gamma.given) expect_same(name, "gamma", features, gamma);
    expect_same(name, "mean", rows, mean);
    expect_same(name, "inverse", rows, inverse);
    expect_same(name, "dy", x, dy);
    return {x, features, features};
  }
  void forward(const Ins& in, const Outs& out) const {
    with_real(in[0].dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().layer_norm_grad({rows_of(*in[0].spec), in[0].dim(-1), in[0].as<T>(), in[1].as<T>(), in[2].as<T>(),
                                       in[3].as<T>(), in[4].as<T>(), out[0].as<T>(), out[1].as<T>(), out[2].as<T>(),
                                       raw});
    });
  }
  Tensors gradient(const Backward& b) const {
    // With z = s (x - mean), s = inverse, u = gamma dy and M for a mean over the row, the results are
    //   dx = s (u - M u - z M(z u)),  dgamma = sum(dy z),  dbeta = sum(dy);  raw leaves M u out.
    // Their cotangents g, g_gamma, g_beta make of them the number
    //   s n q + sum(g_gamma dy z + g_beta dy),  q = M(g u) - M g M u - M(g z) M(u z).
    const Tensor &x = b.in(0), &gamma = b.in(1), &dy = b.in(4), &features = b.out(1);
    const Tensor g = or_zeros(b.dy(0), x), g_gamma = or_zeros(b.dy(1), features), g_beta = or_zeros(b.dy(2), features);
    const double n = static_cast<double>(x.shape()[-1]);
    const Tensor s = column(b.in(3)), centred = minus(x, column(b.in(2))), z = times(centred, s);
    const Tensor u = gamma ? times(dy, gamma) : dy;
    const Tensor g_z = row_mean(times(g, z)), u_z = row_mean(times(u, z));
    Tensor q = minus(row_mean(times(g, u)), times(g_z, u_z)), for_u = minus(g, times(z, g_z));
    if (!raw) {
      const Tensor g_1 = row_mean(g);
      q = minus(q, times(g_1, row_mean(u)));
      for_u = minus(for_u, g_1);
    }
    for_u = times(for_u, s);
    const Tensor for_z = minus(times(dy, g_gamma), times(s, plus(times(g, u_z), times(u, g_z))));
    const Tensor for_x = times(for_z, s);
    const auto per_row = [&](const Tensor& row) {
      const Shape& shape = b.in(2).shape();
      return record(Reshape{{shape.begin(), shape.end()}}, {times(row, n)});
    };
    return {for_x, gamma ? channel_sum(times(for_u, dy)) : Tensor(), record(Negative{}, {per_row(row_mean(for_x))}),
            per_row(plus(q, row_mean(times(for_z, centred)))),
            plus(gamma ? times(for_u, gamma) : for_u, plus(times(z, g_gamma), g_beta))};
  }
};
PYKERAS_OP(LayerNormGrad)

struct LayerNorm {
  static constexpr auto name = "layer_norm";
  static constexpr auto doc =
      "gamma * (x - mean) / sqrt(variance + epsilon) + beta with mean and variance over the last axis; raw leaves the "
      "mean out and divides by the root mean square. Also returns mean and 1 / sqrt(variance + epsilon)";
  static constexpr std::array inputs{"x", "gamma?", "beta?"};
  static constexpr Promotion promotion = Promotion::common_real;
  double epsilon = 1e-3;
  bool raw = false;
  static auto attributes() { return std::tuple{field("epsilon", &LayerNorm::epsilon), field("raw", &LayerNorm::raw)}; }
  Specs infer(Spec x, Spec gamma, Spec beta) const {
    expect_min_rank(name, "x", x, 1);
    const Spec features{x.dtype, Shape{x.dim(-1)}}, rows{x.dtype, Shape(x.shape.begin(), x.shape.end() - 1)};
    if (gamma.given) expect_same_shape(name, "gamma", features, gamma);
    if (beta.given) expect_same_shape(name, "beta", features, beta);
    return {x, rows, rows};
  }
  void forward(In x, In gamma, In beta, Out y, Out mean, Out inverse) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().layer_norm({rows_of(*x.spec), x.dim(-1), x.as<T>(), gamma.as<T>(), beta.as<T>(), y.as<T>(),
                                  mean.as<T>(), inverse.as<T>(), static_cast<T>(epsilon), raw});
    });
  }
  Tensors gradient(const Backward& b) const {
    Tensors d(3);
    const Tensor &x = b.in(0), &mean = b.out(1), &inverse = b.out(2);
    if (b.dy(0)) d = record_all(LayerNormGrad{raw}, {x, b.in(1), mean, inverse, b.dy()});
    const auto add = [&](const Tensor& part) { d[0] = d[0] ? plus(d[0], part) : part; };
    const double share = 1.0 / static_cast<double>(std::max<int64_t>(x.shape()[-1], 1));
    if (b.dy(2)) {  // inverse falls with the variance: its derivative is -inverse^3 / 2
      const Tensor slope = times(b.dy(2), times(inverse, times(inverse, inverse)));
      add(times(minus(x, column(mean)), column(times(slope, -share))));
    }
    if (b.dy(1) && !raw) {
      const Shape& shape = x.shape();
      add(record(BroadcastTo{{shape.begin(), shape.end()}}, {column(times(b.dy(1), share))}));
    }
    return d;
  }
};
PYKERAS_OP(LayerNorm)

}  // namespace
}  // namespace pykeras
