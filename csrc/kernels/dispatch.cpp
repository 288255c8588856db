// Chooses the kernel table once, at import: the best the processor has, or the one PYKERAS_ISA names.
#include "dispatch.h"

#include <isas.h>  // PYKERAS_ISAS(ISA): the instruction sets of this build, worst first; written by CMake

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "table.h"

namespace pykeras::kernels {

#define PYKERAS_DECLARE(isa)  \
  namespace isa {             \
  const KernelTable& table(); \
  }
PYKERAS_ISAS(PYKERAS_DECLARE)
#undef PYKERAS_DECLARE

namespace {

struct Candidate {
  const char* name;
  bool available;
  const KernelTable& (*table)();
};

bool processor_has(const std::string& isa) {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  __builtin_cpu_init();
  if (isa == "v3") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == "v4") {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  }
  if (isa == "v2") return __builtin_cpu_supports("sse4.2");
#endif
  return isa == "native";
}

const KernelTable* chosen = nullptr;

}  // namespace

void choose_isa() {
  const Candidate candidates[] = {
#define PYKERAS_CANDIDATE(isa) {#isa, processor_has(#isa), &isa::table},
      PYKERAS_ISAS(PYKERAS_CANDIDATE)
#undef PYKERAS_CANDIDATE
  };
  const char* wanted = std::getenv("PYKERAS_ISA");
  std::string built;
  const KernelTable* best = nullptr;
  for (const Candidate& candidate : candidates) {
    built += std::string(built.empty() ? "" : ", ") + candidate.name;
    if (!wanted || !*wanted) {
      if (candidate.available) best = &candidate.table();
    } else if (candidate.name == std::string(wanted)) {
      if (!candidate.available) {
        throw std::runtime_error(std::string("PYKERAS_ISA=") + wanted + ": this processor lacks that instruction set");
      }
      best = &candidate.table();
    }
  }
  if (!best && wanted && *wanted) {
    throw std::runtime_error(std::string("PYKERAS_ISA=") + wanted + ": this build has " + built);
  }
  if (!best) throw std::runtime_error("this processor runs none of the instruction sets of this build: " + built);
  chosen = best;
}

const KernelTable& kernels() { return *chosen; }

}  // namespace pykeras::kernels
