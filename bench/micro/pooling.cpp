#include "bench.h"

namespace pykeras::bench {
namespace {

constexpr kernels::ConvShape halves(int64_t batch, int64_t size, int64_t channels) {
  return {batch, size, size, channels, size / 2, size / 2, channels, 2, 2, 2, 2, 1, 1, 0, 0, 1};
}
int64_t in_size(const kernels::ConvShape& s) { return s.batch * s.in_h * s.in_w * s.in_c; }
int64_t out_size(const kernels::ConvShape& s) { return s.batch * s.out_h * s.out_w * s.out_c; }

template <class Run>
void pool(benchmark::State& state, const kernels::ConvShape& s, Run run) {
  std::vector<float> x = values(in_size(s)), y = values(out_size(s), 2), dx(x.size());
  for (auto _ : state) {
    run(x.data(), y.data(), dx.data());
    benchmark::ClobberMemory();
  }
  report_bytes(state, 4.0 * (in_size(s) + out_size(s)));
}

void max_pool(benchmark::State& state, kernels::ConvShape s) {
  pool(state, s, [&](const float* x, float* y, float*) { f32().max_pool2d(s, x, y); });
}
void max_pool_grad(benchmark::State& state, kernels::ConvShape s) {
  pool(state, s, [&](const float* x, const float* dy, float* dx) { f32().max_pool2d_grad(s, x, dy, dx); });
}
void average_pool(benchmark::State& state, kernels::ConvShape s) {
  pool(state, s, [&](const float* x, float* y, float*) { f32().average_pool2d(s, x, y); });
}
void average_pool_grad(benchmark::State& state, kernels::ConvShape s) {
  pool(state, s, [&](const float*, const float* dy, float* dx) { f32().average_pool2d_grad(s, dy, dx); });
}

BENCHMARK_CAPTURE(max_pool, smoke_28x28x32, halves(64, 28, 32))->UseRealTime();
BENCHMARK_CAPTURE(max_pool_grad, 28x28x32, halves(64, 28, 32))->UseRealTime();
BENCHMARK_CAPTURE(average_pool, 28x28x32, halves(64, 28, 32))->UseRealTime();
BENCHMARK_CAPTURE(average_pool_grad, 28x28x32, halves(64, 28, 32))->UseRealTime();

}  // namespace
}  // namespace pykeras::bench
