#pragma once
// The dtype that integers become when an op computes floats, and that Python's floats are on their own.
#include "../kernels/dtype.h"

namespace pykeras {

DType floatx();
void set_floatx(DType dtype);

}  // namespace pykeras
