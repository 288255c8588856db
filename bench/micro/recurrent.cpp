#include "bench.h"

namespace pykeras::bench {
namespace {

using Forward = kernels::RecurrentArgs<float>;
using Backward = kernels::RecurrentGradArgs<float>;

/// A sequence op with all its arrays; `matrices` stand side by side in its kernels.
struct Sequence {
  int64_t matrices, rows, plane;
  kernels::SequenceShape shape;
  std::vector<float> x, kernel, recurrent, bias, initial, outputs, last, states, gates, inner;
  std::vector<float> dgates, dx, dinitial_h, dinitial_c, dkernel, drecurrent, dbias;

  Sequence(int64_t matrices, int64_t batch, int64_t steps, int64_t features, int64_t units)
      : matrices(matrices),
        rows(batch * steps),
        plane(batch * units),
        shape{batch, steps, features, units, nullptr, false, false},
        x(values(rows * features)),
        kernel(values(features * matrices * units, 2)),
        recurrent(values(units * matrices * units, 3)),
        bias(values(2 * matrices * units, 4)),
        initial(values(plane, 5)),
        outputs(values(rows * units, 6)),
        last(values(2 * plane)),
        states(values((rows + batch) * units)),
        gates(values(rows * matrices * units)),
        inner(values((rows + batch) * units)),
        dgates(values(rows * (matrices + 1) * units)),
        dx(x.size()),
        dinitial_h(initial.size()),
        dinitial_c(initial.size()),
        dkernel(kernel.size()),
        drecurrent(recurrent.size()),
        dbias(bias.size()) {
    for (float& w : recurrent) w *= 0.1f;
    for (float& w : kernel) w *= 0.1f;
  }

  Forward forward() {
    return {shape,
            x.data(),
            kernel.data(),
            recurrent.data(),
            bias.data(),
            initial.data(),
            initial.data(),
            true,
            kernels::CellActivation::tanh,
            outputs.data(),
            last.data(),
            last.data() + plane,
            states.data(),
            gates.data(),
            inner.data()};
  }
  Backward backward() {
    return {shape,
            x.data(),
            kernel.data(),
            recurrent.data(),
            true,
            kernels::CellActivation::tanh,
            states.data(),
            gates.data(),
            inner.data(),
            outputs.data(),
            nullptr,
            nullptr,
            dgates.data(),
            dx.data(),
            dinitial_h.data(),
            dinitial_c.data(),
            dkernel.data(),
            drecurrent.data(),
            dbias.data()};
  }
  /// Of the products alone, which the gates come on top of.
  double operations() const { return 2.0 * rows * matrices * shape.units * (shape.features + shape.units); }
};

template <class Kernel>
void forward(benchmark::State& state, Kernel kernel, int64_t matrices, int64_t batch, int64_t steps, int64_t features,
             int64_t units) {
  Sequence sequence(matrices, batch, steps, features, units);
  for (auto _ : state) {
    (f32().*kernel)(sequence.forward());
    benchmark::ClobberMemory();
  }
  report_flops(state, sequence.operations());
}

template <class Kernel, class Gradient>
void backward(benchmark::State& state, Kernel kernel, Gradient gradient, int64_t matrices, int64_t batch, int64_t steps,
              int64_t features, int64_t units) {
  Sequence sequence(matrices, batch, steps, features, units);
  (f32().*kernel)(sequence.forward());
  for (auto _ : state) {
    (f32().*gradient)(sequence.backward());
    benchmark::ClobberMemory();
  }
  report_flops(state, 2 * sequence.operations());
}

using Table = kernels::FloatKernels<float>;
BENCHMARK_CAPTURE(forward, lstm_imdb, &Table::lstm, 4, 32, 80, 128, 128)->UseRealTime();
BENCHMARK_CAPTURE(backward, lstm_imdb, &Table::lstm, &Table::lstm_grad, 4, 32, 80, 128, 128)->UseRealTime();
BENCHMARK_CAPTURE(forward, lstm_one_sample, &Table::lstm, 4, 1, 80, 128, 128)->UseRealTime();
BENCHMARK_CAPTURE(forward, lstm_wide, &Table::lstm, 4, 64, 20, 256, 512)->UseRealTime();
BENCHMARK_CAPTURE(backward, lstm_wide, &Table::lstm, &Table::lstm_grad, 4, 64, 20, 256, 512)->UseRealTime();
BENCHMARK_CAPTURE(forward, smoke_gru_small, &Table::gru, 3, 32, 50, 8, 32)->UseRealTime();
BENCHMARK_CAPTURE(backward, smoke_gru_small, &Table::gru, &Table::gru_grad, 3, 32, 50, 8, 32)->UseRealTime();
BENCHMARK_CAPTURE(forward, simple_rnn, &Table::simple_rnn, 1, 32, 80, 128, 128)->UseRealTime();
BENCHMARK_CAPTURE(backward, simple_rnn, &Table::simple_rnn, &Table::simple_rnn_grad, 1, 32, 80, 128, 128)
    ->UseRealTime();

}  // namespace
}  // namespace pykeras::bench
