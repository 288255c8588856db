// What the machine and the build offer.
#include "../engine/storage.h"
#include "../kernels/parallel.h"
#include "../kernels/table.h"
#include "bindings.h"

namespace pykeras {

void bind_system(py::module_& m) {
  m.def(
      "isa", [] { return kernels::kernels().isa; }, "The instruction set in use.");
  m.def("has_openmp", &kernels::has_openmp);
  m.def("num_threads", &kernels::num_threads);
  m.def(
      "set_num_threads",
      [](int n) {
        if (n < 1) throw Error("set_num_threads: expected n >= 1, got " + std::to_string(n));
        kernels::set_num_threads(n);
      },
      py::arg("n"));
  m.def("memory_use", [] {
    const MemoryUse use = memory_use();
    py::dict result;
    result["live"] = use.live;
    result["peak"] = use.peak;
    result["cached"] = use.cached;
    return result;
  });
  m.def("reset_peak_memory", &reset_peak_memory);
  m.def("release_cached_memory", &release_cached_memory);
#if defined(__clang__)
  m.attr("compiler") = "Clang " __clang_version__;
#elif defined(__GNUC__)
  m.attr("compiler") = "GCC " __VERSION__;
#elif defined(_MSC_VER)
  m.attr("compiler") = "MSVC " + std::to_string(_MSC_VER);
#endif
  m.attr("version") = PYKERAS_VERSION;
}

}  // namespace pykeras
