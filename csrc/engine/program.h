#pragma once
// A recorded step, optimised once and run many times without Python.
#include <memory>
#include <mutex>

#include "batches.h"
#include "recorder.h"

namespace pykeras {

class Program {
 public:
  explicit Program(Recording recording);

  /// Runs the step: variables are updated in place, outputs are fresh tensors.
  Tensors run(const Tensors& inputs);

  /// Runs batches first..last-1 of `data` (one tensor per input, samples along axis 0), sample numbers taken from
  /// `order` when given. Stops early when `seconds` have passed; returns the number of the next batch.
  int64_t run_batches(const Gathering& gathering, const Tensors& data, const Tensor& order, int64_t batch_size,
                      int64_t first, int64_t last, double seconds);

  /// Runs the step `runs` times, as run does; the fastest seconds of each call, in their order.
  std::vector<double> profile(const Tensors& inputs, int runs);

  size_t call_count() const { return calls_.size(); }
  size_t memory_bytes() const { return arena_ ? arena_->bytes() : 0; }
  /// Names of the calls in order, for tests and curious users.
  std::vector<std::string> listing() const;

 private:
  struct Ready {
    OpPtr op;
    Ins ins;
    Outs outs;
  };
  struct Update {
    int variable_slot;
    int value_slot;
    bool in_place;
  };

  void prepare();
  void bind(int root, void* data);
  void load_variables();
  Tensors bind_run(const Tensors& inputs);
  void run_calls();
  void copy_updates();

  Recording recording_;
  std::vector<int> root_of_;  // the slot whose memory a slot uses
  std::vector<void*> memory_;
  std::vector<Ready> calls_;
  std::vector<std::vector<const void**>> readers_;  // by root: pointers to patch when its memory moves
  std::vector<std::vector<void**>> writers_;
  std::vector<Update> updates_;
  std::vector<int> variable_slots_;
  std::vector<bool> written_in_place_;  // by slot
  std::shared_ptr<Storage> arena_;
  std::mutex mutex_;
};

}  // namespace pykeras
