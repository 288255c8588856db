#include "program.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

#include "optimise/passes.h"
#include "record.h"

namespace pykeras {

Program::Program(Recording recording) : recording_(std::move(recording)) {
  remove_dead_ops(recording_);
  merge_epilogues(recording_);
  fuse_pointwise(recording_);
  take_in_pieces(recording_);
  prepare();
}

void Program::prepare() {
  MemoryPlan plan = plan_memory(recording_);
  root_of_ = std::move(plan.root_of);
  const size_t slots = recording_.slots.size();
  memory_.assign(slots, nullptr);
  readers_.resize(slots);
  writers_.resize(slots);
  written_in_place_.assign(slots, false);
  if (plan.bytes > 0) {
    // What the recorded run left in the cache would lie idle beside the program's own memory.
    release_cached_memory();
    arena_ = std::make_shared<Storage>(plan.bytes);
    char* base = static_cast<char*>(arena_->data());
    for (size_t slot = 0; slot < slots; ++slot) {
      if (plan.offset[slot] != MemoryPlan::not_planned) memory_[slot] = base + plan.offset[slot];
    }
  }
  for (size_t slot = 0; slot < slots; ++slot) {
    if (recording_.slots[slot].kind == Slot::Kind::constant) memory_[slot] = recording_.slots[slot].constant.data();
  }
  for (size_t i = 0; i < recording_.updates.size(); ++i) {
    const auto [variable, value] = recording_.updates[i];
    updates_.push_back({variable, value, plan.update_in_place[i]});
    written_in_place_[variable] = true;
  }

  for (const Call& call : recording_.calls) {
    if (call.op->is_view()) continue;
    Ready ready{call.op, {}, {}};
    for (int slot : call.inputs) {
      ready.ins.push_back(slot == no_slot ? In{nullptr, nullptr}
                                          : In{memory_[root_of_[slot]], &recording_.slots[slot].spec});
    }
    for (int slot : call.outputs) ready.outs.push_back(Out{memory_[root_of_[slot]], &recording_.slots[slot].spec});
    calls_.push_back(std::move(ready));
  }
  size_t number = 0;
  std::vector<bool> is_variable(slots, false);
  for (const Call& call : recording_.calls) {
    if (call.op->is_view()) continue;
    Ready& ready = calls_[number++];
    for (size_t k = 0; k < call.inputs.size(); ++k) {
      if (call.inputs[k] != no_slot) readers_[root_of_[call.inputs[k]]].push_back(&ready.ins[k].data);
    }
    for (size_t k = 0; k < call.outputs.size(); ++k) writers_[root_of_[call.outputs[k]]].push_back(&ready.outs[k].data);
  }
  // Variables that some call, output or update still touches.
  for (const auto& update : recording_.updates) is_variable[update.first] = true;
  for (size_t slot = 0; slot < slots; ++slot) {
    if (recording_.slots[slot].kind != Slot::Kind::variable) continue;
    if (!readers_[slot].empty() || !writers_[slot].empty()) is_variable[slot] = true;
  }
  for (int slot : recording_.outputs) {
    if (recording_.slots[root_of_[slot]].kind == Slot::Kind::variable) is_variable[root_of_[slot]] = true;
  }
  for (size_t slot = 0; slot < slots; ++slot) {
    if (is_variable[slot]) variable_slots_.push_back(static_cast<int>(slot));
  }
}

std::vector<std::string> Program::listing() const {
  std::vector<std::string> names;
  for (const Ready& call : calls_) names.emplace_back(call.op->name());
  return names;
}

void Program::bind(int root, void* data) {
  if (memory_[root] == data) return;
  memory_[root] = data;
  for (const void** reader : readers_[root]) *reader = data;
  for (void** writer : writers_[root]) *writer = data;
}

void Program::load_variables() {
  for (int slot : variable_slots_) {
    Variable& variable = *recording_.slots[slot].variable;
    if (!(variable.spec() == recording_.slots[slot].spec)) {
      throw Error("program: a variable was " + recording_.slots[slot].spec.text() +
                  " when the step was recorded, now " + variable.spec().text());
    }
    // Somebody else may hold the value that this step is going to overwrite; they keep it, the variable gets a copy.
    if (written_in_place_[slot] && !variable.value_.exclusive()) variable.value_ = variable.value_.clone();
    bind(slot, variable.value_.data());
  }
}

void Program::run_calls() {
  for (const Ready& call : calls_) call.op->forward(call.ins, call.outs);
  copy_updates();
}

void Program::copy_updates() {
  for (const Update& update : updates_) {
    if (update.in_place) continue;
    std::memcpy(memory_[update.variable_slot], memory_[root_of_[update.value_slot]],
                recording_.slots[update.value_slot].spec.bytes());
  }
}

/// Points the calls to the inputs, the variables and fresh outputs, which it returns.
Tensors Program::bind_run(const Tensors& inputs) {
  if (inputs.size() != recording_.inputs.size()) {
    throw Error("program: expected " + std::to_string(recording_.inputs.size()) + " inputs, got " +
                std::to_string(inputs.size()));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int slot = recording_.inputs[i];
    if (!(inputs[i].spec() == recording_.slots[slot].spec)) {
      throw Error("program: input " + std::to_string(i) + ": expected " + recording_.slots[slot].spec.text() +
                  ", got " + inputs[i].spec().text());
    }
    bind(slot, inputs[i].data());
  }
  load_variables();

  // Results are fresh tensors, so that the next run cannot change what the caller holds.
  Tensors outputs(recording_.outputs.size());
  std::unordered_map<int, Tensor> made;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const int slot = recording_.outputs[i], root = root_of_[slot];
    if (recording_.slots[root].kind != Slot::Kind::value) continue;
    Tensor& memory = made[root];
    if (!memory) {
      memory = Tensor(recording_.slots[root].spec);
      bind(root, memory.data());
    }
    outputs[i] = slot == root ? memory : memory.viewed_as(recording_.slots[slot].spec);
  }
  // What a step returns unchanged is copied before the step writes variables.
  for (size_t i = 0; i < outputs.size(); ++i) {
    const int slot = recording_.outputs[i], root = root_of_[slot];
    if (recording_.slots[root].kind == Slot::Kind::value) continue;
    outputs[i] = Tensor(recording_.slots[slot].spec);
    std::memcpy(outputs[i].data(), memory_[root], outputs[i].bytes());
  }
  return outputs;
}

Tensors Program::run(const Tensors& inputs) {
  std::lock_guard<std::mutex> lock(mutex_);
  Tensors outputs = bind_run(inputs);
  run_calls();
  return outputs;
}

std::vector<double> Program::profile(const Tensors& inputs, int runs) {
  using Clock = std::chrono::steady_clock;
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<double> fastest(calls_.size(), std::numeric_limits<double>::infinity());
  for (int run = 0; run < runs; ++run) {
    const Tensors outputs = bind_run(inputs);
    for (size_t i = 0; i < calls_.size(); ++i) {
      const auto start = Clock::now();
      calls_[i].op->forward(calls_[i].ins, calls_[i].outs);
      fastest[i] = std::min(fastest[i], std::chrono::duration<double>(Clock::now() - start).count());
    }
    copy_updates();
  }
  return fastest;
}

int64_t Program::run_batches(const Gathering& gathering, const Tensors& data, const Tensor& order, int64_t batch_size,
                             int64_t first, int64_t last, double seconds) {
  std::lock_guard<std::mutex> lock(mutex_);
  const size_t count = recording_.inputs.size();
  if (data.size() != count) throw Error("program: expected " + std::to_string(count) + " arrays");
  if (first < 0) throw Error("program: expected first >= 0");
  Specs wanted;
  for (int slot : recording_.inputs) wanted.push_back(recording_.slots[slot].spec);
  Batches batches(gathering, data, order, wanted, batch_size, last);
  load_variables();
  // Nobody reads the outputs of these steps, but they need a place.
  std::vector<Tensor> scratch;
  for (int slot : recording_.outputs) {
    const int root = root_of_[slot];
    if (recording_.slots[root].kind != Slot::Kind::value) continue;
    scratch.emplace_back(recording_.slots[root].spec);
    bind(root, scratch.back().data());
  }

  const auto start = std::chrono::steady_clock::now();
  int64_t batch = first;
  while (batch < last) {
    const std::vector<void*>& places = batches.at(batch);
    for (size_t i = 0; i < count; ++i) bind(recording_.inputs[i], places[i]);
    run_calls();
    ++batch;
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() >= seconds) break;
  }
  return batch;
}

}  // namespace pykeras
