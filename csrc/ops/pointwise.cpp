#include "pointwise.h"

#include <cstring>

#include "../engine/optimise/passes.h"

namespace pykeras {
namespace {

// Elements per block: a handful of blocks of temporaries stay in the first-level cache.
constexpr int64_t block_size = 1024;
// Elements per task; fixed, so that the split never depends on the number of threads.
constexpr int64_t task_size = 16 * block_size;

// How an operand follows the pass; `pieces` are made as it goes.
enum class Reach { all, one, repeated, pieces };

Reach reach_of(const Shape& operand, const Shape& shape) {
  if (operand == shape) return Reach::all;
  return operand.size() == 1 ? Reach::one : Reach::repeated;
}

/// A chain of kernels over cache-sized blocks: what fuse_pointwise makes, and what a single pointwise op runs as.
class FusedPointwise final : public Op {
 public:
  explicit FusedPointwise(const FusedPlan& plan) : shape_(plan.steps.back().result.shape) {
    for (const Spec& input : plan.inputs) {
      const Reach reach = reach_of(input.shape, shape_);
      inputs_.push_back({reach, size_of(input.dtype), reach == Reach::repeated ? input.shape.size() : 1});
    }
    for (const FusedPlan::Source& source : plan.sources) {
      inputs_[source.input].reach = Reach::pieces;
      sources_.push_back(source);
      source_specs_.push_back(plan.inputs[source.input]);
      names_ += std::string(source.op->name()) + "+";
    }
    for (const FusedPlan::Step& step : plan.steps)
      names_ += (&step == &plan.steps[0] ? "" : "+") + std::string(step.name);
    for (int number : plan.outputs) output_specs_.push_back(plan.steps[number].result);
    output_pass_.resize(plan.outputs.size());
    lay_out(merge_pairs(plan), plan);
  }

  const char* name() const override { return names_.c_str(); }
  Specs infer(const Specs&) const override { return output_specs_; }
  /// Within a block an input is gone once an output in its place is written, so all its readers must come before.
  bool may_overwrite(int output, int input) const override {
    return input < static_cast<int>(inputs_.size()) && inputs_[input].reach == Reach::all &&
           last_input_use_[input] <= output_pass_[output];
  }

  void forward(const Ins& in, const Outs& out) const override {
    const int64_t n = shape_.size();
    const int64_t tasks = (n + task_size - 1) / task_size;
    static thread_local std::vector<std::vector<int64_t>> plans;  // kept from pass to pass
    if (plans.size() < sources_.size()) plans.resize(sources_.size());
    std::vector<Pieces> pieces;
    for (size_t i = 0; i < sources_.size(); ++i) {
      pieces.push_back({{}, plans[i]});
      for (int operand : sources_[i].operands) pieces[i].operands.push_back(in[operand]);
      sources_[i].op->begin_pieces(pieces[i].operands, source_specs_[i], plans[i]);
    }
    kernels::parallel_for(tasks, static_cast<double>(n) * static_cast<double>(passes_.size()), [&](int64_t task) {
      const int64_t end = (task + 1) * task_size < n ? (task + 1) * task_size : n;
      run_range(in, out, pieces, task * task_size, end);
    });
  }

 private:
  struct Input {
    Reach reach;
    size_t item_size;
    int64_t period;
  };
  /// A kernel over blocks: a step of the plan, or two of them.
  struct Pass {
    kernels::ElementwiseKernel kernel;
    std::array<double, 2> params;
    std::vector<int> operands;  // as in the plan
    int step;                   // whose result it makes
  };
  /// The same with its operands and its result as places: of inputs, then outputs, then temporaries.
  struct PlacedPass {
    kernels::ElementwiseKernel kernel;
    std::array<double, 2> params;
    int count;
    std::array<int, 3> operands;
    std::array<uint8_t, 3> strides;
    int result;
  };

  /// A pass for each step, but that a cheap step with one reader goes into its reader's pass.
  static std::vector<Pass> merge_pairs(const FusedPlan& plan) {
    std::vector<int> readers(plan.steps.size(), 0);
    for (const FusedPlan::Step& step : plan.steps) {
      for (int operand : step.operands) {
        if (operand < 0) ++readers[~operand];
      }
    }
    for (int number : plan.outputs) ++readers[number];
    std::vector<bool> merged(plan.steps.size(), false), is_pair(plan.steps.size(), false);
    std::vector<Pass> passes;
    for (size_t s = 0; s < plan.steps.size(); ++s) {
      const FusedPlan::Step& step = plan.steps[s];
      // `select` is chosen by its values, not by its condition.
      const DType dtype = step.operand_specs[step.operands.size() == 3 ? 1 : 0].dtype;
      Pass pass{kernel_for(step.kernel.id, dtype), step.kernel.params, step.operands, static_cast<int>(s)};
      for (size_t i = 0; i < step.operands.size() && !is_pair[s]; ++i) {
        const int inner = ~step.operands[i];
        if (inner < 0 || readers[inner] != 1 || is_pair[inner]) continue;
        const FusedPlan::Step& from = plan.steps[inner];
        const kernels::ElementwiseKernel pair = table().elementwise_pair(
            static_cast<Elementwise>(step.kernel.id), static_cast<Elementwise>(from.kernel.id), i == 1, dtype);
        if (!pair) continue;
        pass.kernel = pair;
        pass.operands = from.operands;
        if (step.operands.size() == 2) pass.operands.push_back(step.operands[1 - i]);
        is_pair[s] = merged[inner] = true;
      }
      passes.push_back(pass);
    }
    size_t kept = 0;
    for (const Pass& pass : passes) {
      if (!merged[pass.step]) passes[kept++] = pass;
    }
    passes.resize(kept);
    return passes;
  }

  /// Gives results a place: outputs theirs, what stays inside temporaries, which are used again as soon as nobody reads
  /// them.
  void lay_out(const std::vector<Pass>& passes, const FusedPlan& plan) {
    const int inputs = static_cast<int>(inputs_.size()), outputs = static_cast<int>(plan.outputs.size());
    std::vector<int> last_use(plan.steps.size(), -1), place_of(plan.steps.size(), -1), free_places;
    last_input_use_.assign(inputs_.size(), -1);
    for (int p = 0; p < static_cast<int>(passes.size()); ++p) {
      for (int operand : passes[p].operands) (operand < 0 ? last_use[~operand] : last_input_use_[operand]) = p;
    }
    for (int k = 0; k < outputs; ++k) place_of[plan.outputs[k]] = inputs + k;
    for (int p = 0; p < static_cast<int>(passes.size()); ++p) {
      const Pass& pass = passes[p];
      PlacedPass placed{pass.kernel, pass.params, static_cast<int>(pass.operands.size()), {}, {1, 1, 1}, 0};
      for (int i = 0; i < placed.count; ++i) {
        const int operand = pass.operands[i];
        placed.operands[i] = operand < 0 ? place_of[~operand] : operand;
        if (operand >= 0) placed.strides[i] = inputs_[operand].reach != Reach::one;
      }
      // A result may take the place of an operand that is as wide and read for the last time.
      const size_t width = size_of(plan.steps[pass.step].result.dtype);
      const auto release = [&](bool as_wide) {
        for (int operand : pass.operands) {
          if (operand >= 0 || last_use[~operand] != p) continue;
          if ((size_of(plan.steps[~operand].result.dtype) == width) != as_wide) continue;
          int& place = place_of[~operand];
          if (place >= inputs + outputs) free_places.push_back(place);
          place = -1;
        }
      };
      release(true);
      int& result = place_of[pass.step];
      if (result >= 0) {
        output_pass_[result - inputs] = p;
      } else {
        if (free_places.empty()) free_places.push_back(inputs + outputs + temporaries_++);
        result = free_places.back();
        free_places.pop_back();
      }
      placed.result = result;
      release(false);
      passes_.push_back(placed);
    }
  }

  /// What a source reads, and what it prepared for the pass.
  struct Pieces {
    Ins operands;
    const std::vector<int64_t>& plan;
  };

  void run_range(const Ins& in, const Outs& out, const std::vector<Pieces>& pieces, int64_t start, int64_t end) const {
    constexpr size_t temporary_bytes = block_size * sizeof(double);
    size_t tiles = 0;
    for (const Input& input : inputs_) tiles += input.reach == Reach::repeated || input.reach == Reach::pieces;
    char* scratch = static_cast<char*>(
        kernels::thread_scratch(3, (static_cast<size_t>(temporaries_) + tiles) * temporary_bytes + 64));
    std::vector<char*> place(inputs_.size() + output_specs_.size() + static_cast<size_t>(temporaries_));
    for (int t = 0; t < temporaries_; ++t)
      place[inputs_.size() + output_specs_.size() + t] = scratch + t * temporary_bytes;
    char* next_tile = scratch + static_cast<size_t>(temporaries_) * temporary_bytes;
    constexpr int most_inputs = 32;
    char* tile_of[most_inputs] = {};
    int64_t tile_start[most_inputs];
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].reach != Reach::repeated && inputs_[i].reach != Reach::pieces) continue;
      tile_of[i] = next_tile;
      tile_start[i] = -1;
      next_tile += temporary_bytes;
    }

    for (int64_t first = start; first < end; first += block_size) {
      const int64_t n = first + block_size < end ? block_size : end - first;
      for (size_t i = 0; i < inputs_.size(); ++i) {
        const Input& input = inputs_[i];
        // Inputs are only read.
        char* data = static_cast<char*>(const_cast<void*>(in[i].data));
        if (input.reach == Reach::all) {
          place[i] = data + static_cast<size_t>(first) * input.item_size;
        } else if (input.reach == Reach::one) {
          place[i] = data;
        } else if (input.reach == Reach::pieces) {
          place[i] = tile_of[i];
        } else {
          const int64_t phase = first % input.period;
          if (phase + n <= input.period) {
            place[i] = data + static_cast<size_t>(phase) * input.item_size;
          } else {
            // A tile filled for a full block serves every block that begins at the same phase.
            if (tile_start[i] != phase) fill_tile(input, data, phase, tile_of[i]);
            tile_start[i] = phase;
            place[i] = tile_of[i];
          }
        }
      }
      for (size_t i = 0; i < sources_.size(); ++i) {
        sources_[i].op->piece(pieces[i].operands, source_specs_[i], pieces[i].plan, first, n,
                              tile_of[sources_[i].input]);
      }
      for (size_t k = 0; k < output_specs_.size(); ++k) {
        place[inputs_.size() + k] =
            static_cast<char*>(out[k].data) + static_cast<size_t>(first) * size_of(output_specs_[k].dtype);
      }
      for (const PlacedPass& pass : passes_) {
        const void* const operands[3] = {place[pass.operands[0]], place[pass.operands[1]], place[pass.operands[2]]};
        pass.kernel(operands, pass.strides.data(), place[pass.result], n, pass.params.data());
      }
    }
  }

  static void fill_tile(const Input& input, const char* data, int64_t phase, char* tile) {
    int64_t filled = 0;
    while (filled < block_size) {
      const int64_t left = block_size - filled, run = input.period - phase;
      const int64_t count = run < left ? run : left;
      std::memcpy(tile + static_cast<size_t>(filled) * input.item_size,
                  data + static_cast<size_t>(phase) * input.item_size, static_cast<size_t>(count) * input.item_size);
      filled += count;
      phase = 0;
    }
  }

  Shape shape_;
  std::vector<Input> inputs_;
  std::vector<FusedPlan::Source> sources_;
  Specs source_specs_;
  std::vector<PlacedPass> passes_;
  std::vector<int> last_input_use_, output_pass_;  // numbers of passes
  Specs output_specs_;
  int temporaries_ = 0;
  std::string names_;
};

/// Whether `operand` repeats along the trailing axes of `shape`, so that no copy is needed.
bool is_suffix(const Shape& operand, const Shape& shape) {
  int first = 0;
  while (first < operand.rank() && operand[first] == 1) ++first;
  for (int axis = 1; axis <= operand.rank() - first; ++axis) {
    if (axis > shape.rank() || operand[-axis] != shape[-axis]) return false;
  }
  return true;
}

/// A dense copy of an operand broadcast to `shape`.
Tensor expanded(In x, const Shape& shape) {
  Tensor full(Spec{x.dtype(), shape});
  kernels::TransposeArgs args{};
  args.rank = shape.rank();
  int64_t stride = 1;
  for (int axis = 1; axis <= shape.rank(); ++axis) {
    const int64_t dim = axis <= x.rank() ? x.dim(-axis) : 1;
    args.shape[shape.rank() - axis] = shape[-axis];
    args.strides[shape.rank() - axis] = dim == 1 ? 0 : stride;
    stride *= dim;
  }
  args.item_size = size_of(x.dtype());
  args.x = x.data;
  args.y = full.data();
  table().strided_copy(args);
  return full;
}

OpPtr fuse(const FusedPlan& plan) { return std::make_shared<FusedPointwise>(plan); }

}  // namespace

kernels::ElementwiseKernel kernel_for(int id, DType dtype) {
  return dtype == DType::string ? nullptr : table().elementwise[id][static_cast<int>(dtype)];
}

void expect_kernel(const char* name, Elementwise kernel, DType dtype) {
  if (!kernel_for(static_cast<int>(kernel), dtype)) {
    throw TypeError(std::string(name) + ": not defined for " + name_of(dtype));
  }
}

Shape broadcast(const char* name, const Shape& a, const Shape& b) {
  const int rank = a.rank() > b.rank() ? a.rank() : b.rank();
  std::vector<int64_t> dims(static_cast<size_t>(rank));
  for (int axis = 1; axis <= rank; ++axis) {
    const int64_t x = axis <= a.rank() ? a[-axis] : 1, y = axis <= b.rank() ? b[-axis] : 1;
    int64_t dim;
    if (x == y || y == 1) {
      dim = x;
    } else if (x == 1 || x == Shape::unknown) {
      dim = y;
    } else {
      expect(y == Shape::unknown, name,
             [&] { return "shapes " + a.text() + " and " + b.text() + " cannot be broadcast together"; });
      dim = x;
    }
    dims[static_cast<size_t>(rank - axis)] = dim;
  }
  return Shape(dims);
}

void run_pointwise(const PointwiseKernel& kernel, const Ins& in, Out out) {
  const kernels::ElementwiseKernel run = kernel_for(kernel.id, in[in.size() == 3 ? 1 : 0].dtype());
  const Shape& shape = out.spec->shape;
  const int64_t n = shape.size();
  const void* operands[3] = {};
  uint8_t strides[3] = {};
  size_t item_size[3] = {};
  Tensors copies;
  bool periodic = false;
  for (size_t i = 0; i < in.size(); ++i) {
    const Reach reach = reach_of(in[i].spec->shape, shape);
    operands[i] = in[i].data;
    strides[i] = reach != Reach::one;
    item_size[i] = size_of(in[i].dtype());
    if (reach == Reach::repeated) {
      if (is_suffix(in[i].spec->shape, shape)) {
        periodic = true;
      } else {
        copies.push_back(expanded(in[i], shape));
        operands[i] = copies.back().data();
      }
    }
  }
  if (periodic) {
    // The general pass knows how to walk repeated operands.
    FusedPlan plan;
    FusedPlan::Step step{kernel, "pointwise", {}, {}, *out.spec};
    Ins full;
    for (size_t i = 0; i < in.size(); ++i) {
      Spec spec = *in[i].spec;
      if (operands[i] != in[i].data) spec.shape = shape;
      plan.inputs.push_back(spec);
      step.operands.push_back(static_cast<int>(i));
      step.operand_specs.push_back(spec);
      full.push_back(In{operands[i], nullptr});
    }
    plan.steps.push_back(step);
    plan.outputs = {0};
    FusedPointwise(plan).forward(full, {out});
    return;
  }
  const size_t out_size = size_of(out.dtype());
  kernels::parallel_for((n + task_size - 1) / task_size, static_cast<double>(n), [&](int64_t task) {
    const int64_t first = task * task_size, count = n - first < task_size ? n - first : task_size;
    const void* at[3];
    for (size_t i = 0; i < in.size(); ++i) {
      at[i] = static_cast<const char*>(operands[i]) + (strides[i] ? static_cast<size_t>(first) * item_size[i] : 0);
    }
    run(at, strides, out.as<char>() + static_cast<size_t>(first) * out_size, count, kernel.params.data());
  });
}

namespace {
const bool fuse_registered = [] {
  engine_ops().fuse = &fuse;
  return true;
}();
}  // namespace

}  // namespace pykeras
