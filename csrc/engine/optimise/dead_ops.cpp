#include <algorithm>

#include "passes.h"

namespace pykeras {

std::vector<int> count_uses(const Recording& recording) {
  std::vector<int> uses(recording.slots.size(), 0);
  for (const Call& call : recording.calls) {
    for (int slot : call.inputs) {
      if (slot != no_slot) ++uses[slot];
    }
  }
  for (int slot : recording.outputs) ++uses[slot];
  for (const auto& update : recording.updates) ++uses[update.second];
  return uses;
}

void remove_dead_ops(Recording& recording) {
  std::vector<int> uses = count_uses(recording);
  std::vector<Call> kept;
  for (size_t i = recording.calls.size(); i-- > 0;) {
    Call& call = recording.calls[i];
    const bool used = std::any_of(call.outputs.begin(), call.outputs.end(), [&](int slot) { return uses[slot] > 0; });
    if (used) {
      kept.push_back(std::move(call));
    } else {
      for (int slot : call.inputs) {
        if (slot != no_slot) --uses[slot];
      }
    }
  }
  std::reverse(kept.begin(), kept.end());
  recording.calls = std::move(kept);
}

}  // namespace pykeras
