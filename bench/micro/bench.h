#pragma once
// Shared by the kernel benchmarks: data, the table, and rates as GFLOP/s or GB/s.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "../../csrc/kernels/table.h"

namespace pykeras::bench {

/// Values in [-1, 1), the same on every run.
inline std::vector<float> values(int64_t n, uint32_t state = 1) {
  std::vector<float> result(static_cast<size_t>(n));
  for (float& value : result) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return result;
}

inline const kernels::FloatKernels<float>& f32() { return kernels::kernels().f32; }

/// Reports `operations` of one iteration as GFLOP/s.
inline void report_flops(benchmark::State& state, double operations) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(operations * 1e-9, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
}

/// Reports `bytes` read and written by one iteration as GB/s.
inline void report_bytes(benchmark::State& state, double bytes) {
  state.counters["GB/s"] =
      benchmark::Counter(bytes * 1e-9, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
}

}  // namespace pykeras::bench
