#pragma once

namespace pykeras::kernels {

/// Chooses the kernel table; called once at import. Throws std::runtime_error when PYKERAS_ISA asks for what is not
/// there.
void choose_isa();

}  // namespace pykeras::kernels
