#pragma once
// The passes over a recording, in the order they run.
#include "../recorder.h"

namespace pykeras {

/// Removes calls whose results nobody uses.
void remove_dead_ops(Recording& recording);

/// Merges a call into the one that made its input, where that op can absorb it (bias and activation into products).
void merge_epilogues(Recording& recording);

/// Merges chains of pointwise calls of one shape into calls that pass over memory once.
void fuse_pointwise(Recording& recording);

/// Lets ops that can take an input piece by piece (an optimizer its gradient) make it so, instead of storing it whole.
void take_in_pieces(Recording& recording);

/// One pointwise pass: steps over registers. Operand >= 0 is an input of the pass, < 0 is ~(result of an earlier step).
struct FusedPlan {
  struct Step {
    PointwiseKernel kernel;
    const char* name;
    std::vector<int> operands;
    Specs operand_specs;
    Spec result;
  };
  /// An input that `op` makes piece by piece, from the pass's inputs at these positions.
  struct Source {
    OpPtr op;
    int input;
    std::vector<int> operands;
  };
  Specs inputs;
  std::vector<Source> sources;
  std::vector<Step> steps;
  std::vector<int> outputs;  // numbers of the steps whose results leave the pass
};

/// Where every value of a step lies.
struct MemoryPlan {
  static constexpr size_t not_planned = ~size_t{0};
  std::vector<int> root_of;           // slot -> slot whose memory it uses (views, in-place results)
  std::vector<size_t> offset;         // root slot -> offset in the arena, or not_planned
  std::vector<bool> update_in_place;  // recording.updates[i] is written straight into the variable
  size_t bytes = 0;
};
MemoryPlan plan_memory(const Recording& recording);

/// How often each slot is used: by calls, outputs and updates.
std::vector<int> count_uses(const Recording& recording);

}  // namespace pykeras
