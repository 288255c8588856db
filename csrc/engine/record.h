#pragma once
// Who listens to eager calls: the recorder that captures a step, and gradient tapes. Both belong to one thread.
#include "op.h"
#include "tape.h"

namespace pykeras {

class Recorder;

/// The listeners of the calling thread.
struct Listeners {
  std::vector<Tape*> tapes;
  Recorder* recorder = nullptr;
};
Listeners& listeners();

void note_variable_read(Variable& variable, const Tensor& value);
void note_variable_assign(Variable& variable, const Tensor& before, const Tensor& after, const Tensor& held);

/// Ends an active recording: Python asked for the value of a tensor that will be another one in the next step.
void note_value_read(const Tensor& tensor, const char* how);

}  // namespace pykeras
