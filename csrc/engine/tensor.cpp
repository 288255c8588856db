#include "tensor.h"

#include <atomic>
#include <cstring>

#include "expect.h"
#include "record.h"

namespace pykeras {
namespace {
std::atomic<uint64_t> next_id{1};
std::atomic<int64_t> string_tensors{0};
}  // namespace

int64_t live_string_tensors() { return string_tensors; }

Tensor::Body::Body(const Spec& given) : spec(given) {
  if (spec.dtype == DType::string) ++string_tensors;
}
Tensor::Body::~Body() {
  if (spec.dtype == DType::string) --string_tensors;
}

Tensor::Tensor(const Spec& spec) : body_(std::make_shared<Body>(spec)) {
  body_->storage = std::make_shared<Storage>(spec.bytes());
  body_->data = body_->storage->data();
  body_->id = next_id.fetch_add(1, std::memory_order_relaxed);
}

Tensor::Tensor(const Spec& spec, std::shared_ptr<Storage> storage, void* data) : body_(std::make_shared<Body>(spec)) {
  body_->storage = std::move(storage);
  body_->data = data;
  body_->id = next_id.fetch_add(1, std::memory_order_relaxed);
}

Tensor Tensor::viewed_as(const Spec& spec) const { return Tensor(spec, body_->storage, body_->data); }

Tensor Tensor::clone() const {
  Tensor copy(spec());
  std::memcpy(copy.data(), data(), bytes());
  return copy;
}

void Tensor::set_logits(const Tensor& logits, const char* op_name) {
  body_->logits = std::make_unique<Tensor>(logits);
  body_->logits_of = op_name;
}

const Tensor& Tensor::nothing() {
  static const Tensor none;
  return none;
}

const Tensor& Variable::read() {
  note_variable_read(*this, value_);
  return value_;
}

void Variable::assign(const Tensor& value) {
  if (!(value.spec() == value_.spec())) {
    throw Error("variable: expected a value of " + value_.spec().text() + ", got " + value.spec().text());
  }
  // A handle of its own: for differentiation, what is read from the variable is not what was written into it.
  const Tensor held = value.viewed_as(value.spec());
  note_variable_assign(*this, value_, value, held);
  value_ = held;
}

}  // namespace pykeras
