#pragma once
// Reverse-mode differentiation over the ops that ran while the tape was listening.
#include <unordered_map>
#include <unordered_set>

#include "op.h"

namespace pykeras {

class Tape {
 public:
  explicit Tape(bool watch_variables = true) : watch_variables_(watch_variables) {}
  ~Tape() { stop(); }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  void start();
  void stop();
  bool listening() const { return listening_; }

  void watch(const Tensor& tensor) { tracked_.insert(tensor.id()); }
  void watch(Variable& variable);
  void record(const OpPtr& op, const Tensors& inputs, const Tensors& outputs);
  void variable_read(Variable& variable, const Tensor& value);

  struct Source {
    Tensor tensor;                 // either
    Variable* variable = nullptr;  // or
  };
  /// d(sum of targets · seeds) / d(source) for each source; null where no path exists. A null seed stands for ones.
  /// The `last` pass lets go of each call as soon as it is differentiated: a tape that is not listening keeps nothing.
  Tensors gradient(const Tensors& targets, const std::vector<Source>& sources, const Tensors& seeds, bool last);
  void clear();

 private:
  struct Call {
    OpPtr op;
    Tensors inputs, outputs;
  };
  std::vector<Call> calls_;
  std::unordered_set<uint64_t> tracked_;
  std::unordered_map<Variable*, std::unordered_set<uint64_t>> values_of_;
  bool watch_variables_;
  bool listening_ = false;
};

/// What differentiation and programs need of particular ops; set once by the ops floor.
struct EngineOps {
  OpPtr add;   // x + y
  OpPtr copy;  // y = x
  Tensor (*ones)(const Spec&) = nullptr;
  /// One op for a chain of pointwise calls, see optimise/fuse.cpp.
  OpPtr (*fuse)(const struct FusedPlan& plan) = nullptr;
};
EngineOps& engine_ops();

}  // namespace pykeras
