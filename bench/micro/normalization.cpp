#include "bench.h"

namespace pykeras::bench {
namespace {

void batch_norm(benchmark::State& state, int64_t rows, int64_t channels) {
  const std::vector<float> x = values(rows * channels), gamma = values(channels, 2), beta = values(channels, 3);
  std::vector<float> y(x.size()), mean(gamma.size()), variance(gamma.size());
  const kernels::BatchNormArgs<float> args{rows,     channels,    x.data(),        gamma.data(), beta.data(),
                                           y.data(), mean.data(), variance.data(), 1e-3f};
  for (auto _ : state) {
    f32().batch_norm(args);
    benchmark::ClobberMemory();
  }
  report_bytes(state, 8.0 * rows * channels);
}

void batch_norm_grad(benchmark::State& state, int64_t rows, int64_t channels) {
  const std::vector<float> x = values(rows * channels), dy = values(rows * channels, 2), gamma = values(channels, 3);
  const std::vector<float> mean(gamma.size(), 0.0f), variance(gamma.size(), 0.3f);
  std::vector<float> dx(x.size()), dgamma(gamma.size()), dbeta(gamma.size());
  const kernels::BatchNormGradArgs<float> args{rows,          channels,        x.data(),  gamma.data(),
                                               mean.data(),   variance.data(), dy.data(), dx.data(),
                                               dgamma.data(), dbeta.data(),    1e-3f};
  for (auto _ : state) {
    f32().batch_norm_grad(args);
    benchmark::ClobberMemory();
  }
  report_bytes(state, 12.0 * rows * channels);
}

void softmax(benchmark::State& state, int64_t rows, int64_t n) {
  const std::vector<float> x = values(rows * n);
  std::vector<float> y(x.size());
  for (auto _ : state) {
    f32().softmax(rows, n, 1, x.data(), y.data());
    benchmark::ClobberMemory();
  }
  report_bytes(state, 8.0 * rows * n);
}

BENCHMARK_CAPTURE(batch_norm, smoke_12544x32, 12544, 32)->UseRealTime();
BENCHMARK_CAPTURE(batch_norm, 50176x64, 50176, 64)->UseRealTime();
BENCHMARK_CAPTURE(batch_norm_grad, 50176x64, 50176, 64)->UseRealTime();
BENCHMARK_CAPTURE(softmax, smoke_128x10, 128, 10)->UseRealTime();
BENCHMARK_CAPTURE(softmax, 1024x1000, 1024, 1000)->UseRealTime();

}  // namespace
}  // namespace pykeras::bench
