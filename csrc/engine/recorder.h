#pragma once
// Captures the calls of one step: what ran on what, not the values. Memory of the step is not held.
#include <optional>
#include <unordered_map>

#include "op.h"

namespace pykeras {

/// A place for a value in a recorded step.
struct Slot {
  enum class Kind { input, variable, constant, value };
  Spec spec;
  Kind kind = Kind::value;
  Tensor constant;
  VariablePtr variable;
};

inline constexpr int no_slot = -1;  // an optional input left out

struct Call {
  OpPtr op;
  std::vector<int> inputs, outputs;
};

/// A step, captured: the form that the passes of optimise/ work on.
struct Recording {
  std::vector<Slot> slots;
  std::vector<Call> calls;
  std::vector<int> inputs;
  std::vector<int> outputs;
  /// Variables that the step replaces: (slot of the value before, slot of the value after).
  std::vector<std::pair<int, int>> updates;

  int add_slot(const Spec& spec) {
    slots.push_back(Slot{spec, Slot::Kind::value, Tensor(), nullptr});
    return static_cast<int>(slots.size()) - 1;
  }
};

class Recorder {
 public:
  ~Recorder() { stop(); }

  /// Starts listening; returns handles of the inputs that stand for them inside the step.
  Tensors start(const Tensors& inputs);
  void stop();

  void record(const OpPtr& op, const Tensors& inputs, const Tensors& outputs);
  void variable_read(Variable& variable, const Tensor& value);
  /// `held` is the handle under which the variable will give `after` back.
  void variable_assign(Variable& variable, const Tensor& before, const Tensor& after, const Tensor& held);
  /// Python reads `tensor`: if it belongs to the step, the step cannot be replayed.
  void value_read(const Tensor& tensor, const char* how);

  /// Why the recording ended early; empty while it is whole.
  const std::string& broken() const { return broken_; }
  void give_up(const std::string& reason);
  Recording finish(const Tensors& outputs);

 private:
  int slot_of(const Tensor& tensor);

  Recording recording_;
  std::unordered_map<uint64_t, int> slot_of_;
  std::unordered_map<Variable*, int> first_slot_;
  std::unordered_map<Variable*, Tensor> assigned_;
  std::vector<Variable*> order_;
  std::string broken_;
  bool listening_ = false;
};

}  // namespace pykeras
