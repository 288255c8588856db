#include "bench.h"

namespace pykeras::bench {
namespace {

using kernels::Elementwise;

void elementwise(benchmark::State& state, Elementwise op, int inputs, int64_t n) {
  std::vector<float> x = values(n), y = values(n, 2), out(static_cast<size_t>(n));
  for (float& value : x) value = value * 0.45f + 0.5f;  // a domain that every function has
  const auto kernel = kernels::kernels().elementwise[static_cast<int>(op)][static_cast<int>(DType::float32)];
  const void* in[] = {x.data(), y.data()};
  const uint8_t strides[] = {1, 1};
  const double params[] = {0.2, 0.8};
  for (auto _ : state) {
    kernel(in, strides, out.data(), n, params);
    benchmark::ClobberMemory();
  }
  report_bytes(state, 4.0 * n * (inputs + 1));
}

// 4,096 values stay in the first-level cache; 4 million do not fit into any.
#define UNARY(name)                                                                        \
  BENCHMARK_CAPTURE(elementwise, smoke_##name, Elementwise::name, 1, 4096)->UseRealTime(); \
  BENCHMARK_CAPTURE(elementwise, memory_##name, Elementwise::name, 1, 4194304)->UseRealTime();
#define BINARY(name)                                                                       \
  BENCHMARK_CAPTURE(elementwise, smoke_##name, Elementwise::name, 2, 4096)->UseRealTime(); \
  BENCHMARK_CAPTURE(elementwise, memory_##name, Elementwise::name, 2, 4194304)->UseRealTime();
UNARY(copy)
UNARY(relu)
UNARY(exp)
UNARY(log)
UNARY(tanh)
UNARY(sigmoid)
UNARY(gelu)
UNARY(erf)
BINARY(add)
BINARY(multiply)
BINARY(divide)
BINARY(power)
BINARY(relu_grad)

}  // namespace
}  // namespace pykeras::bench
