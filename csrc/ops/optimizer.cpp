// Steps of optimizers that are one pass over memory; the others are written in pointwise ops, which fuse.
#include "op.h"

namespace pykeras {
namespace {

constexpr int64_t task_size = 1 << 14;

/// body(first, count) over parts of n elements whose number does not depend on the number of threads.
template <class Body>
void in_parts(int64_t n, double work_per_element, Body&& body) {
  const int64_t tasks = (n + task_size - 1) / task_size;
  kernels::parallel_for(tasks, static_cast<double>(n) * work_per_element, [&](int64_t task) {
    const int64_t first = task * task_size;
    body(first, n - first < task_size ? n - first : task_size);
  });
}

void expect_step(const char* name, const Spec& variable, const Spec& step) {
  expect_float(name, "variable", variable);
  expect_same(name, "step", Spec{variable.dtype, Shape{}}, step);
}

struct AdamUpdate {
  static constexpr auto name = "adam_update";
  static constexpr auto doc =
      "m + (g - m) * (1 - beta_1), v + (g * g - v) * (1 - beta_2), and with these new m and v: variable - step * m / "
      "(sqrt(v) + epsilon); returns the new variable, m and v";
  static constexpr std::array inputs{"variable", "gradient", "momentum", "velocity", "step"};
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  static auto attributes() {
    return std::tuple{field("beta_1", &AdamUpdate::beta_1), field("beta_2", &AdamUpdate::beta_2),
                      field("epsilon", &AdamUpdate::epsilon)};
  }
  Specs infer(Spec variable, Spec gradient, Spec momentum, Spec velocity, Spec step) const {
    expect_step(name, variable, step);
    expect_same(name, "gradient", variable, gradient);
    expect_same(name, "momentum", variable, momentum);
    expect_same(name, "velocity", variable, velocity);
    return {variable, variable, variable};
  }
  void forward(In variable, In gradient, In momentum, In velocity, In step, Out new_variable, Out new_momentum,
               Out new_velocity) const {
    with_real(variable.dtype(), [&](auto tag) {
      using T = decltype(tag);
      in_parts(variable.size(), 16, [&](int64_t i, int64_t n) {
        table().of<T>().adam({n, variable.as<T>() + i, gradient.as<T>() + i, momentum.as<T>() + i, velocity.as<T>() + i,
                              new_variable.as<T>() + i, new_momentum.as<T>() + i, new_velocity.as<T>() + i,
                              *step.as<T>(), static_cast<T>(1 - beta_1), static_cast<T>(1 - beta_2),
                              static_cast<T>(epsilon)});
      });
    });
  }
  // Every element is read before it is written.
  bool overwrites(int, int input) const { return input < 4; }
};
PYKERAS_OP(AdamUpdate)

struct RmspropUpdate {
  static constexpr auto name = "rmsprop_update";
  static constexpr auto doc =
      "v * rho + (1 - rho) * g * g, and with this new v: variable - step * g / sqrt(v + epsilon); returns the new "
      "variable and v";
  static constexpr std::array inputs{"variable", "gradient", "velocity", "step"};
  double rho = 0.9, epsilon = 1e-7;
  static auto attributes() {
    return std::tuple{field("rho", &RmspropUpdate::rho), field("epsilon", &RmspropUpdate::epsilon)};
  }
  Specs infer(Spec variable, Spec gradient, Spec velocity, Spec step) const {
    expect_step(name, variable, step);
    expect_same(name, "gradient", variable, gradient);
    expect_same(name, "velocity", variable, velocity);
    return {variable, variable};
  }
  void forward(In variable, In gradient, In velocity, In step, Out new_variable, Out new_velocity) const {
    with_real(variable.dtype(), [&](auto tag) {
      using T = decltype(tag);
      in_parts(variable.size(), 12, [&](int64_t i, int64_t n) {
        table().of<T>().rmsprop({n, variable.as<T>() + i, gradient.as<T>() + i, velocity.as<T>() + i,
                                 new_variable.as<T>() + i, new_velocity.as<T>() + i, *step.as<T>(), static_cast<T>(rho),
                                 static_cast<T>(1 - rho), static_cast<T>(epsilon)});
      });
    });
  }
  bool overwrites(int, int input) const { return input < 3; }
};
PYKERAS_OP(RmspropUpdate)

}  // namespace
}  // namespace pykeras
