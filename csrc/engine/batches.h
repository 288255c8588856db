#pragma once
// The batches of an epoch: parts of whole arrays, or samples gathered in a drawn order, one batch ahead where a core is
// free to.
#include <functional>
#include <future>
#include <vector>

#include "op.h"

namespace pykeras {

/// How samples are gathered. The engine knows no kernels, so that it is told.
struct Gathering {
  /// batch[i] = data[rows[i]]; `alone`: on the calling thread only.
  std::function<void(const In& data, const In& rows, const Out& batch, bool alone)> gather;
  /// Whether a core would lie idle while a step computes.
  bool spare_core = false;
};

class Batches {
 public:
  /// `wanted`: what a batch of each array has to be. Batches are asked for in order, from below `last`.
  Batches(const Gathering& gathering, const Tensors& data, const Tensor& order, const Specs& wanted, int64_t batch_size,
          int64_t last);
  ~Batches();

  /// Where batch `number` lies, an array each; valid until the next call.
  const std::vector<void*>& at(int64_t number);

 private:
  void gather(int64_t number, Tensors& batch, bool alone) const;

  const Gathering& gathering_;
  const Tensors& data_;
  const Tensor& order_;
  const Specs& wanted_;
  const int64_t batch_size_, last_;
  bool ahead_ = false;
  Tensors now_, next_;  // gathered batches
  std::future<void> coming_;
  int64_t coming_number_ = -1;
  std::vector<void*> places_;
};

}  // namespace pykeras
