#pragma once
// What the recurrent kernels are given. Arrays that hold all steps are [steps, batch, ...] in the order of processing,
// except x, outputs and their gradients, which are [batch, steps, ...]; x alone lies in the order of time, so a
// sequence processed backwards reads it from its end.
#include <cstdint>

namespace pykeras::kernels {

struct SequenceShape {
  int64_t batch, steps, features, units;
  const uint8_t* mask;  // [batch, steps] in the order of time, or null; a step of 0 keeps state and output
  bool go_backwards;
  bool zero_output;  // masked steps give zeros
};

enum class CellActivation : uint8_t { linear, relu, sigmoid, tanh };

/// `gates` is the number of matrices side by side in the kernels: LSTM 4 (i f c o), GRU 3 (z r h), SimpleRNN 1.
template <class T>
struct RecurrentArgs {
  SequenceShape shape;
  const T* x;                 // [batch, steps, features]
  const T* kernel;            // [features, gates * units]
  const T* recurrent_kernel;  // [units, gates * units]
  const T* bias;              // [gates * units], GRU with reset_after [2, 3 * units]; may be null
  const T* initial_h;         // [batch, units]
  const T* initial_c;         // LSTM
  bool reset_after;           // GRU
  CellActivation activation;  // SimpleRNN
  T* outputs;                 // [batch, steps, units]
  T* last_h;                  // [batch, units]
  T* last_c;                  // LSTM
  // What the gradient reads again; gates of masked steps are 0, and GRU's inner too.
  T* states;  // [steps + 1, batch, units]: h before the first step and after each
  T* gates;   // [steps, batch, gates * units], activated; not for SimpleRNN
  T* inner;   // LSTM [steps + 1, batch, units]: c as states has h. GRU [steps, batch, units]: with reset_after the
              // recurrent part of the candidate, otherwise r * h
};

template <class T>
struct RecurrentGradArgs {
  SequenceShape shape;
  const T *x, *kernel, *recurrent_kernel;
  bool reset_after;
  CellActivation activation;
  const T *states, *gates, *inner;
  const T *doutputs, *dlast_h, *dlast_c;  // each may be null
  T* dgates;  // [steps, batch, gates * units], scratch; GRU with reset_after has 4 matrices, the last r * dcandidate
  T* dx;      // null when it is not asked for
  T *dinitial_h, *dinitial_c;
  T *dkernel, *drecurrent_kernel, *dbias;
};

}  // namespace pykeras::kernels
