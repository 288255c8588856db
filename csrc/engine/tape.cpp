#include "tape.h"

#include <algorithm>

#include "record.h"

namespace pykeras {

EngineOps& engine_ops() {
  static EngineOps ops;
  return ops;
}

void Tape::start() {
  if (listening_) return;
  listeners().tapes.push_back(this);
  listening_ = true;
}

void Tape::stop() {
  if (!listening_) return;
  auto& tapes = listeners().tapes;
  tapes.erase(std::remove(tapes.begin(), tapes.end(), this), tapes.end());
  listening_ = false;
}

void Tape::watch(Variable& variable) {
  const Tensor& value = variable.read();
  tracked_.insert(value.id());
  values_of_[&variable].insert(value.id());
}

void Tape::variable_read(Variable& variable, const Tensor& value) {
  if (!watch_variables_ || !variable.trainable()) return;
  if (!is_float(value.dtype())) return;
  tracked_.insert(value.id());
  values_of_[&variable].insert(value.id());
}

void Tape::record(const OpPtr& op, const Tensors& inputs, const Tensors& outputs) {
  const bool gives_reals =
      std::any_of(outputs.begin(), outputs.end(), [](const Tensor& output) { return is_float(output.dtype()); });
  if (!gives_reals || op->stops_gradient()) return;
  const bool relevant = std::any_of(inputs.begin(), inputs.end(), [this](const Tensor& input) {
    return input && is_float(input.dtype()) && tracked_.count(input.id());
  });
  if (!relevant) return;
  for (const Tensor& output : outputs) {
    if (is_float(output.dtype())) tracked_.insert(output.id());
  }
  calls_.push_back({op, inputs, outputs});
}

void Tape::clear() {
  calls_.clear();
  tracked_.clear();
  values_of_.clear();
}

Tensors Tape::gradient(const Tensors& targets, const std::vector<Source>& sources, const Tensors& seeds, bool last) {
  // Only calls that depend on a source take part.
  std::unordered_set<uint64_t> reached;
  last = last && !listening_;
  for (const Source& source : sources) {
    if (source.variable) {
      const auto values = values_of_.find(source.variable);
      if (values != values_of_.end()) reached.insert(values->second.begin(), values->second.end());
    } else {
      reached.insert(source.tensor.id());
    }
  }
  const std::unordered_set<uint64_t> asked = last ? reached : std::unordered_set<uint64_t>();
  // The pass may itself be recorded on this tape (persistent, still listening), so walk the calls made so far only.
  const size_t count = calls_.size();
  std::vector<bool> active(count);
  for (size_t i = 0; i < count; ++i) {
    const Call& call = calls_[i];
    active[i] = std::any_of(call.inputs.begin(), call.inputs.end(),
                            [&](const Tensor& input) { return input && reached.count(input.id()); });
    if (!active[i]) continue;
    for (const Tensor& output : call.outputs) {
      if (is_float(output.dtype())) reached.insert(output.id());
    }
  }

  std::unordered_map<uint64_t, Tensor> gradients;
  const auto accumulate = [&](const Tensor& tensor, const Tensor& gradient) {
    Tensor& sum = gradients[tensor.id()];
    sum = sum ? run_op(engine_ops().add, {sum, gradient})[0] : gradient;
  };
  for (size_t i = 0; i < targets.size(); ++i) {
    accumulate(targets[i], i < seeds.size() && seeds[i] ? seeds[i] : engine_ops().ones(targets[i].spec()));
  }

  for (size_t i = count; i-- > 0;) {
    // A copy: recording further calls may move calls_.
    const Call call = calls_[i];
    if (last) calls_.pop_back();
    if (!active[i]) continue;
    Tensors dy;
    bool any = false;
    for (const Tensor& output : call.outputs) {
      const auto found = gradients.find(output.id());
      dy.push_back(found == gradients.end() ? Tensor() : found->second);
      any = any || dy.back();
    }
    if (!any) continue;
    // Calls that cannot be differentiated are kept so that this is an error and not a gradient that lacks a part.
    if (!call.op->differentiable()) {
      throw Error(std::string(call.op->name()) + ": has no gradient, so nothing can be differentiated through it");
    }
    std::vector<bool> needed;
    for (const Tensor& input : call.inputs) needed.push_back(input && reached.count(input.id()));
    const Tensors dx = call.op->gradient(Backward{call.inputs, call.outputs, dy, needed});
    for (size_t k = 0; k < dx.size(); ++k) {
      if (needed[k] && dx[k]) accumulate(call.inputs[k], dx[k]);
    }
    if (last) {
      for (const Tensor& output : call.outputs) {
        if (!asked.count(output.id())) gradients.erase(output.id());
      }
    }
  }

  Tensors result;
  for (const Source& source : sources) {
    Tensor sum;
    const auto collect = [&](uint64_t id) {
      const auto found = gradients.find(id);
      if (found == gradients.end()) return;
      sum = sum ? run_op(engine_ops().add, {sum, found->second})[0] : found->second;
    };
    if (!source.variable) {
      collect(source.tensor.id());
    } else if (const auto values = values_of_.find(source.variable); values != values_of_.end()) {
      std::vector<uint64_t> ids(values->second.begin(), values->second.end());
      std::sort(ids.begin(), ids.end());
      for (uint64_t id : ids) collect(id);
    }
    result.push_back(sum);
  }
  if (last) clear();
  return result;
}

}  // namespace pykeras
