#include "bench.h"

namespace pykeras::bench {
namespace {

void reduce(benchmark::State& state, kernels::Reduce how, int64_t outer, int64_t n, int64_t inner) {
  const std::vector<float> x = values(outer * n * inner);
  std::vector<float> y(static_cast<size_t>(outer * inner));
  for (auto _ : state) {
    f32().reduce(how, outer, n, inner, x.data(), y.data());
    benchmark::ClobberMemory();
  }
  report_bytes(state, 4.0 * outer * n * inner);
}

BENCHMARK_CAPTURE(reduce, smoke_sum_all, kernels::Reduce::sum, 1, 65536, 1)->UseRealTime();
BENCHMARK_CAPTURE(reduce, sum_all_4M, kernels::Reduce::sum, 1, 4194304, 1)->UseRealTime();
BENCHMARK_CAPTURE(reduce, sum_rows, kernels::Reduce::sum, 4096, 512, 1)->UseRealTime();
BENCHMARK_CAPTURE(reduce, sum_columns, kernels::Reduce::sum, 1, 4096, 512)->UseRealTime();
BENCHMARK_CAPTURE(reduce, max_rows, kernels::Reduce::max, 4096, 512, 1)->UseRealTime();

}  // namespace
}  // namespace pykeras::bench
