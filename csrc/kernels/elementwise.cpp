// Elementwise kernels: the loops over the functors of elementwise_functors.h, and the table of them. Floats go through
// packets, the tails too, on a padded copy; so an element's bits never depend on where it stands. Integers and bools
// go through scalar loops that the compiler vectorises; their arithmetic is exact.
#include "elementwise_loops.h"
#include "families.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

struct select_functor {};  // its inputs differ in type: select_kernel below

template <class F, class T, class R>
void unary_kernel(const void* const* in, const uint8_t* strides, void* result, int64_t n, const double* params) {
  if (n <= 0) return;
  const T* x = static_cast<const T*>(in[0]);
  R* out = static_cast<R*>(result);
  const Parameters parameters(params);
  const int64_t count = strides[0] ? n : 1;
  if constexpr (std::is_floating_point_v<R>) {
    packet_loop<T, F>(out, count, parameters, Operand<T, true>(x));
  } else {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; ++i) out[i] = F::apply(x[i], parameters.values);
  }
  if (!strides[0]) fill(out, n, out[0]);
}

template <class F, class T, class R>
void binary_kernel(const void* const* in, const uint8_t* strides, void* result, int64_t n, const double* params) {
  if (n <= 0) return;
  const T *x = static_cast<const T*>(in[0]), *y = static_cast<const T*>(in[1]);
  R* out = static_cast<R*>(result);
  const Parameters parameters(params);
  const T first_x = *x, first_y = *y;
  if constexpr (std::is_floating_point_v<R>) {
    if (strides[0] && strides[1]) {
      packet_loop<T, F>(out, n, parameters, Operand<T, true>(x), Operand<T, true>(y));
    } else if (strides[0]) {
      packet_loop<T, F>(out, n, parameters, Operand<T, true>(x), Operand<T, false>(&first_y));
    } else if (strides[1]) {
      packet_loop<T, F>(out, n, parameters, Operand<T, false>(&first_x), Operand<T, true>(y));
    } else {
      packet_loop<T, F>(out, 1, parameters, Operand<T, false>(&first_x), Operand<T, false>(&first_y));
    }
  } else if (strides[0] && strides[1]) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) out[i] = F::apply(x[i], y[i], parameters.values);
  } else if (strides[0]) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) out[i] = F::apply(x[i], first_y, parameters.values);
  } else if (strides[1]) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) out[i] = F::apply(first_x, y[i], parameters.values);
  } else {
    out[0] = F::apply(first_x, first_y, parameters.values);
  }
  if (!strides[0] && !strides[1]) fill(out, n, out[0]);
}

/// out = condition ? x : y; moves bits only, so T is an unsigned integer of the item's size.
template <class T>
void select_kernel(const void* const* in, const uint8_t* strides, void* result, int64_t n, const double*) {
  if (n <= 0) return;
  const uint8_t* condition = static_cast<const uint8_t*>(in[0]);
  const T *x = static_cast<const T*>(in[1]), *y = static_cast<const T*>(in[2]);
  T* out = static_cast<T*>(result);
  const T first_x = *x, first_y = *y;
  if (!strides[0]) {
    const bool take_x = *condition;
    const T* from = take_x ? x : y;
    if (strides[take_x ? 1 : 2]) {
      if (from != out) std::memmove(out, from, n * sizeof(T));
    } else {
      fill(out, n, take_x ? first_x : first_y);
    }
  } else if (strides[1] && strides[2]) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) {
      const T if_true = x[i], if_false = y[i];
      out[i] = condition[i] ? if_true : if_false;
    }
  } else if (strides[1]) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) {
      const T if_true = x[i];
      out[i] = condition[i] ? if_true : first_y;
    }
  } else if (strides[2]) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) {
      const T if_false = y[i];
      out[i] = condition[i] ? first_x : if_false;
    }
  } else {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) out[i] = condition[i] ? first_x : first_y;
  }
}

// ---- the table ------------------------------------------------------------------------------------------------------

template <class F, int inputs, class T, class R>
constexpr ElementwiseKernel kernel_of() {
  if constexpr (inputs == 1) {
    return &unary_kernel<F, T, R>;
  } else if constexpr (inputs == 2) {
    return &binary_kernel<F, T, R>;
  } else {
    return sizeof(T) == 1   ? &select_kernel<uint8_t>
           : sizeof(T) == 2 ? &select_kernel<uint16_t>
           : sizeof(T) == 4 ? &select_kernel<uint32_t>
                            : &select_kernel<uint64_t>;
  }
}

template <class F, int inputs>
void fill_real(ElementwiseKernel* row) {
  row[static_cast<int>(DType::float32)] = kernel_of<F, inputs, float, float>();
  row[static_cast<int>(DType::float64)] = kernel_of<F, inputs, double, double>();
}

template <class F, int inputs>
void fill_number(ElementwiseKernel* row) {
  for (int d = static_cast<int>(DType::uint8); d < dtype_count; ++d) {
    with_type(static_cast<DType>(d), [&](auto tag) {
      using T = typename decltype(tag)::type;
      row[d] = kernel_of<F, inputs, T, T>();
    });
  }
}

template <class F, int inputs>
void fill_any(ElementwiseKernel* row) {
  fill_number<F, inputs>(row);
  row[static_cast<int>(DType::boolean)] = kernel_of<F, inputs, uint8_t, uint8_t>();
}

template <class F, int inputs>
void fill_compare(ElementwiseKernel* row) {
  for (int d = 0; d < dtype_count; ++d) {
    with_type(static_cast<DType>(d),
              [&](auto tag) { row[d] = kernel_of<F, inputs, typename decltype(tag)::type, uint8_t>(); });
  }
}

template <class F, int inputs>
void fill_logic(ElementwiseKernel* row) {
  row[static_cast<int>(DType::boolean)] = kernel_of<F, inputs, uint8_t, uint8_t>();
}

}  // namespace

void fill_elementwise(KernelTable& table) {
#define PYKERAS_FILL(name, inputs, kind) \
  fill_##kind<name##_functor, inputs>(table.elementwise[static_cast<int>(Elementwise::name)]);
  PYKERAS_ELEMENTWISE(PYKERAS_FILL)
#undef PYKERAS_FILL
}

}  // namespace pykeras::kernels::PYKERAS_ISA
