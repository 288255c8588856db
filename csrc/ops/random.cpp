// Random numbers: pure functions of a state tensor, uint32 (seed, counter). Replaying a step replays these with the
// state that the step reads, so that eager and replayed steps draw the same numbers.
#include "movement.h"

namespace pykeras {
namespace {

struct Stream {
  uint64_t seed, counter;
};
Stream stream_of(In state) { return {state.as<uint32_t>()[0], state.as<uint32_t>()[1]}; }

void expect_state(const char* name, const Spec& state) {
  expect_dtype(name, "state", DType::uint32, state);
  expect_same_shape(name, "state", Spec{DType::uint32, Shape{2}}, state);
}

#define PYKERAS_RANDOM(Type, op_name, text, first, first_default, second, second_default)                         \
  struct Type {                                                                                                   \
    static constexpr auto name = #op_name;                                                                        \
    static constexpr auto doc = text;                                                                             \
    static constexpr std::array inputs{"state"};                                                                  \
    std::vector<int64_t> shape;                                                                                   \
    double first = first_default, second = second_default;                                                        \
    DType dtype = DType::float32;                                                                                 \
    static auto attributes() {                                                                                    \
      return std::tuple{field("shape", &Type::shape), field(#first, &Type::first), field(#second, &Type::second), \
                        field("dtype", &Type::dtype)};                                                            \
    }                                                                                                             \
    Spec infer(Spec state) const {                                                                                \
      expect_state(name, state);                                                                                  \
      for (int64_t dim : shape)                                                                                   \
        expect(dim >= 0, name, [&] { return "expected sizes >= 0, got " + std::to_string(dim); });                \
      if (!is_float(dtype))                                                                                       \
        throw TypeError(std::string(name) + ": expected float32 or float64, got " + name_of(dtype));              \
      return Spec{dtype, Shape(shape)};                                                                           \
    }                                                                                                             \
    void forward(In state, Out y) const {                                                                         \
      const Stream s = stream_of(state);                                                                          \
      with_real(dtype, [&](auto tag) {                                                                            \
        using T = decltype(tag);                                                                                  \
        table().of<T>().op_name(s.seed, s.counter, y.size(), static_cast<T>(first), static_cast<T>(second),       \
                                y.as<T>());                                                                       \
      });                                                                                                         \
    }                                                                                                             \
  };                                                                                                              \
  PYKERAS_OP(Type)

PYKERAS_RANDOM(RandomUniform, random_uniform, "uniform numbers in [low, high)", low, 0, high, 1)
PYKERAS_RANDOM(RandomNormal, random_normal, "normal numbers", mean, 0, stddev, 1)
PYKERAS_RANDOM(TruncatedNormal, truncated_normal, "normal numbers within two standard deviations", mean, 0, stddev, 1)

struct Dropout {
  static constexpr auto name = "dropout";
  static constexpr auto doc =
      "x / (1 - rate), each element with probability rate set to 0; the mask is a function of the state";
  static constexpr std::array inputs{"x", "state"};
  double rate = 0.5;
  static auto attributes() { return std::tuple{field("rate", &Dropout::rate)}; }
  Spec infer(Spec x, Spec state) const {
    expect_float(name, "x", x);
    expect_state(name, state);
    expect(rate >= 0 && rate < 1, name, [&] { return "rate: expected 0 <= rate < 1, got " + std::to_string(rate); });
    return x;
  }
  void forward(In x, In state, Out y) const {
    const Stream s = stream_of(state);
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().dropout(s.seed, s.counter, x.size(), rate, x.as<T>(), y.as<T>());
    });
  }
  bool overwrites(int, int input) const { return input == 0; }
  // The mask is drawn again instead of being kept.
  Tensors gradient(const Backward& b) const { return {record(Dropout{rate}, {b.dy(), b.in(1)}), Tensor()}; }
};
PYKERAS_OP(Dropout)

}  // namespace
}  // namespace pykeras
