#include "bench.h"

namespace pykeras::bench {
namespace {

void adam(benchmark::State& state, int64_t n) {
  std::vector<float> w = values(n), g = values(n, 2), m = values(n, 3), v = values(n, 4);
  for (float& value : v) value *= value;
  const kernels::AdamArgs<float> args{n,        w.data(), g.data(), m.data(), v.data(), w.data(),
                                      m.data(), v.data(), 1e-3f,    0.1f,     0.001f,   1e-7f};
  for (auto _ : state) {
    kernels::kernels().f32.adam(args);
    benchmark::ClobberMemory();
  }
  report_bytes(state, 4.0 * n * 7);
}

void rmsprop(benchmark::State& state, int64_t n) {
  std::vector<float> w = values(n), g = values(n, 2), v = values(n, 3);
  for (float& value : v) value *= value;
  const kernels::RmspropArgs<float> args{n, w.data(), g.data(), v.data(), w.data(), v.data(), 1e-3f, 0.9f, 0.1f, 1e-7f};
  for (auto _ : state) {
    kernels::kernels().f32.rmsprop(args);
    benchmark::ClobberMemory();
  }
  report_bytes(state, 4.0 * n * 5);
}

BENCHMARK_CAPTURE(adam, smoke, 4096)->UseRealTime();
BENCHMARK_CAPTURE(adam, memory, 4194304)->UseRealTime();
BENCHMARK_CAPTURE(rmsprop, smoke, 4096)->UseRealTime();
BENCHMARK_CAPTURE(rmsprop, memory, 4194304)->UseRealTime();

}  // namespace
}  // namespace pykeras::bench
