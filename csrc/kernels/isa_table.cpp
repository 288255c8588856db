// Compiled once per instruction set: fills that set's table from the rows of table.h.
#include "families.h"

#define PYKERAS_STRINGIFY_TOKEN(token) #token
#define PYKERAS_STRINGIFY(macro) PYKERAS_STRINGIFY_TOKEN(macro)

namespace pykeras::kernels::PYKERAS_ISA {

template <class T>
static FloatKernels<T> float_kernels() {
  FloatKernels<T> table;
#define PYKERAS_FILL(name, parameters) table.name = &name<T>;
  PYKERAS_FLOAT_KERNELS(PYKERAS_FILL)
#undef PYKERAS_FILL
  return table;
}

const KernelTable& table() {
  static const KernelTable table = [] {
    KernelTable t = {};
    t.isa = PYKERAS_STRINGIFY(PYKERAS_ISA);
    t.f32 = float_kernels<float>();
    t.f64 = float_kernels<double>();
#define PYKERAS_FILL(name, parameters) t.name = &name;
    PYKERAS_ANY_KERNELS(PYKERAS_FILL)
#undef PYKERAS_FILL
    fill_elementwise(t);
    t.elementwise_pair = &elementwise_pair;
    return t;
  }();
  return table;
}

}  // namespace pykeras::kernels::PYKERAS_ISA
