#pragma once
// Declarations of every kernel of this instruction set, from the rows of table.h. A kernel file defines the templates
// of its family and instantiates them for float and double at its end.
#include "table.h"

#ifndef PYKERAS_ISA
#error "kernel files are compiled with -DPYKERAS_ISA=<name>"
#endif

namespace pykeras::kernels::PYKERAS_ISA {

#define PYKERAS_DECLARE(name, parameters) \
  template <class T>                      \
  void name parameters;
PYKERAS_FLOAT_KERNELS(PYKERAS_DECLARE)
#undef PYKERAS_DECLARE

#define PYKERAS_DECLARE(name, parameters) void name parameters;
PYKERAS_ANY_KERNELS(PYKERAS_DECLARE)
#undef PYKERAS_DECLARE

void fill_elementwise(KernelTable& table);
ElementwiseKernel elementwise_pair(Elementwise outer, Elementwise inner, bool reversed, DType dtype);

}  // namespace pykeras::kernels::PYKERAS_ISA
