// Two elementwise steps in one pass over memory: outer(inner(x, y), z), or outer(inner(x, y)) where `outer` takes one
// operand. Each step is rounded as it is alone, so the bits are those of two passes.
#include "elementwise_loops.h"
#include "families.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

template <class F>
struct Reversed {
  template <class T>
  static PYKERAS_INLINE Packet<T> apply(Packet<T> x, Packet<T> y, const double* p) {
    return F::apply(y, x, p);
  }
};

/// Outer after Inner, as a functor of the two operands of Inner and those that Outer has besides.
template <class Outer, class Inner>
struct Pair {
  template <class T, class... Rest>
  static PYKERAS_INLINE Packet<T> apply(Packet<T> x, Packet<T> y, Rest... rest) {
    return Outer::apply(Inner::apply(x, y, nullptr), rest...);
  }
};

/// The loop for operands of which each is an array (`steps`) or one value.
template <class F, class T, bool... steps, size_t... number>
void pair_loop(const T* const* in, T* out, int64_t n, std::index_sequence<number...>) {
  packet_loop<T, F>(out, n, Parameters(nullptr), Operand<T, steps>(in[number])...);
}

template <class F, class T, size_t operands, bool... steps>
void pair_kernel_for(const T* const* in, const uint8_t* strides, T* out, int64_t n) {
  if constexpr (sizeof...(steps) < operands) {
    strides[sizeof...(steps)] ? pair_kernel_for<F, T, operands, steps..., true>(in, strides, out, n)
                              : pair_kernel_for<F, T, operands, steps..., false>(in, strides, out, n);
  } else if constexpr ((steps || ...)) {
    pair_loop<F, T, steps...>(in, out, n, std::make_index_sequence<operands>());
  } else {
    pair_loop<F, T, steps...>(in, out, 1, std::make_index_sequence<operands>());
    fill(out, n, out[0]);
  }
}

template <class F, class T, size_t operands>
void pair_kernel(const void* const* in, const uint8_t* strides, void* out, int64_t n, const double*) {
  if (n <= 0) return;
  const T* arrays[operands];
  T values[operands];  // of the operands that are one value: out may lie in their place
  for (size_t i = 0; i < operands; ++i) {
    arrays[i] = static_cast<const T*>(in[i]);
    if (!strides[i]) {
      values[i] = *arrays[i];
      arrays[i] = &values[i];
    }
  }
  pair_kernel_for<F, T, operands>(arrays, strides, static_cast<T*>(out), n);
}

template <class T, size_t operands, class Outer>
ElementwiseKernel with_inner(Elementwise inner) {
  switch (inner) {
    case Elementwise::add:
      return &pair_kernel<Pair<Outer, add_functor>, T, operands>;
    case Elementwise::subtract:
      return &pair_kernel<Pair<Outer, subtract_functor>, T, operands>;
    case Elementwise::multiply:
      return &pair_kernel<Pair<Outer, multiply_functor>, T, operands>;
    default:
      return nullptr;
  }
}

template <class T>
ElementwiseKernel pair_of(Elementwise outer, Elementwise inner, bool reversed) {
  switch (outer) {
    case Elementwise::add:
      return reversed ? with_inner<T, 3, Reversed<add_functor>>(inner) : with_inner<T, 3, add_functor>(inner);
    case Elementwise::subtract:
      return reversed ? with_inner<T, 3, Reversed<subtract_functor>>(inner) : with_inner<T, 3, subtract_functor>(inner);
    case Elementwise::multiply:
      return reversed ? with_inner<T, 3, Reversed<multiply_functor>>(inner) : with_inner<T, 3, multiply_functor>(inner);
    case Elementwise::divide:
      return reversed ? with_inner<T, 3, Reversed<divide_functor>>(inner) : with_inner<T, 3, divide_functor>(inner);
    case Elementwise::relu:
      return with_inner<T, 2, relu_functor>(inner);
    case Elementwise::square:
      return with_inner<T, 2, square_functor>(inner);
    case Elementwise::absolute:
      return with_inner<T, 2, absolute_functor>(inner);
    case Elementwise::negative:
      return with_inner<T, 2, negative_functor>(inner);
    default:
      return nullptr;
  }
}

}  // namespace

ElementwiseKernel elementwise_pair(Elementwise outer, Elementwise inner, bool reversed, DType dtype) {
  if (dtype == DType::float32) return pair_of<float>(outer, inner, reversed);
  return dtype == DType::float64 ? pair_of<double>(outer, inner, reversed) : nullptr;
}

}  // namespace pykeras::kernels::PYKERAS_ISA
