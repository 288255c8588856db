#pragma once
// The contract of an op, as the engine sees it. The engine knows no particular op; see ../ops/op.h for how one is
// written.
#include <memory>
#include <string>
#include <vector>

#include "expect.h"
#include "tensor.h"

namespace pykeras {

/// One input of a running op. `data` is null for an optional input that was left out.
struct In {
  const void* data;
  const Spec* spec;

  explicit operator bool() const { return data != nullptr; }
  template <class T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
  int64_t dim(int axis) const { return spec->shape[axis]; }
  int rank() const { return spec->rank(); }
  int64_t size() const { return spec->shape.size(); }
  DType dtype() const { return spec->dtype; }
};

struct Out {
  void* data;
  const Spec* spec;

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
  int64_t dim(int axis) const { return spec->shape[axis]; }
  int rank() const { return spec->rank(); }
  int64_t size() const { return spec->shape.size(); }
  DType dtype() const { return spec->dtype; }
};

using Ins = std::vector<In>;
using Outs = std::vector<Out>;

/// What a gradient sees: the call's inputs and outputs and the gradients of the outputs (null where none flowed).
struct Backward {
  const Tensors& inputs;
  const Tensors& outputs;
  const Tensors& gradients;
  const std::vector<bool>& needed;

  const Tensor& in(int i) const { return inputs[i]; }
  const Tensor& out(int i = 0) const { return outputs[i]; }
  const Tensor& dy(int i = 0) const { return gradients[i]; }
  bool needs(int i) const { return needed[i]; }
};

/// The inner loop of a pointwise op: its number in the kernel table, opaque to the engine, and its parameters.
struct PointwiseKernel {
  int id = -1;
  std::array<double, 2> params{0, 0};

  explicit operator bool() const { return id >= 0; }
};

class Op;
using OpPtr = std::shared_ptr<const Op>;

class Op {
 public:
  virtual ~Op() = default;
  virtual const char* name() const = 0;
  /// Brings inputs to the dtypes that the op computes in, by recorded casts.
  virtual void promote(Tensors&) const {}
  virtual Specs infer(const Specs& inputs) const = 0;
  virtual void forward(const Ins& inputs, const Outs& outputs) const = 0;
  virtual bool differentiable() const { return false; }
  /// Its results are constants for differentiation, by intent and not for want of a gradient.
  virtual bool stops_gradient() const { return false; }
  /// One gradient per input; null tensors where there is none. Made by recording other ops.
  virtual Tensors gradient(const Backward&) const { return {}; }

  // What the optimiser may ask.
  /// Output 0 is input 0's memory under another shape: nothing to run.
  virtual bool is_view() const { return false; }
  /// Set when output element i depends on element i of the (broadcast) inputs only; such ops can be fused into one
  /// pass.
  virtual PointwiseKernel pointwise() const { return {}; }
  /// Whether output `output` may lie in the memory of input `input` (equal specs are checked by the caller).
  virtual bool may_overwrite(int, int) const { return false; }
  /// This op with `next`, which takes this op's only output as its input `position`, merged into it; null when it
  /// cannot. `extra` receives the positions of next's other inputs, which are appended to this op's.
  virtual OpPtr absorb(const Op&, int /*position*/, const Specs& /*next_inputs*/) const { return nullptr; }
  /// Whether the only output can be made piece by piece inside the pass that reads it, so that it is never stored
  /// whole.
  virtual bool piecewise() const { return false; }
  /// Prepares the pieces of one pass; `plan` comes back to each of them.
  virtual void begin_pieces(const Ins&, const Spec& /*output*/, std::vector<int64_t>& /*plan*/) const {}
  /// Writes elements [first, first + count) of the output to y.
  virtual void piece(const Ins&, const Spec& /*output*/, const std::vector<int64_t>& /*plan*/, int64_t /*first*/,
                     int64_t /*count*/, void* /*y*/) const {}
  /// This op with its input `position` made by `source` in pieces; the source's inputs are appended to this op's. Null
  /// when it cannot.
  virtual OpPtr with_pieces(const OpPtr& /*source*/, int /*position*/, const Spec& /*made*/) const { return nullptr; }
  /// Softmax-like: the output remembers its input.
  virtual bool keeps_logits() const { return false; }
};

/// Runs an op eagerly: promote, infer, allocate, forward; told to the active tapes and recorder of this thread.
Tensors run_op(const OpPtr& op, Tensors inputs);

}  // namespace pykeras
