#include "passes.h"

namespace pykeras {

void merge_epilogues(Recording& recording) {
  const std::vector<int> uses = count_uses(recording);
  std::vector<int> producer(recording.slots.size(), -1);
  std::vector<Call> kept;
  for (Call& call : recording.calls) {
    bool merged = false;
    for (size_t position = 0; position < call.inputs.size() && !merged; ++position) {
      const int slot = call.inputs[position];
      if (slot == no_slot || producer[slot] < 0 || uses[slot] != 1 || call.outputs.size() != 1) continue;
      Call& before = kept[producer[slot]];
      if (before.outputs.size() != 1) continue;
      Specs specs;
      for (int input : call.inputs) specs.push_back(input == no_slot ? Spec::none() : recording.slots[input].spec);
      OpPtr op = before.op->absorb(*call.op, static_cast<int>(position), specs);
      if (!op) continue;
      // The other inputs must exist by the time the earlier call runs.
      bool available = true;
      for (size_t other = 0; other < call.inputs.size(); ++other) {
        if (other == position || call.inputs[other] == no_slot) continue;
        available = available && producer[call.inputs[other]] < producer[slot];
      }
      if (!available) continue;
      for (size_t other = 0; other < call.inputs.size(); ++other) {
        if (other != position) before.inputs.push_back(call.inputs[other]);
      }
      before.op = op;
      before.outputs = call.outputs;
      producer[call.outputs[0]] = producer[slot];
      merged = true;
    }
    if (merged) continue;
    for (int slot : call.outputs) producer[slot] = static_cast<int>(kept.size());
    kept.push_back(std::move(call));
  }
  recording.calls = std::move(kept);
}

}  // namespace pykeras
