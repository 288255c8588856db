// GRU over whole sequences (Cho et al. 2014): z and r are sigmoids of x · kernel + h · recurrent_kernel + bias, h <-
// z * h + (1 - z) * candidate. The reset gate r meets the state before its product with the recurrent kernel,
// candidate = tanh(x · kernel + (r * h) · recurrent_kernel + bias), or after it (reset_after, a bias of its own for the
// recurrent part): candidate = tanh(x · kernel + bias0 + r * (h · recurrent_kernel + bias1)).
#include "recurrent.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

/// h of one row from the gates z, r and the candidate's sum in `gates`, which become activated.
template <class T>
void gru_row(int64_t units, T* gates, const T* inner, const T* h_before, T* h_after) {
  using P = Packet<T>;
  T *gate_z = gates, *gate_r = gates + units, *gate_h = gate_r + units;
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P z = gate(lanes.load(gate_z + u)), r = gate(lanes.load(gate_r + u));
    const P candidate = accurate_tanh(multiply_add(r, lanes.load(inner + u), lanes.load(gate_h + u)));
    lanes.store(z, gate_z + u);
    lanes.store(r, gate_r + u);
    lanes.store(candidate, gate_h + u);
    lanes.store(multiply_add(z, lanes.load(h_before + u) - candidate, candidate), h_after + u);
  });
}

/// Without reset_after a row takes two passes, the product with r * h between them.
template <class T>
void gru_row_reset(int64_t units, T* gates, const T* h_before, T* reset_h) {
  using P = Packet<T>;
  each_packet_of<T>(2 * units, [&](int64_t u, auto lanes) { lanes.store(gate(lanes.load(gates + u)), gates + u); });
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P r = lanes.load(gates + units + u);
    lanes.store(r * lanes.load(h_before + u), reset_h + u);
  });
}
template <class T>
void gru_row_update(int64_t units, T* gates, const T* h_before, T* h_after) {
  using P = Packet<T>;
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P z = lanes.load(gates + u), candidate = accurate_tanh(lanes.load(gates + 2 * units + u));
    lanes.store(candidate, gates + 2 * units + u);
    lanes.store(multiply_add(z, lanes.load(h_before + u) - candidate, candidate), h_after + u);
  });
}

/// Gradients of z and the candidate, and with reset_after (`inner` given) of r and the recurrent part; dh becomes the
/// part that reaches the state before by the way of z.
template <class T>
void gru_row_grad(int64_t units, const T* gates, const T* inner, const T* h_before, T* dh, T* d) {
  using P = Packet<T>;
  const P one = splat<T>(1);
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P z = lanes.load(gates + u), candidate = lanes.load(gates + 2 * units + u), dy = lanes.load(dh + u);
    const P dcandidate = dy * (one - z) * (one - candidate * candidate);
    lanes.store(dy * (lanes.load(h_before + u) - candidate) * (z * (one - z)), d + u);
    lanes.store(dcandidate, d + 2 * units + u);
    lanes.store(dy * z, dh + u);
    if (inner) {
      const P r = lanes.load(gates + units + u);
      lanes.store(dcandidate * lanes.load(inner + u) * (r * (one - r)), d + units + u);
      lanes.store(dcandidate * r, d + 3 * units + u);
    }
  });
}

/// Without reset_after: from the gradient of r * h those of r and h.
template <class T>
void gru_row_reset_grad(int64_t units, const T* gates, const T* dreset_h, const T* h_before, T* dh, T* d) {
  using P = Packet<T>;
  const P one = splat<T>(1);
  each_packet_of<T>(units, [&](int64_t u, auto lanes) {
    const P r = lanes.load(gates + units + u), dproduct = lanes.load(dreset_h + u);
    lanes.store(dproduct * lanes.load(h_before + u) * (r * (one - r)), d + units + u);
    lanes.store(multiply_add(dproduct, r, lanes.load(dh + u)), dh + u);
  });
}

}  // namespace

template <class T>
void gru(const RecurrentArgs<T>& a) {
  const SequenceShape& s = a.shape;
  const int64_t units = s.units, columns = 3 * units, plane = s.batch * units;
  const T *input_bias = a.bias, *candidate_bias = nullptr;
  if (a.bias && a.reset_after) {
    // Both biases of z and r come to the same sum.
    T* sum = static_cast<T*>(thread_scratch(3, columns * sizeof(T)));
    for (int64_t j = 0; j < columns; ++j) sum[j] = a.bias[j] + (j < 2 * units ? a.bias[columns + j] : T(0));
    input_bias = sum;
    candidate_bias = a.bias + columns + 2 * units;
  }
  project_inputs(s, a.x, a.kernel, input_bias, columns, a.gates);
  copy_row(a.initial_h, plane, a.states);
  const RowTasks tasks(s.batch);
  const int64_t packed = StepMatrix<T>::size(units, 2 * units);
  T* memory = static_cast<T*>(thread_scratch(0, (packed + StepMatrix<T>::size(units, units)) * sizeof(T)));
  const StepMatrix<T> recurrent(a.recurrent_kernel, units, 2 * units, columns, 1, tasks.rows, memory);
  const StepMatrix<T> candidate(a.recurrent_kernel + 2 * units, units, units, columns, 1, tasks.rows, memory + packed);

  tasks.run(s, columns, [&](int64_t first, int64_t rows) {
    for (int64_t step = 0; step < s.steps; ++step) {
      const int64_t here = step * s.batch + first;
      T *gates = a.gates + here * columns, *h = a.states + here * units, *inner = a.inner + here * units;
      recurrent.multiply(rows, h, units, gates, columns, true);
      if (a.reset_after) {
        candidate.multiply(rows, h, units, inner, units, false, candidate_bias);
      } else {
        for (int64_t r = 0; r < rows; ++r) {
          if (is_masked(s, step, first + r)) {
            clear_row(units, inner + r * units);
          } else {
            gru_row_reset(units, gates + r * columns, h + r * units, inner + r * units);
          }
        }
        candidate.multiply(rows, inner, units, gates + 2 * units, columns, true);
      }
      for (int64_t r = 0; r < rows; ++r) {
        T *before = h + r * units, *after = before + plane;
        const bool masked = is_masked(s, step, first + r);
        if (masked) {
          copy_row(before, units, after);
          clear_row(columns, gates + r * columns);
          clear_row(units, inner + r * units);
        } else if (a.reset_after) {
          gru_row(units, gates + r * columns, inner + r * units, before, after);
        } else {
          gru_row_update(units, gates + r * columns, before, after);
        }
        write_output(s, step, first + r, masked, after, a.outputs);
      }
    }
  });
  copy_row(a.states + s.steps * plane, plane, a.last_h);
}

template <class T>
void gru_grad(const RecurrentGradArgs<T>& a) {
  const SequenceShape& s = a.shape;
  const int64_t units = s.units, columns = 3 * units, plane = s.batch * units;
  const int64_t ld = (a.reset_after ? 4 : 3) * units;
  const RowTasks tasks(s.batch);
  const int64_t packed = StepMatrix<T>::size(2 * units, units), packed_candidate = StepMatrix<T>::size(units, units);
  const int64_t sums_size = tasks.sums() * ld;
  T* memory = static_cast<T*>(thread_scratch(0, (packed + packed_candidate + sums_size) * sizeof(T)));
  const StepMatrix<T> recurrent(a.recurrent_kernel, 2 * units, units, 1, columns, tasks.rows, memory);
  const StepMatrix<T> candidate(a.recurrent_kernel + 2 * units, units, units, 1, columns, tasks.rows, memory + packed);
  T* sums = memory + packed + packed_candidate;
  clear_row(sums_size, sums);
  begin_gradient(plane, a.dlast_h, a.dinitial_h);

  // dinitial_h holds the gradient of the state while the steps are walked back.
  tasks.run(s, columns, [&](int64_t first, int64_t rows) {
    T* dreset_h = a.reset_after ? nullptr : static_cast<T*>(thread_scratch(1, rows * units * sizeof(T)));
    for (int64_t step = s.steps - 1; step >= 0; --step) {
      const int64_t here = step * s.batch + first;
      T *d = a.dgates + here * ld, *dh = a.dinitial_h + first * units;
      const T *gates = a.gates + here * columns, *h = a.states + here * units, *inner = a.inner + here * units;
      for (int64_t r = 0; r < rows; ++r) {
        const bool masked = is_masked(s, step, first + r);
        add_output_gradient(s, step, first + r, masked, a.doutputs, dh + r * units);
        if (masked) {
          clear_row(ld, d + r * ld);
        } else {
          gru_row_grad(units, gates + r * columns, a.reset_after ? inner + r * units : nullptr, h + r * units,
                       dh + r * units, d + r * ld);
        }
      }
      if (a.reset_after) {
        candidate.multiply(rows, d + 3 * units, ld, dh, units, true);
      } else {
        candidate.multiply(rows, d + 2 * units, ld, dreset_h, units, false);
        for (int64_t r = 0; r < rows; ++r) {
          if (is_masked(s, step, first + r)) continue;
          gru_row_reset_grad(units, gates + r * columns, dreset_h + r * units, h + r * units, dh + r * units,
                             d + r * ld);
        }
      }
      add_pairs(first, rows, ld, d, sums);
      recurrent.multiply(rows, d, ld, dh, units, true);
    }
  });
  if (a.reset_after) {
    T* total = static_cast<T*>(thread_scratch(3, ld * sizeof(T)));
    sum_rows(tasks.sums(), ld, sums, total);
    copy_row(total, columns, a.dbias);
    copy_row(total, 2 * units, a.dbias + columns);
    copy_row(total + columns, units, a.dbias + columns + 2 * units);
  } else {
    sum_rows(tasks.sums(), ld, sums, a.dbias);
  }
  recurrent_gradient(s, a.states, a.dgates, ld, 2 * units, a.drecurrent_kernel, columns);
  recurrent_gradient(s, a.reset_after ? a.states : a.inner, a.dgates + (a.reset_after ? 3 : 2) * units, ld, units,
                     a.drecurrent_kernel + 2 * units, columns);
  kernel_gradient(s, a.x, a.dgates, ld, columns, a.dkernel);
  if (a.dx) input_gradient(s, a.dgates, ld, a.kernel, columns, a.dx);
}

#define PYKERAS_INSTANTIATE(T)                   \
  template void gru<T>(const RecurrentArgs<T>&); \
  template void gru_grad<T>(const RecurrentGradArgs<T>&);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
