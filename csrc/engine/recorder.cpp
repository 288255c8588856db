#include "recorder.h"

#include "record.h"

namespace pykeras {

Listeners& listeners() {
  thread_local Listeners instance;
  return instance;
}

void note_variable_read(Variable& variable, const Tensor& value) {
  Listeners& all = listeners();
  for (Tape* tape : all.tapes) tape->variable_read(variable, value);
  if (all.recorder) all.recorder->variable_read(variable, value);
}

void note_variable_assign(Variable& variable, const Tensor& before, const Tensor& after, const Tensor& held) {
  if (Recorder* recorder = listeners().recorder) recorder->variable_assign(variable, before, after, held);
}

void note_value_read(const Tensor& tensor, const char* how) {
  if (Recorder* recorder = listeners().recorder) recorder->value_read(tensor, how);
}

Tensors run_op(const OpPtr& op, Tensors inputs) {
  Specs specs;
  specs.reserve(inputs.size());
  for (const Tensor& input : inputs) specs.push_back(input ? input.spec() : Spec::none());
  const Specs out_specs = op->infer(specs);  // first: what promotion cannot do is an error of this op
  op->promote(inputs);

  Tensors outputs;
  outputs.reserve(out_specs.size());
  if (op->is_view()) {
    outputs.push_back(inputs[0].viewed_as(out_specs[0]));
  } else {
    Ins ins;
    ins.reserve(inputs.size());
    Outs outs;
    outs.reserve(out_specs.size());
    for (const Tensor& input : inputs) {
      ins.push_back(input ? In{input.data(), &input.spec()} : In{nullptr, nullptr});
    }
    for (const Spec& spec : out_specs) {
      outputs.emplace_back(spec);
      outs.push_back(Out{outputs.back().data(), &outputs.back().spec()});
    }
    op->forward(ins, outs);
    if (op->keeps_logits()) outputs[0].set_logits(inputs[0], op->name());
  }

  Listeners& all = listeners();
  for (size_t i = 0; i < all.tapes.size(); ++i) all.tapes[i]->record(op, inputs, outputs);
  if (all.recorder) all.recorder->record(op, inputs, outputs);
  return outputs;
}

Tensors Recorder::start(const Tensors& inputs) {
  if (listeners().recorder) throw Error("recorder: another step is being recorded in this thread");
  listeners().recorder = this;
  listening_ = true;
  Tensors handles;
  for (const Tensor& input : inputs) {
    handles.push_back(input.viewed_as(input.spec()));
    const int slot = recording_.add_slot(input.spec());
    recording_.slots[slot].kind = Slot::Kind::input;
    recording_.inputs.push_back(slot);
    slot_of_[handles.back().id()] = slot;
  }
  return handles;
}

void Recorder::stop() {
  if (listening_) listeners().recorder = nullptr;
  listening_ = false;
}

void Recorder::give_up(const std::string& reason) {
  if (!broken_.empty()) return;
  broken_ = reason;
  recording_ = Recording{};
  slot_of_.clear();
  first_slot_.clear();
  assigned_.clear();
  order_.clear();
}

int Recorder::slot_of(const Tensor& tensor) {
  const auto found = slot_of_.find(tensor.id());
  if (found != slot_of_.end()) return found->second;
  // Made outside the step: the same in every step.
  const int slot = recording_.add_slot(tensor.spec());
  recording_.slots[slot].kind = Slot::Kind::constant;
  recording_.slots[slot].constant = tensor;
  slot_of_[tensor.id()] = slot;
  return slot;
}

void Recorder::record(const OpPtr& op, const Tensors& inputs, const Tensors& outputs) {
  if (!broken_.empty()) return;
  Call call{op, {}, {}};
  for (const Tensor& input : inputs) call.inputs.push_back(input ? slot_of(input) : no_slot);
  for (const Tensor& output : outputs) {
    call.outputs.push_back(recording_.add_slot(output.spec()));
    slot_of_[output.id()] = call.outputs.back();
  }
  recording_.calls.push_back(std::move(call));
}

void Recorder::variable_read(Variable& variable, const Tensor& value) {
  if (!broken_.empty() || first_slot_.count(&variable)) return;
  const int slot = recording_.add_slot(value.spec());
  recording_.slots[slot].kind = Slot::Kind::variable;
  recording_.slots[slot].variable = variable.shared_from_this();
  first_slot_[&variable] = slot;
  order_.push_back(&variable);
  slot_of_[value.id()] = slot;
}

void Recorder::variable_assign(Variable& variable, const Tensor& before, const Tensor& after, const Tensor& held) {
  if (!broken_.empty()) return;
  variable_read(variable, before);
  const int slot = slot_of(after);
  slot_of_[held.id()] = slot;
  assigned_[&variable] = after;
}

void Recorder::value_read(const Tensor& tensor, const char* how) {
  if (!broken_.empty()) return;
  const auto found = slot_of_.find(tensor.id());
  if (found == slot_of_.end() || recording_.slots[found->second].kind == Slot::Kind::constant) return;
  give_up(std::string("the value of a tensor of shape ") + tensor.shape().text() + " was asked for (" + how + ")");
}

Recording Recorder::finish(const Tensors& outputs) {
  stop();
  if (!broken_.empty()) throw Error("recorder: " + broken_);
  for (const Tensor& output : outputs) recording_.outputs.push_back(slot_of(output));
  // A variable may take over only what the step itself has computed, and only once; anything else is copied first, so
  // that writing one variable never changes what another is about to receive.
  std::vector<bool> taken(recording_.slots.size(), false);
  for (Variable* variable : order_) {
    const auto found = assigned_.find(variable);
    if (found == assigned_.end()) continue;
    const int before = first_slot_[variable];
    int after = slot_of_[found->second.id()];
    if (after == before) continue;
    bool made_here = recording_.slots[after].kind == Slot::Kind::value;
    for (const Call& call : recording_.calls) {
      for (int slot : call.outputs) made_here = made_here && !(slot == after && call.op->is_view());
    }
    for (int slot : recording_.outputs) made_here = made_here && slot != after;
    if (!made_here || taken[after]) {
      const int copy = recording_.add_slot(recording_.slots[after].spec);
      taken.push_back(false);
      recording_.calls.push_back(Call{engine_ops().copy, {after}, {copy}});
      after = copy;
    }
    taken[after] = true;
    recording_.updates.emplace_back(before, after);
  }
  slot_of_.clear();
  assigned_.clear();
  return std::move(recording_);
}

}  // namespace pykeras
