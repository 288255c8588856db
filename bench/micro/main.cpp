#include "../../csrc/kernels/dispatch.h"
#include "../../csrc/kernels/parallel.h"
#include "bench.h"

int main(int argc, char** argv) {
  pykeras::kernels::choose_isa();
  benchmark::AddCustomContext("instruction set", pykeras::kernels::kernels().isa);
  benchmark::AddCustomContext("threads", std::to_string(pykeras::kernels::num_threads()));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  return benchmark::RunSpecifiedBenchmarks() == 0 ? 1 : 0;
}
