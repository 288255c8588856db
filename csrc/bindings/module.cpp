#include <pybind11/pybind11.h>

#include "../kernels/dispatch.h"
#include "bindings.h"

PYBIND11_MODULE(_core, m) {
  m.doc() = "pykeras's engine: tensors, ops, differentiation, recorded programs.";
  pykeras::kernels::choose_isa();
  pykeras::bind_errors(m);
  pykeras::bind_tensor(m);
  pykeras::bind_ops(m);
  pykeras::bind_host_op(m);
  pykeras::bind_recording(m);
  pykeras::bind_structures(m);
  pykeras::bind_system(m);
}
