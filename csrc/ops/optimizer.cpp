// Steps of optimizers that are one pass over memory; the others are written in pointwise ops, which fuse.
#include "op.h"

namespace pykeras {
namespace {

constexpr int64_t task_size = 1 << 14;

/// body(first, count) over parts of n elements whose number does not depend on the number of threads.
template <class Body>
void in_parts(int64_t n, Body&& body) {
  const int64_t tasks = (n + task_size - 1) / task_size;
  kernels::parallel_for(tasks, static_cast<double>(n) * 16, [&](int64_t task) {
    const int64_t first = task * task_size;
    body(first, n - first < task_size ? n - first : task_size);
  });
}

/// The step of `Update` with a gradient that `source` makes piece by piece, so that it is never stored whole.
template <class Update>
class OverPieces final : public Op {
 public:
  OverPieces(Update update, OpPtr source, Spec gradient)
      : update_(std::move(update)),
        source_(std::move(source)),
        gradient_(std::move(gradient)),
        name_(std::string(source_->name()) + "+" + Update::name) {}

  const char* name() const override { return name_.c_str(); }
  Specs infer(const Specs&) const override { return Specs(Update::results, gradient_); }
  bool may_overwrite(int output, int input) const override {
    return input != 1 && input < static_cast<int>(Update::inputs.size()) && update_.overwrites(output, input);
  }
  void forward(const Ins& in, const Outs& out) const override {
    const Ins operands(in.begin() + Update::inputs.size(), in.end());
    static thread_local std::vector<int64_t> kept_plan;  // kept from step to step
    source_->begin_pieces(operands, gradient_, kept_plan);
    const std::vector<int64_t>& plan = kept_plan;  // this thread's, also in the others
    in_parts(in[0].size(), [&](int64_t first, int64_t count) {
      void* gradient = kernels::thread_scratch(3, static_cast<size_t>(task_size) * size_of(gradient_.dtype));
      source_->piece(operands, gradient_, plan, first, count, gradient);
      update_.part(in, gradient, out, first, count);
    });
  }

 private:
  Update update_;
  OpPtr source_;
  Spec gradient_;
  std::string name_;
};

/// What the updates share: inputs variable, gradient, slots, step; every element is read before it is written.
template <class T>
struct OptimizerUpdate {
  const T& self() const { return static_cast<const T&>(*this); }

  Specs infer_all(const Specs& in) const {
    expect_float(T::name, "variable", in[0]);
    const size_t last = in.size() - 1;
    for (size_t i = 1; i < last; ++i) expect_same(T::name, T::inputs[i], in[0], in[i]);
    expect_same(T::name, "step", Spec{in[0].dtype, Shape{}}, in[last]);
    return Specs(T::results, in[0]);
  }
  void forward(const Ins& in, const Outs& out) const {
    const auto* gradient = static_cast<const char*>(in[1].data);
    const auto item = static_cast<int64_t>(size_of(in[0].dtype()));
    in_parts(in[0].size(),
             [&](int64_t first, int64_t count) { self().part(in, gradient + first * item, out, first, count); });
  }
  bool overwrites(int, int input) const { return input < static_cast<int>(T::inputs.size()) - 1; }
  OpPtr with_pieces(const OpPtr& source, int position, const Spec& made) const {
    return position == 1 ? std::make_shared<OverPieces<T>>(self(), source, made) : nullptr;
  }
};

struct AdamUpdate : OptimizerUpdate<AdamUpdate> {
  static constexpr auto name = "adam_update";
  static constexpr auto doc =
      "m + (g - m) * (1 - beta_1), v + (g * g - v) * (1 - beta_2), and with these new m and v: variable - step * m / "
      "(sqrt(v) + epsilon); returns the new variable, m and v";
  static constexpr std::array inputs{"variable", "gradient", "momentum", "velocity", "step"};
  static constexpr size_t results = 3;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  static auto attributes() {
    return std::tuple{field("beta_1", &AdamUpdate::beta_1), field("beta_2", &AdamUpdate::beta_2),
                      field("epsilon", &AdamUpdate::epsilon)};
  }
  Specs infer(Spec variable, Spec gradient, Spec momentum, Spec velocity, Spec step) const {
    return infer_all({variable, gradient, momentum, velocity, step});
  }
  void part(const Ins& in, const void* gradient, const Outs& out, int64_t i, int64_t n) const {
    with_real(in[0].dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().adam({n, in[0].as<T>() + i, static_cast<const T*>(gradient), in[2].as<T>() + i, in[3].as<T>() + i,
                            out[0].as<T>() + i, out[1].as<T>() + i, out[2].as<T>() + i, *in[4].as<T>(),
                            static_cast<T>(1 - beta_1), static_cast<T>(1 - beta_2), static_cast<T>(epsilon)});
    });
  }
};
PYKERAS_OP(AdamUpdate)

struct RmspropUpdate : OptimizerUpdate<RmspropUpdate> {
  static constexpr auto name = "rmsprop_update";
  static constexpr auto doc =
      "v * rho + (1 - rho) * g * g, and with this new v: variable - step * g / sqrt(v + epsilon); returns the new "
      "variable and v";
  static constexpr std::array inputs{"variable", "gradient", "velocity", "step"};
  static constexpr size_t results = 2;
  double rho = 0.9, epsilon = 1e-7;
  static auto attributes() {
    return std::tuple{field("rho", &RmspropUpdate::rho), field("epsilon", &RmspropUpdate::epsilon)};
  }
  Specs infer(Spec variable, Spec gradient, Spec velocity, Spec step) const {
    return infer_all({variable, gradient, velocity, step});
  }
  void part(const Ins& in, const void* gradient, const Outs& out, int64_t i, int64_t n) const {
    with_real(in[0].dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().rmsprop({n, in[0].as<T>() + i, static_cast<const T*>(gradient), in[2].as<T>() + i,
                               out[0].as<T>() + i, out[1].as<T>() + i, *in[3].as<T>(), static_cast<T>(rho),
                               static_cast<T>(1 - rho), static_cast<T>(epsilon)});
    });
  }
};
PYKERAS_OP(RmspropUpdate)

}  // namespace
}  // namespace pykeras
