// LSTM over whole sequences (Hochreiter and Schmidhuber 1997, with forget gates): of z = x · kernel + h ·
// recurrent_kernel
// + bias, four matrices wide, i = sigmoid(z0), f = sigmoid(z1), g = tanh(z2), o = sigmoid(z3);
// c <- f * c + i * g, h <- o * tanh(c).
#include "recurrent.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// One row of a step: z becomes the gates.
template <class T>
void lstm_row(int64_t units, T* z, const T* c_before, T* c_after, T* h) {
  using P = Packet<T>;
  T *zi = z, *zf = z + units, *zg = zf + units, *zo = zg + units;
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P i = gate(lanes.load(zi + u)), f = gate(lanes.load(zf + u));
    const P g = accurate_tanh(lanes.load(zg + u)), o = gate(lanes.load(zo + u));
    const P c = multiply_add(f, lanes.load(c_before + u), i * g);
    lanes.store(i, zi + u);
    lanes.store(f, zf + u);
    lanes.store(g, zg + u);
    lanes.store(o, zo + u);
    lanes.store(c, c_after + u);
    lanes.store(o * accurate_tanh(c), h + u);
  });
}

/// One row of a step back: dc goes from the state after it to the state before it, dh is used up.
template <class T>
void lstm_row_grad(int64_t units, const T* gates, const T* c_before, const T* c_after, const T* dh, T* dc, T* dz) {
  using P = Packet<T>;
  const P one = splat<T>(1);
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P i = lanes.load(gates + u), f = lanes.load(gates + units + u);
    const P g = lanes.load(gates + 2 * units + u), o = lanes.load(gates + 3 * units + u);
    const P y = accurate_tanh(lanes.load(c_after + u)), d = lanes.load(dh + u);
    const P dcell = multiply_add(d * o, one - y * y, lanes.load(dc + u));
    lanes.store(dcell * g * (i * (one - i)), dz + u);
    lanes.store(dcell * lanes.load(c_before + u) * (f * (one - f)), dz + units + u);
    lanes.store(dcell * i * (one - g * g), dz + 2 * units + u);
    lanes.store(d * y * (o * (one - o)), dz + 3 * units + u);
    lanes.store(dcell * f, dc + u);
  });
}

}  // namespace

template <class T>
void lstm(const RecurrentArgs<T>& a) {
  const SequenceShape& s = a.shape;
  const int64_t units = s.units, columns = 4 * units, plane = s.batch * units;
  project_inputs(s, a.x, a.kernel, a.bias, columns, a.gates);
  copy_row(a.initial_h, plane, a.states);
  copy_row(a.initial_c, plane, a.inner);
  const RowTasks tasks(s.batch);
  T* memory = static_cast<T*>(thread_scratch(0, StepMatrix<T>::size(units, columns) * sizeof(T)));
  const StepMatrix<T> recurrent(a.recurrent_kernel, units, columns, columns, 1, tasks.rows, memory);

  tasks.run(s, columns, [&](int64_t first, int64_t rows) {
    for (int64_t step = 0; step < s.steps; ++step) {
      const int64_t here = step * s.batch + first;
      T* z = a.gates + here * columns;
      recurrent.multiply(rows, a.states + here * units, units, z, columns, true);
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t before = (here + r) * units, after = before + plane;
        const bool masked = is_masked(s, step, first + r);
        if (masked) {
          copy_row(a.states + before, units, a.states + after);
          copy_row(a.inner + before, units, a.inner + after);
          clear_row(columns, z + r * columns);
        } else {
          lstm_row(units, z + r * columns, a.inner + before, a.inner + after, a.states + after);
        }
        write_output(s, step, first + r, masked, a.states + after, a.outputs);
      }
    }
  });
  copy_row(a.states + s.steps * plane, plane, a.last_h);
  copy_row(a.inner + s.steps * plane, plane, a.last_c);
}

template <class T>
void lstm_grad(const RecurrentGradArgs<T>& a) {
  const SequenceShape& s = a.shape;
  const int64_t units = s.units, columns = 4 * units, plane = s.batch * units;
  const RowTasks tasks(s.batch);
  const int64_t packed = StepMatrix<T>::size(columns, units), sums_size = tasks.sums() * columns;
  T* memory = static_cast<T*>(thread_scratch(0, (packed + sums_size) * sizeof(T)));
  const StepMatrix<T> recurrent(a.recurrent_kernel, columns, units, 1, columns, tasks.rows, memory);
  T* sums = memory + packed;
  clear_row(sums_size, sums);
  begin_gradient(plane, a.dlast_h, a.dinitial_h);
  begin_gradient(plane, a.dlast_c, a.dinitial_c);

  // dinitial_h and dinitial_c hold the gradients of the state while the steps are walked back.
  tasks.run(s, columns, [&](int64_t first, int64_t rows) {
    for (int64_t step = s.steps - 1; step >= 0; --step) {
      const int64_t here = step * s.batch + first;
      T* dz = a.dgates + here * columns;
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t before = (here + r) * units;
        T *dh = a.dinitial_h + (first + r) * units, *dc = a.dinitial_c + (first + r) * units;
        const bool masked = is_masked(s, step, first + r);
        add_output_gradient(s, step, first + r, masked, a.doutputs, dh);
        if (masked) {
          clear_row(columns, dz + r * columns);
        } else {
          lstm_row_grad(units, a.gates + (here + r) * columns, a.inner + before, a.inner + before + plane, dh, dc,
                        dz + r * columns);
          clear_row(units, dh);
        }
      }
      add_pairs(first, rows, columns, dz, sums);
      recurrent.multiply(rows, dz, columns, a.dinitial_h + first * units, units, true);
    }
  });
  sum_rows(tasks.sums(), columns, sums, a.dbias);
  both_gradients(s, a.x, a.states, a.dgates, columns, a.dkernel, a.drecurrent_kernel);
  if (a.dx) input_gradient(s, a.dgates, columns, a.kernel, columns, a.dx);
}

#define PYKERAS_INSTANTIATE(T)                    \
  template void lstm<T>(const RecurrentArgs<T>&); \
  template void lstm_grad<T>(const RecurrentGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
