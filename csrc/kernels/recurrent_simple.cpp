// The simple recurrent network over whole sequences (Elman 1990): h <- f(x · kernel + h · recurrent_kernel + bias).
#include "recurrent.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// body(value, slope): f on a packet, and f' as a function of f's value.
template <class T, class Body>
PYKERAS_INLINE void with_activation(CellActivation activation, Body&& body) {
  using P = Packet<T>;
  const P zero = P::zero(), one = splat<T>(1);
  switch (activation) {
    case CellActivation::linear:
      return body([](P x) { return x; }, [one](P) { return one; });
    case CellActivation::relu:
      return body([zero](P x) { return select(x < zero, zero, x); },
                  [zero, one](P y) { return select(y > zero, one, zero); });
    case CellActivation::sigmoid:
      return body([](P x) { return sigmoid(x); }, [one](P y) { return y * (one - y); });
    case CellActivation::tanh:
      return body([](P x) { return accurate_tanh(x); }, [one](P y) { return one - y * y; });
  }
}

}  // namespace

template <class T>
void simple_rnn(const RecurrentArgs<T>& a) {
  const SequenceShape& s = a.shape;
  const int64_t units = s.units, plane = s.batch * units;
  project_inputs(s, a.x, a.kernel, a.bias, units, a.states + plane);
  copy_row(a.initial_h, plane, a.states);
  const RowTasks tasks(s.batch);
  T* memory = static_cast<T*>(thread_scratch(0, StepMatrix<T>::size(units, units) * sizeof(T)));
  const StepMatrix<T> recurrent(a.recurrent_kernel, units, units, units, 1, tasks.rows, memory);

  tasks.run(s, units, [&](int64_t first, int64_t rows) {
    for (int64_t step = 0; step < s.steps; ++step) {
      const T* before = a.states + (step * s.batch + first) * units;
      T* after = a.states + ((step + 1) * s.batch + first) * units;
      recurrent.multiply(rows, before, units, after, units, true);
      with_activation<T>(a.activation, [&](auto value, auto) {
        each_packet_of<T>(rows * units,
                          [&](int64_t i, auto lanes) { lanes.store(value(lanes.load(after + i)), after + i); });
      });
      for (int64_t r = 0; r < rows; ++r) {
        const bool masked = is_masked(s, step, first + r);
        if (masked) copy_row(before + r * units, units, after + r * units);
        write_output(s, step, first + r, masked, after + r * units, a.outputs);
      }
    }
  });
  copy_row(a.states + s.steps * plane, plane, a.last_h);
}

template <class T>
void simple_rnn_grad(const RecurrentGradArgs<T>& a) {
  const SequenceShape& s = a.shape;
  const int64_t units = s.units, plane = s.batch * units;
  const RowTasks tasks(s.batch);
  const int64_t packed = StepMatrix<T>::size(units, units), sums_size = tasks.sums() * units;
  T* memory = static_cast<T*>(thread_scratch(0, (packed + sums_size) * sizeof(T)));
  const StepMatrix<T> recurrent(a.recurrent_kernel, units, units, 1, units, tasks.rows, memory);
  T* sums = memory + packed;
  clear_row(sums_size, sums);
  begin_gradient(plane, a.dlast_h, a.dinitial_h);

  // dinitial_h holds the gradient of the state while the steps are walked back.
  tasks.run(s, units, [&](int64_t first, int64_t rows) {
    for (int64_t step = s.steps - 1; step >= 0; --step) {
      const int64_t here = (step * s.batch + first) * units;
      for (int64_t r = 0; r < rows; ++r) {
        T *d = a.dgates + here + r * units, *dh = a.dinitial_h + (first + r) * units;
        const T* y = a.states + plane + here + r * units;
        const bool masked = is_masked(s, step, first + r);
        add_output_gradient(s, step, first + r, masked, a.doutputs, dh);
        if (masked) {
          clear_row(units, d);
          continue;
        }
        with_activation<T>(a.activation, [&](auto, auto slope) {
          each_packet_of<T>(
              units, [&](int64_t u, auto lanes) { lanes.store(lanes.load(dh + u) * slope(lanes.load(y + u)), d + u); });
        });
        clear_row(units, dh);
      }
      add_pairs(first, rows, units, a.dgates + here, sums);
      recurrent.multiply(rows, a.dgates + here, units, a.dinitial_h + first * units, units, true);
    }
  });
  sum_rows(tasks.sums(), units, sums, a.dbias);
  both_gradients(s, a.x, a.states, a.dgates, units, a.dkernel, a.drecurrent_kernel);
  if (a.dx) input_gradient(s, a.dgates, units, a.kernel, units, a.dx);
}

#define PYKERAS_INSTANTIATE(T)                          \
  template void simple_rnn<T>(const RecurrentArgs<T>&); \
  template void simple_rnn_grad<T>(const RecurrentGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
