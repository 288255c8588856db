#include "batches.h"

#include <system_error>
#include <utility>

#include "expect.h"

namespace pykeras {
namespace {

// Below this a batch is gathered sooner than another thread wakes up.
constexpr size_t worth_a_thread = size_t{256} << 10;

Tensors tensors_of(const Specs& specs) {
  Tensors tensors;
  for (const Spec& spec : specs) tensors.emplace_back(spec);
  return tensors;
}

}  // namespace

Batches::Batches(const Gathering& gathering, const Tensors& data, const Tensor& order, const Specs& wanted,
                 int64_t batch_size, int64_t last)
    : gathering_(gathering),
      data_(data),
      order_(order),
      wanted_(wanted),
      batch_size_(batch_size),
      last_(last),
      places_(data.size()) {
  if (batch_size < 1) throw Error("program: expected batch_size >= 1");
  const int64_t available = order ? order.size() : data.empty() ? 0 : data[0].shape()[0];
  if (order) expect_dtype("program", "order", DType::int64, order.spec());
  if (last > available / batch_size) throw Error("program: there are fewer batches than asked for");
  size_t bytes = 0;
  for (size_t i = 0; i < data.size(); ++i) {
    Spec got = data[i].spec();
    const int64_t samples = got.rank() ? got.shape[0] : -1;
    if (got.rank()) got.shape[0] = batch_size;
    if (!(got == wanted[i]) || samples < 0) {
      throw Error("program: data " + std::to_string(i) + ": expected batches of " + wanted[i].text() +
                  ", got data of " + data[i].spec().text());
    }
    if (!order && samples < last * batch_size) throw Error("program: an array is shorter than the others");
    bytes += wanted[i].bytes();
  }
  if (!order) return;
  ahead_ = gathering.spare_core && bytes >= worth_a_thread;
  now_ = tensors_of(wanted);
  if (ahead_) next_ = tensors_of(wanted);
}

Batches::~Batches() {
  if (coming_.valid()) coming_.wait();  // it writes into next_
}

const std::vector<void*>& Batches::at(int64_t number) {
  if (!order_) {
    for (size_t i = 0; i < data_.size(); ++i) {
      places_[i] = static_cast<char*>(data_[i].data()) + static_cast<size_t>(number) * wanted_[i].bytes();
    }
    return places_;
  }
  if (coming_.valid()) coming_.get();
  if (coming_number_ == number) {
    std::swap(now_, next_);
  } else {
    gather(number, now_, false);
  }
  for (size_t i = 0; i < data_.size(); ++i) places_[i] = now_[i].data();
  if (ahead_ && number + 1 < last_) {
    try {
      coming_ = std::async(std::launch::async, [this, number] { gather(number + 1, next_, true); });
      coming_number_ = number + 1;
    } catch (const std::system_error&) {
      ahead_ = false;  // no more threads to be had
    }
  }
  return places_;
}

void Batches::gather(int64_t number, Tensors& batch, bool alone) const {
  const Spec rows{DType::int64, Shape{batch_size_}};
  const In picked{order_.as<int64_t>() + number * batch_size_, &rows};
  for (size_t i = 0; i < data_.size(); ++i) {
    gathering_.gather(In{data_[i].data(), &data_[i].spec()}, picked, Out{batch[i].data(), &batch[i].spec()}, alone);
  }
}

}  // namespace pykeras
