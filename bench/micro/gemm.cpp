#include "bench.h"

namespace pykeras::bench {
namespace {

void gemm(benchmark::State& state, int64_t m, int64_t n, int64_t k, bool trans_a, bool trans_b) {
  const std::vector<float> a = values(m * k), b = values(k * n, 2), bias = values(n, 3);
  std::vector<float> c(static_cast<size_t>(m * n));
  kernels::GemmArgs<float> args{m,       n,        k, a.data(), trans_a ? m : k, trans_a, b.data(), trans_b ? k : n,
                                trans_b, c.data(), n};
  args.epilogue.bias = bias.data();
  for (auto _ : state) {
    f32().gemm(args);
    benchmark::ClobberMemory();
  }
  report_flops(state, 2.0 * m * n * k);
}

BENCHMARK_CAPTURE(gemm, smoke_32x32x16, 32, 32, 16, false, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, smoke_256, 256, 256, 256, false, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, 1024, 1024, 1024, 1024, false, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, 1024_transposed_a, 1024, 1024, 1024, true, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, 1024_transposed_b, 1024, 1024, 1024, false, true)->UseRealTime();
BENCHMARK_CAPTURE(gemm, mnist_128x512x784, 128, 512, 784, false, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, mnist_kernel_gradient, 784, 512, 128, true, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, narrow_128x10x512, 128, 10, 512, false, false)->UseRealTime();
BENCHMARK_CAPTURE(gemm, vector_1x512x784, 1, 512, 784, false, false)->UseRealTime();

}  // namespace
}  // namespace pykeras::bench
