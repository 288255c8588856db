#pragma once
// Tensor: an immutable dense array, shared by handle. Variable: a named place whose tensor can be replaced.
#include <atomic>
#include <memory>
#include <vector>

#include "shape.h"
#include "storage.h"

namespace pykeras {

class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(const Spec& spec);
  Tensor(const Spec& spec, std::shared_ptr<Storage> storage, void* data);

  explicit operator bool() const { return body_ != nullptr; }
  const Spec& spec() const { return body_->spec; }
  const Shape& shape() const { return body_->spec.shape; }
  DType dtype() const { return body_->spec.dtype; }
  int64_t size() const { return body_->spec.shape.size(); }
  size_t bytes() const { return body_->spec.bytes(); }
  /// Written by whoever made the tensor, before it is shared.
  void* data() const { return body_->data; }
  template <class T>
  T* as() const {
    return static_cast<T*>(body_->data);
  }
  /// Unique among all tensors of the process; never reused.
  uint64_t id() const { return body_->id; }
  const std::shared_ptr<Storage>& storage() const { return body_->storage; }
  /// Whether nobody else holds this tensor or its memory.
  bool exclusive() const {
    return body_.use_count() == 1 && body_->storage.use_count() == 1 && !body_->storage->borrowed();
  }

  /// The same memory under another shape of equal size.
  Tensor viewed_as(const Spec& spec) const;
  Tensor clone() const;

  /// What a softmax or sigmoid was computed from, so that a cross-entropy can start there.
  const Tensor& logits() const { return body_->logits ? *body_->logits : nothing(); }
  const char* logits_of() const { return body_->logits_of; }
  void set_logits(const Tensor& logits, const char* op_name);

 private:
  struct Body {
    explicit Body(const Spec& spec);
    ~Body();
    Spec spec;
    std::shared_ptr<Storage> storage;
    void* data = nullptr;
    uint64_t id = 0;
    std::unique_ptr<Tensor> logits;
    const char* logits_of = nullptr;
  };
  static const Tensor& nothing();
  std::shared_ptr<Body> body_;
};

using Tensors = std::vector<Tensor>;

/// How many tensors of strings there are: while there is none, nobody knows a number of a text.
int64_t live_string_tensors();

class Variable : public std::enable_shared_from_this<Variable> {
 public:
  /// The value is held under a handle of its own, so that two variables made of one tensor stay two for a recorder.
  Variable(const Tensor& value, bool trainable) : value_(value.viewed_as(value.spec())) { set_trainable(trainable); }

  /// The current value; tells an active recorder and tape that the variable is read.
  const Tensor& read();
  /// Replaces the value by one of the same spec.
  void assign(const Tensor& value);
  const Spec& spec() const { return value_.spec(); }

  bool trainable() const { return trainable_; }
  void set_trainable(bool trainable) {
    trainable_ = trainable;
    ++trainable_changes;
  }
  /// Grows when a variable is made, frozen or thawed: what was recorded for training may be out of date.
  inline static std::atomic<uint64_t> trainable_changes{0};

 private:
  friend class Program;
  Tensor value_;
  bool trainable_ = true;
};

using VariablePtr = std::shared_ptr<Variable>;

}  // namespace pykeras
