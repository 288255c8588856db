#include <algorithm>
#include <map>

#include "../tape.h"
#include "passes.h"

namespace pykeras {
namespace {

constexpr size_t most_steps = 40;
constexpr size_t most_inputs = 24;

/// Whether an operand can be read along a pass over `shape`: all of it, one value, or a repeated trailing part.
bool readable(const Shape& operand, const Shape& shape) {
  if (operand == shape || operand.size() == 1) return true;
  int first = 0;
  while (first < operand.rank() && operand[first] == 1) ++first;
  const int rank = operand.rank() - first;
  if (rank > shape.rank()) return false;
  for (int axis = 1; axis <= rank; ++axis) {
    if (operand[-axis] != shape[-axis]) return false;
  }
  return true;
}

class Fusion {
 public:
  explicit Fusion(Recording& recording) : recording_(recording) {
    const size_t slots = recording.slots.size();
    producer_.assign(slots, -1);
    consumers_.resize(slots);
    leaves_.assign(slots, false);
    group_.assign(recording.calls.size(), -1);
    for (size_t i = 0; i < recording.calls.size(); ++i) {
      for (int slot : recording.calls[i].outputs) producer_[slot] = static_cast<int>(i);
      for (int slot : recording.calls[i].inputs) {
        if (slot != no_slot) consumers_[slot].push_back(static_cast<int>(i));
      }
    }
    for (int slot : recording.outputs) leaves_[slot] = true;
    for (const auto& update : recording.updates) leaves_[update.second] = true;
  }

  void run() {
    for (size_t i = 0; i < recording_.calls.size(); ++i) {
      if (can_join(static_cast<int>(i))) place(static_cast<int>(i));
    }
    rewrite();
  }

 private:
  const Shape& shape_of(int call) const { return recording_.slots[recording_.calls[call].outputs[0]].spec.shape; }

  bool can_join(int i) const {
    const Call& call = recording_.calls[i];
    if (!call.op->pointwise()) return false;
    for (int slot : call.inputs) {
      if (slot == no_slot || !readable(recording_.slots[slot].spec.shape, shape_of(i))) return false;
    }
    return true;
  }

  /// The group runs where its last member stood, so nobody outside may need a member's result before that.
  bool legal(const std::vector<int>& members, int last) const {
    for (int member : members) {
      for (int slot : recording_.calls[member].outputs) {
        for (int consumer : consumers_[slot]) {
          if (consumer < last && !std::binary_search(members.begin(), members.end(), consumer)) return false;
        }
      }
    }
    return true;
  }

  size_t inputs_of(const std::vector<int>& members) const {
    std::vector<int> inputs;
    for (int member : members) {
      for (int slot : recording_.calls[member].inputs) {
        const int from = producer_[slot];
        if (from < 0 || !std::binary_search(members.begin(), members.end(), from)) inputs.push_back(slot);
      }
    }
    std::sort(inputs.begin(), inputs.end());
    return std::unique(inputs.begin(), inputs.end()) - inputs.begin();
  }

  void place(int i) {
    std::vector<int> members{i};
    // The groups that feed this call, then those that read the same arrays: one pass then serves both.
    std::vector<int> candidates;
    const Call& call = recording_.calls[i];
    for (int slot : call.inputs) {
      if (producer_[slot] >= 0 && group_[producer_[slot]] >= 0) candidates.push_back(group_[producer_[slot]]);
    }
    for (int slot : call.inputs) {
      if (recording_.slots[slot].spec.shape != shape_of(i)) continue;
      for (int other : consumers_[slot]) {
        if (other < i && group_[other] >= 0) candidates.push_back(group_[other]);
      }
    }
    std::vector<int> joined;
    for (int candidate : candidates) {
      if (std::find(joined.begin(), joined.end(), candidate) != joined.end()) continue;
      const std::vector<int>& more = groups_[candidate];
      if (shape_of(more[0]) != shape_of(i) || members.size() + more.size() > most_steps) continue;
      std::vector<int> all(members.size() + more.size());
      std::merge(members.begin(), members.end(), more.begin(), more.end(), all.begin());
      if (!legal(all, i) || inputs_of(all) > most_inputs) continue;
      members = std::move(all);
      joined.push_back(candidate);
    }
    for (int candidate : joined) groups_[candidate].clear();
    for (int member : members) group_[member] = static_cast<int>(groups_.size());
    groups_.push_back(std::move(members));
  }

  /// The call that makes `slot` piece by piece for nobody but these members; -1 when there is none.
  int source_of(int slot, const std::vector<int>& members) const {
    const int from = producer_[slot];
    if (from < 0 || leaves_[slot] || !recording_.calls[from].op->piecewise()) return -1;
    const bool all = std::all_of(consumers_[slot].begin(), consumers_[slot].end(), [&](int consumer) {
      return std::binary_search(members.begin(), members.end(), consumer);
    });
    return all ? from : -1;
  }

  bool has_source(const std::vector<int>& members) const {
    for (int member : members) {
      for (int slot : recording_.calls[member].inputs) {
        if (source_of(slot, members) >= 0) return true;
      }
    }
    return false;
  }

  void rewrite() {
    std::vector<Call> result;
    std::vector<bool> taken_in(recording_.calls.size(), false);
    for (const std::vector<int>& members : groups_) {
      for (int member : members) {
        for (int slot : recording_.calls[member].inputs) {
          if (const int source = source_of(slot, members); source >= 0) taken_in[source] = true;
        }
      }
    }
    for (size_t i = 0; i < recording_.calls.size(); ++i) {
      const int group = group_[i];
      if (taken_in[i]) continue;
      if (group < 0 || (groups_[group].size() == 1 && !has_source(groups_[group]))) {
        result.push_back(recording_.calls[i]);
      } else if (groups_[group].back() == static_cast<int>(i)) {
        result.push_back(merged(groups_[group]));
      }
    }
    recording_.calls = std::move(result);
  }

  Call merged(const std::vector<int>& members) const {
    FusedPlan plan;
    Call call;
    std::map<int, int> input_number, step_number;
    std::vector<int> sources;
    for (int member : members) {
      const Call& part = recording_.calls[member];
      FusedPlan::Step step{part.op->pointwise(), part.op->name(), {}, {}, recording_.slots[part.outputs[0]].spec};
      for (int slot : part.inputs) {
        const auto made = step_number.find(slot);
        if (made != step_number.end()) {
          step.operands.push_back(~made->second);
        } else {
          const auto [found, fresh] = input_number.emplace(slot, static_cast<int>(call.inputs.size()));
          if (fresh) {
            const int source = source_of(slot, members);
            if (source >= 0) plan.sources.push_back({recording_.calls[source].op, found->second, {}});
            if (source >= 0) sources.push_back(source);
            call.inputs.push_back(source >= 0 ? no_slot : slot);
            plan.inputs.push_back(recording_.slots[slot].spec);
          }
          step.operands.push_back(found->second);
        }
        step.operand_specs.push_back(recording_.slots[slot].spec);
      }
      step_number[part.outputs[0]] = static_cast<int>(plan.steps.size());
      plan.steps.push_back(std::move(step));
    }
    for (size_t i = 0; i < sources.size(); ++i) {
      for (int slot : recording_.calls[sources[i]].inputs) {
        plan.sources[i].operands.push_back(static_cast<int>(call.inputs.size()));
        call.inputs.push_back(slot);
      }
    }
    for (int member : members) {
      const int slot = recording_.calls[member].outputs[0];
      const bool outside = std::any_of(consumers_[slot].begin(), consumers_[slot].end(), [&](int consumer) {
        return !std::binary_search(members.begin(), members.end(), consumer);
      });
      if (!outside && !leaves_[slot]) continue;
      plan.outputs.push_back(step_number[slot]);
      call.outputs.push_back(slot);
    }
    call.op = engine_ops().fuse(plan);
    return call;
  }

  Recording& recording_;
  std::vector<int> producer_;
  std::vector<std::vector<int>> consumers_;
  std::vector<bool> leaves_;
  std::vector<int> group_;
  std::vector<std::vector<int>> groups_;
};

}  // namespace

void fuse_pointwise(Recording& recording) {
  if (engine_ops().fuse) Fusion(recording).run();
}

}  // namespace pykeras
