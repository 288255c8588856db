#include "passes.h"

namespace pykeras {

void take_in_pieces(Recording& recording) {
  const std::vector<int> uses = count_uses(recording);
  std::vector<int> producer(recording.slots.size(), -1);
  std::vector<bool> taken_in(recording.calls.size(), false);
  for (size_t i = 0; i < recording.calls.size(); ++i) {
    Call& call = recording.calls[i];
    for (size_t position = 0; position < call.inputs.size(); ++position) {
      const int slot = call.inputs[position];
      if (slot == no_slot || producer[slot] < 0 || uses[slot] != 1) continue;
      const Call& source = recording.calls[producer[slot]];
      if (!source.op->piecewise()) continue;
      const OpPtr op = call.op->with_pieces(source.op, static_cast<int>(position), recording.slots[slot].spec);
      if (!op) continue;
      call.op = op;
      call.inputs[position] = no_slot;
      call.inputs.insert(call.inputs.end(), source.inputs.begin(), source.inputs.end());
      taken_in[producer[slot]] = true;
      break;
    }
    for (int slot : call.outputs) producer[slot] = static_cast<int>(i);
  }
  std::vector<Call> kept;
  for (size_t i = 0; i < recording.calls.size(); ++i) {
    if (!taken_in[i]) kept.push_back(std::move(recording.calls[i]));
  }
  recording.calls = std::move(kept);
}

}  // namespace pykeras
