#include "bench.h"

namespace pykeras::bench {
namespace {

kernels::ConvShape same(int64_t batch, int64_t size, int64_t in_c, int64_t out_c, int64_t kernel, int64_t groups = 1) {
  return {batch, size, size, in_c, size, size, out_c, kernel, kernel, 1, 1, 1, 1, kernel / 2, kernel / 2, groups};
}
double operations(const kernels::ConvShape& s) {
  return 2.0 * s.batch * s.out_h * s.out_w * s.out_c * s.kernel_h * s.kernel_w * s.in_c / s.groups;
}

struct Data {
  explicit Data(const kernels::ConvShape& s)
      : x(values(s.batch * s.in_h * s.in_w * s.in_c)),
        w(values(s.kernel_h * s.kernel_w * s.in_c / s.groups * s.out_c, 2)),
        y(values(s.batch * s.out_h * s.out_w * s.out_c, 3)) {}
  std::vector<float> x, w, y;
};

void forward(benchmark::State& state, kernels::ConvShape s) {
  Data d(s);
  for (auto _ : state) {
    f32().conv2d(s, d.x.data(), d.w.data(), d.y.data(), {});
    benchmark::ClobberMemory();
  }
  report_flops(state, operations(s));
}
void input_grad(benchmark::State& state, kernels::ConvShape s) {
  Data d(s);
  for (auto _ : state) {
    f32().conv2d_input_grad(s, d.y.data(), d.w.data(), d.x.data());
    benchmark::ClobberMemory();
  }
  report_flops(state, operations(s));
}
void kernel_grad(benchmark::State& state, kernels::ConvShape s) {
  Data d(s);
  for (auto _ : state) {
    f32().conv2d_kernel_grad(s, d.x.data(), d.y.data(), d.w.data());
    benchmark::ClobberMemory();
  }
  report_flops(state, operations(s));
}

#define CONV(name, ...)                                                   \
  BENCHMARK_CAPTURE(forward, conv_##name, __VA_ARGS__)->UseRealTime();    \
  BENCHMARK_CAPTURE(input_grad, conv_##name, __VA_ARGS__)->UseRealTime(); \
  BENCHMARK_CAPTURE(kernel_grad, conv_##name, __VA_ARGS__)->UseRealTime();
CONV(smoke, same(8, 14, 32, 64, 3))
CONV(mnist_first, same(64, 28, 1, 32, 3))
CONV(mnist_second, same(64, 14, 32, 64, 3))
CONV(56x56x64, same(8, 56, 64, 64, 3))
CONV(14x14x256_1x1, same(8, 14, 256, 256, 1))
CONV(depthwise_56x56x64, same(8, 56, 64, 64, 3, 64))

}  // namespace
}  // namespace pykeras::bench
