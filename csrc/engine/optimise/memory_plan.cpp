#include <algorithm>

#include "passes.h"

namespace pykeras {
namespace {

struct Lifetime {
  int first = -1, last = -1;
};

size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

class Planner {
 public:
  explicit Planner(const Recording& recording) : recording_(recording) {
    const size_t slots = recording.slots.size();
    plan_.root_of.resize(slots);
    for (size_t slot = 0; slot < slots; ++slot) plan_.root_of[slot] = static_cast<int>(slot);
    plan_.offset.assign(slots, MemoryPlan::not_planned);
    plan_.update_in_place.assign(recording.updates.size(), false);
    kept_.assign(slots, false);
  }

  MemoryPlan run() {
    share_views();
    find_lifetimes();
    write_variables_in_place();
    reuse_dying_inputs();
    place();
    return std::move(plan_);
  }

 private:
  int root(int slot) {
    while (plan_.root_of[slot] != slot) slot = plan_.root_of[slot];
    return slot;
  }
  bool is_value(int slot) const { return recording_.slots[slot].kind == Slot::Kind::value; }

  void share_views() {
    for (const Call& call : recording_.calls) {
      if (call.op->is_view()) plan_.root_of[call.outputs[0]] = root(call.inputs[0]);
    }
  }

  void find_lifetimes() {
    life_.assign(recording_.slots.size(), {});
    const int end = static_cast<int>(recording_.calls.size());
    for (int i = 0; i < end; ++i) {
      const Call& call = recording_.calls[i];
      for (int slot : call.outputs) {
        Lifetime& life = life_[root(slot)];
        if (life.first < 0) life.first = i;
        life.last = std::max(life.last, i);
      }
      for (int slot : call.inputs) {
        if (slot != no_slot) life_[root(slot)].last = std::max(life_[root(slot)].last, i);
      }
    }
    for (int slot : recording_.outputs) kept_[root(slot)] = true;
    for (const auto& update : recording_.updates) life_[root(update.second)].last = end;
  }

  bool may_overwrite(const Call& call, int output_slot, int input_root) {
    int output = 0;
    while (call.outputs[output] != output_slot) ++output;
    for (size_t input = 0; input < call.inputs.size(); ++input) {
      const int slot = call.inputs[input];
      if (slot != no_slot && root(slot) == input_root && !call.op->may_overwrite(output, static_cast<int>(input))) {
        return false;
      }
    }
    return true;
  }

  /// A variable's new value can be written straight over the old one when nobody reads the old one later.
  void write_variables_in_place() {
    for (size_t i = 0; i < recording_.updates.size(); ++i) {
      const auto [variable, value] = recording_.updates[i];
      if (!is_value(value) || root(value) != value || kept_[value] || kept_[variable]) continue;
      const int made = life_[value].first, last_read = life_[variable].last;
      if (last_read > made) continue;
      if (last_read == made && !may_overwrite(recording_.calls[made], value, variable)) continue;
      plan_.root_of[value] = variable;
      life_[variable].last = static_cast<int>(recording_.calls.size());
      plan_.update_in_place[i] = true;
    }
  }

  void reuse_dying_inputs() {
    for (int i = 0; i < static_cast<int>(recording_.calls.size()); ++i) {
      const Call& call = recording_.calls[i];
      if (call.op->is_view()) continue;
      for (int output : call.outputs) {
        if (root(output) != output || !is_value(output) || kept_[output]) continue;
        for (int input : call.inputs) {
          if (input == no_slot) continue;
          const int from = root(input);
          if (from == output || !is_value(from) || kept_[from] || life_[from].last != i || life_[from].first >= i)
            continue;
          if (recording_.slots[from].spec.bytes() != recording_.slots[output].spec.bytes()) continue;
          if (!may_overwrite(call, output, from)) continue;
          plan_.root_of[output] = from;
          life_[from].last = life_[output].last;
          break;
        }
      }
    }
  }

  /// Largest first, each at the lowest offset that is free during its whole life.
  void place() {
    std::vector<int> roots;
    for (size_t slot = 0; slot < recording_.slots.size(); ++slot) {
      const int s = static_cast<int>(slot);
      if (root(s) == s && is_value(s) && !kept_[slot] && life_[slot].first >= 0) roots.push_back(s);
    }
    std::stable_sort(roots.begin(), roots.end(), [this](int a, int b) {
      return recording_.slots[a].spec.bytes() > recording_.slots[b].spec.bytes();
    });
    std::vector<int> placed;  // by offset
    for (int slot : roots) {
      const size_t bytes = aligned(std::max<size_t>(recording_.slots[slot].spec.bytes(), 1));
      size_t offset = 0;
      for (int other : placed) {
        if (life_[other].last < life_[slot].first || life_[slot].last < life_[other].first) continue;
        const size_t other_bytes = aligned(std::max<size_t>(recording_.slots[other].spec.bytes(), 1));
        if (offset + bytes <= plan_.offset[other]) break;
        offset = std::max(offset, plan_.offset[other] + other_bytes);
      }
      plan_.offset[slot] = offset;
      plan_.bytes = std::max(plan_.bytes, offset + bytes);
      placed.insert(std::upper_bound(placed.begin(), placed.end(), slot,
                                     [this](int a, int b) { return plan_.offset[a] < plan_.offset[b]; }),
                    slot);
    }
    for (size_t slot = 0; slot < recording_.slots.size(); ++slot) {
      plan_.root_of[slot] = root(static_cast<int>(slot));
    }
  }

  const Recording& recording_;
  MemoryPlan plan_;
  std::vector<Lifetime> life_;
  std::vector<bool> kept_;  // roots whose memory leaves the program
};

}  // namespace

MemoryPlan plan_memory(const Recording& recording) { return Planner(recording).run(); }

}  // namespace pykeras
