// Recurrent layers over whole sequences. Beside its results each op returns what its gradient reads again (states,
// gates, inner; see kernels/recurrent_args.h), which are constants for differentiation. In their gradients dx is empty
// when nobody asks for it, and the last output is scratch.
#include "op.h"

namespace pykeras {
namespace {

struct SequenceAttributes {
  bool go_backwards = false, zero_output_for_mask = false;
};
struct SequenceGradAttributes : SequenceAttributes {
  bool needs_dx = true;
};

/// Sizes, and the specs of everything, once the inputs agree. `matrices` stand side by side in the kernels.
struct Sequence {
  DType dtype;
  int64_t batch, steps, features, units, matrices;

  Sequence(const char* name, int64_t matrices, const Spec& x, const Spec& kernel, const Spec& recurrent_kernel,
           const Spec& mask)
      : matrices(matrices) {
    expect_float(name, "x", x);
    expect_rank(name, "x", x, 3);
    expect_rank(name, "recurrent_kernel", recurrent_kernel, 2);
    dtype = x.dtype;
    batch = x.dim(0);
    steps = x.dim(1);
    features = x.dim(2);
    units = recurrent_kernel.dim(0);
    expect(units >= 1, name,
           [&] { return "recurrent_kernel: expected a unit or more, got shape " + recurrent_kernel.shape.text(); });
    expect_same(name, "recurrent_kernel", recurrent_spec(), recurrent_kernel);
    expect_rank(name, "kernel", kernel, 2);
    expect(compatible(kernel.dim(0), features), name,
           [&] { return "kernel expects last axis " + dim_text(kernel.dim(0)) + ", got " + dim_text(features); });
    expect_same(name, "kernel", kernel_spec(), kernel);
    if (mask.given) expect_same(name, "mask", Spec{DType::boolean, Shape{batch, steps}}, mask);
  }

  Spec of(Shape shape) const { return Spec{dtype, shape}; }
  Spec state() const { return of({batch, units}); }
  Spec outputs() const { return of({batch, steps, units}); }
  Spec kernel_spec() const { return of({features, matrices * units}); }
  Spec recurrent_spec() const { return of({units, matrices * units}); }
  Spec bias_spec(bool two = false) const { return of(two ? Shape{2, matrices * units} : Shape{matrices * units}); }
  Spec states() const { return of({steps == Shape::unknown ? steps : steps + 1, batch, units}); }
  Spec all_steps(int64_t wide) const { return of({steps, batch, wide * units}); }
  Spec dx(bool needed) const { return of({needed ? batch : 0, steps, features}); }

  void expect_gradients(const char* name, const Spec& states_spec, const Spec& doutputs, const Spec& dlast_h) const {
    expect_same(name, "states", states(), states_spec);
    if (doutputs.given) expect_same(name, "doutputs", outputs(), doutputs);
    if (dlast_h.given) expect_same(name, "dlast_h", state(), dlast_h);
  }
};

kernels::SequenceShape sequence_shape(const SequenceAttributes& attributes, In x, In recurrent_kernel, In mask) {
  return {x.dim(0),
          x.dim(1),
          x.dim(2),
          recurrent_kernel.dim(0),
          mask.as<uint8_t>(),
          attributes.go_backwards,
          attributes.zero_output_for_mask};
}

template <class T>
kernels::RecurrentArgs<T> forward_args(const SequenceAttributes& attributes, In x, In initial_h, In kernel,
                                       In recurrent_kernel, In bias, In mask, Out outputs, Out last_h, Out states) {
  kernels::RecurrentArgs<T> args{};
  args.shape = sequence_shape(attributes, x, recurrent_kernel, mask);
  args.x = x.as<T>();
  args.kernel = kernel.as<T>();
  args.recurrent_kernel = recurrent_kernel.as<T>();
  args.bias = bias.as<T>();
  args.initial_h = initial_h.as<T>();
  args.outputs = outputs.as<T>();
  args.last_h = last_h.as<T>();
  args.states = states.as<T>();
  return args;
}

template <class T>
kernels::RecurrentGradArgs<T> grad_args(const SequenceGradAttributes& attributes, In x, In kernel, In recurrent_kernel,
                                        In mask, In states, In doutputs, In dlast_h, Out dx, Out dinitial_h,
                                        Out dkernel, Out drecurrent_kernel, Out dbias, Out dgates) {
  kernels::RecurrentGradArgs<T> args{};
  args.shape = sequence_shape(attributes, x, recurrent_kernel, mask);
  args.x = x.as<T>();
  args.kernel = kernel.as<T>();
  args.recurrent_kernel = recurrent_kernel.as<T>();
  args.states = states.as<T>();
  args.doutputs = doutputs.as<T>();
  args.dlast_h = dlast_h.as<T>();
  args.dx = attributes.needs_dx ? dx.as<T>() : nullptr;
  args.dinitial_h = dinitial_h.as<T>();
  args.dkernel = dkernel.as<T>();
  args.drecurrent_kernel = drecurrent_kernel.as<T>();
  args.dbias = dbias.as<T>();
  args.dgates = dgates.as<T>();
  return args;
}

// ---- LSTM ----------------------------------------------------------------------------------------------------------

struct LstmGrad : SequenceGradAttributes {
  static constexpr auto name = "lstm_grad";
  static constexpr auto doc = "gradients of lstm: for x, both states, both kernels and the bias";
  static constexpr std::array inputs{"x",     "kernel", "recurrent_kernel", "mask?",    "states",
                                     "gates", "inner",  "doutputs?",        "dlast_h?", "dlast_c?"};
  static auto attributes() {
    return std::tuple{field("go_backwards", &LstmGrad::go_backwards),
                      field("zero_output_for_mask", &LstmGrad::zero_output_for_mask),
                      field("needs_dx", &LstmGrad::needs_dx)};
  }
  Specs infer(Spec x, Spec kernel, Spec recurrent_kernel, Spec mask, Spec states, Spec gates, Spec inner, Spec doutputs,
              Spec dlast_h, Spec dlast_c) const {
    const Sequence s(name, 4, x, kernel, recurrent_kernel, mask);
    s.expect_gradients(name, states, doutputs, dlast_h);
    expect_same(name, "gates", s.all_steps(4), gates);
    expect_same(name, "inner", s.states(), inner);
    if (dlast_c.given) expect_same(name, "dlast_c", s.state(), dlast_c);
    return {s.dx(needs_dx), s.state(), s.state(), s.kernel_spec(), s.recurrent_spec(), s.bias_spec(), s.all_steps(4)};
  }
  void forward(In x, In kernel, In recurrent_kernel, In mask, In states, In gates, In inner, In doutputs, In dlast_h,
               In dlast_c, Out dx, Out dinitial_h, Out dinitial_c, Out dkernel, Out drecurrent_kernel, Out dbias,
               Out dgates) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      auto args = grad_args<T>(*this, x, kernel, recurrent_kernel, mask, states, doutputs, dlast_h, dx, dinitial_h,
                               dkernel, drecurrent_kernel, dbias, dgates);
      args.gates = gates.as<T>();
      args.inner = inner.as<T>();
      args.dlast_c = dlast_c.as<T>();
      args.dinitial_c = dinitial_c.as<T>();
      table().of<T>().lstm_grad(args);
    });
  }
  bool overwrites(int output, int input) const { return output == 6 && input == 5; }  // dgates, gates
};
PYKERAS_OP(LstmGrad)

struct Lstm : SequenceAttributes {
  static constexpr auto name = "lstm";
  static constexpr auto doc =
      "LSTM over sequences, gates in the order i f c o: outputs, last h and c, then what the gradient needs (states, "
      "gates, inner)";
  static constexpr std::array inputs{"x", "initial_h", "initial_c", "kernel", "recurrent_kernel", "bias?", "mask?"};
  static auto attributes() {
    return std::tuple{field("go_backwards", &Lstm::go_backwards),
                      field("zero_output_for_mask", &Lstm::zero_output_for_mask)};
  }
  Specs infer(Spec x, Spec initial_h, Spec initial_c, Spec kernel, Spec recurrent_kernel, Spec bias, Spec mask) const {
    const Sequence s(name, 4, x, kernel, recurrent_kernel, mask);
    expect_same(name, "initial_h", s.state(), initial_h);
    expect_same(name, "initial_c", s.state(), initial_c);
    if (bias.given) expect_same(name, "bias", s.bias_spec(), bias);
    return {s.outputs(), s.state(), s.state(), s.states(), s.all_steps(4), s.states()};
  }
  void forward(In x, In initial_h, In initial_c, In kernel, In recurrent_kernel, In bias, In mask, Out outputs,
               Out last_h, Out last_c, Out states, Out gates, Out inner) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      auto args = forward_args<T>(*this, x, initial_h, kernel, recurrent_kernel, bias, mask, outputs, last_h, states);
      args.initial_c = initial_c.as<T>();
      args.last_c = last_c.as<T>();
      args.gates = gates.as<T>();
      args.inner = inner.as<T>();
      table().of<T>().lstm(args);
    });
  }
  Tensors gradient(const Backward& b) const {
    if (!b.dy(0) && !b.dy(1) && !b.dy(2)) return Tensors(7);
    const Tensors d = record_all(LstmGrad{*this, b.needs(0)}, {b.in(0), b.in(3), b.in(4), b.in(6), b.out(3), b.out(4),
                                                               b.out(5), b.dy(0), b.dy(1), b.dy(2)});
    return {b.needs(0) ? d[0] : Tensor(), d[1], d[2], d[3], d[4], d[5], Tensor()};
  }
};
PYKERAS_OP(Lstm)

// ---- GRU -----------------------------------------------------------------------------------------------------------

struct GruGrad : SequenceGradAttributes {
  static constexpr auto name = "gru_grad";
  static constexpr auto doc = "gradients of gru: for x, the state, both kernels and the bias";
  static constexpr std::array inputs{"x",     "kernel", "recurrent_kernel", "mask?",   "states",
                                     "gates", "inner",  "doutputs?",        "dlast_h?"};
  bool reset_after = true;
  static auto attributes() {
    return std::tuple{field("reset_after", &GruGrad::reset_after), field("go_backwards", &GruGrad::go_backwards),
                      field("zero_output_for_mask", &GruGrad::zero_output_for_mask),
                      field("needs_dx", &GruGrad::needs_dx)};
  }
  Specs infer(Spec x, Spec kernel, Spec recurrent_kernel, Spec mask, Spec states, Spec gates, Spec inner, Spec doutputs,
              Spec dlast_h) const {
    const Sequence s(name, 3, x, kernel, recurrent_kernel, mask);
    s.expect_gradients(name, states, doutputs, dlast_h);
    expect_same(name, "gates", s.all_steps(3), gates);
    expect_same(name, "inner", s.all_steps(1), inner);
    return {s.dx(needs_dx),           s.state(),
            s.kernel_spec(),          s.recurrent_spec(),
            s.bias_spec(reset_after), s.all_steps(reset_after ? 4 : 3)};
  }
  void forward(In x, In kernel, In recurrent_kernel, In mask, In states, In gates, In inner, In doutputs, In dlast_h,
               Out dx, Out dinitial_h, Out dkernel, Out drecurrent_kernel, Out dbias, Out dgates) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      auto args = grad_args<T>(*this, x, kernel, recurrent_kernel, mask, states, doutputs, dlast_h, dx, dinitial_h,
                               dkernel, drecurrent_kernel, dbias, dgates);
      args.reset_after = reset_after;
      args.gates = gates.as<T>();
      args.inner = inner.as<T>();
      table().of<T>().gru_grad(args);
    });
  }
};
PYKERAS_OP(GruGrad)

struct Gru : SequenceAttributes {
  static constexpr auto name = "gru";
  static constexpr auto doc =
      "GRU over sequences, gates in the order z r h, bias [2, 3 * units] with reset_after: outputs, last h, then what "
      "the gradient needs (states, gates, inner)";
  static constexpr std::array inputs{"x", "initial_h", "kernel", "recurrent_kernel", "bias?", "mask?"};
  bool reset_after = true;
  static auto attributes() {
    return std::tuple{field("reset_after", &Gru::reset_after), field("go_backwards", &Gru::go_backwards),
                      field("zero_output_for_mask", &Gru::zero_output_for_mask)};
  }
  Specs infer(Spec x, Spec initial_h, Spec kernel, Spec recurrent_kernel, Spec bias, Spec mask) const {
    const Sequence s(name, 3, x, kernel, recurrent_kernel, mask);
    expect_same(name, "initial_h", s.state(), initial_h);
    if (bias.given) expect_same(name, "bias", s.bias_spec(reset_after), bias);
    return {s.outputs(), s.state(), s.states(), s.all_steps(3), s.all_steps(1)};
  }
  void forward(In x, In initial_h, In kernel, In recurrent_kernel, In bias, In mask, Out outputs, Out last_h,
               Out states, Out gates, Out inner) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      auto args = forward_args<T>(*this, x, initial_h, kernel, recurrent_kernel, bias, mask, outputs, last_h, states);
      args.reset_after = reset_after;
      args.gates = gates.as<T>();
      args.inner = inner.as<T>();
      table().of<T>().gru(args);
    });
  }
  Tensors gradient(const Backward& b) const {
    if (!b.dy(0) && !b.dy(1)) return Tensors(6);
    const Tensors d = record_all(GruGrad{{*this, b.needs(0)}, reset_after},
                                 {b.in(0), b.in(2), b.in(3), b.in(5), b.out(2), b.out(3), b.out(4), b.dy(0), b.dy(1)});
    return {b.needs(0) ? d[0] : Tensor(), d[1], d[2], d[3], d[4], Tensor()};
  }
};
PYKERAS_OP(Gru)

// ---- SimpleRNN -----------------------------------------------------------------------------------------------------

kernels::CellActivation cell_activation(const char* name, const std::string& activation) {
  using kernels::CellActivation;
  if (activation == "tanh") return CellActivation::tanh;
  if (activation == "relu") return CellActivation::relu;
  if (activation == "sigmoid") return CellActivation::sigmoid;
  if (activation == "linear") return CellActivation::linear;
  throw Error(std::string(name) + ": activation: expected tanh, relu, sigmoid or linear, got " + activation);
}

struct SimpleRnnGrad : SequenceGradAttributes {
  static constexpr auto name = "simple_rnn_grad";
  static constexpr auto doc = "gradients of simple_rnn: for x, the state, both kernels and the bias";
  static constexpr std::array inputs{"x", "kernel", "recurrent_kernel", "mask?", "states", "doutputs?", "dlast_h?"};
  std::string activation = "tanh";
  static auto attributes() {
    return std::tuple{field("activation", &SimpleRnnGrad::activation),
                      field("go_backwards", &SimpleRnnGrad::go_backwards),
                      field("zero_output_for_mask", &SimpleRnnGrad::zero_output_for_mask),
                      field("needs_dx", &SimpleRnnGrad::needs_dx)};
  }
  Specs infer(Spec x, Spec kernel, Spec recurrent_kernel, Spec mask, Spec states, Spec doutputs, Spec dlast_h) const {
    const Sequence s(name, 1, x, kernel, recurrent_kernel, mask);
    cell_activation(name, activation);
    s.expect_gradients(name, states, doutputs, dlast_h);
    return {s.dx(needs_dx), s.state(), s.kernel_spec(), s.recurrent_spec(), s.bias_spec(), s.all_steps(1)};
  }
  void forward(In x, In kernel, In recurrent_kernel, In mask, In states, In doutputs, In dlast_h, Out dx,
               Out dinitial_h, Out dkernel, Out drecurrent_kernel, Out dbias, Out dgates) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      auto args = grad_args<T>(*this, x, kernel, recurrent_kernel, mask, states, doutputs, dlast_h, dx, dinitial_h,
                               dkernel, drecurrent_kernel, dbias, dgates);
      args.activation = cell_activation(name, activation);
      table().of<T>().simple_rnn_grad(args);
    });
  }
};
PYKERAS_OP(SimpleRnnGrad)

struct SimpleRnn : SequenceAttributes {
  static constexpr auto name = "simple_rnn";
  static constexpr auto doc =
      "simple recurrent network over sequences (activation tanh, relu, sigmoid or linear): outputs, last h, then what "
      "the gradient needs (states)";
  static constexpr std::array inputs{"x", "initial_h", "kernel", "recurrent_kernel", "bias?", "mask?"};
  std::string activation = "tanh";
  static auto attributes() {
    return std::tuple{field("activation", &SimpleRnn::activation), field("go_backwards", &SimpleRnn::go_backwards),
                      field("zero_output_for_mask", &SimpleRnn::zero_output_for_mask)};
  }
  Specs infer(Spec x, Spec initial_h, Spec kernel, Spec recurrent_kernel, Spec bias, Spec mask) const {
    const Sequence s(name, 1, x, kernel, recurrent_kernel, mask);
    cell_activation(name, activation);
    expect_same(name, "initial_h", s.state(), initial_h);
    if (bias.given) expect_same(name, "bias", s.bias_spec(), bias);
    return {s.outputs(), s.state(), s.states()};
  }
  void forward(In x, In initial_h, In kernel, In recurrent_kernel, In bias, In mask, Out outputs, Out last_h,
               Out states) const {
    with_real(x.dtype(), [&](auto tag) {
      using T = decltype(tag);
      auto args = forward_args<T>(*this, x, initial_h, kernel, recurrent_kernel, bias, mask, outputs, last_h, states);
      args.activation = cell_activation(name, activation);
      table().of<T>().simple_rnn(args);
    });
  }
  Tensors gradient(const Backward& b) const {
    if (!b.dy(0) && !b.dy(1)) return Tensors(6);
    const Tensors d = record_all(SimpleRnnGrad{{*this, b.needs(0)}, activation},
                                 {b.in(0), b.in(2), b.in(3), b.in(5), b.out(2), b.dy(0), b.dy(1)});
    return {b.needs(0) ? d[0] : Tensor(), d[1], d[2], d[3], d[4], Tensor()};
  }
};
PYKERAS_OP(SimpleRnn)

}  // namespace
}  // namespace pykeras
