#pragma once
// The kernel table: what `ops` may call. Kernel sources are compiled once per instruction set, each into a namespace of
// its own (PYKERAS_ISA); `kernels()` is the table chosen at import. All arrays are dense, row-major; sizes have been
// checked by the caller. Kernels never allocate results, never throw, and give the same bits for any number of threads.
#include "dtype.h"
#include "elementwise_list.h"
#include "recurrent_args.h"

namespace pykeras::kernels {

// ---- elementwise ------------------------------------------------------------------------------------------------

/// out[i] = f(in0[i * stride0], in1[i * stride1], ...), strides 0 (one value for all) or 1. The result of an element
/// does not depend on its position or on n, so any split of the range gives the same bits. out may be one of the
/// inputs.
using ElementwiseKernel = void (*)(const void* const* in, const uint8_t* strides, void* out, int64_t n,
                                   const double* params);

/// Applied to finished rows of a product or convolution: + bias[n], + residual, then a unary elementwise function.
template <class T>
struct Epilogue {
  const T* bias = nullptr;  // one value per column
  ElementwiseKernel activation = nullptr;
  double params[2] = {0, 0};
};

// ---- matrix product ---------------------------------------------------------------------------------------------

/// c[m, n] (+)= op(a)[m, k] · op(b)[k, n], then the epilogue. With trans_a the array a is stored [k, m] with leading
/// dimension lda, likewise b is stored [n, k] with trans_b. batch > 1 repeats it over strides in elements (0 = shared).
template <class T>
struct GemmArgs {
  int64_t m, n, k;
  const T* a;
  int64_t lda;
  bool trans_a;
  const T* b;
  int64_t ldb;
  bool trans_b;
  T* c;
  int64_t ldc;
  bool accumulate = false;
  Epilogue<T> epilogue = {};
  int64_t batch = 1, stride_a = 0, stride_b = 0, stride_c = 0;
};

// ---- convolution and pooling, NHWC, kernels [kernel_h, kernel_w, in_channels / groups, out_channels] --------------

struct ConvShape {
  int64_t batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int64_t pad_top, pad_left;  // what lies below and right follows from the sizes
  int64_t groups;
};

/// Windows over volumes [batch, in..., channels]: depth, height, width.
struct PatchShape {
  int64_t batch, in[3], channels, out[3], size[3], stride[3], dilation[3], pad[3];
};

/// Pooling uses the same shape with in_c == out_c, groups 1.
template <class T>
struct BatchNormArgs {
  int64_t rows, channels;  // x is [rows, channels]
  const T* x;
  const T* gamma;  // may be null (ones)
  const T* beta;   // may be null (zeros)
  T* y;
  T* mean;      // out: [channels]
  T* variance;  // out: [channels], biased
  T epsilon;
};

template <class T>
struct BatchNormGradArgs {
  int64_t rows, channels;
  const T* x;
  const T* gamma;  // may be null
  const T* mean;
  const T* variance;
  const T* dy;
  T* dx;
  T* dgamma;  // [channels]
  T* dbeta;   // [channels]
  T epsilon;
};

/// Every row of x [rows, n] around its own mean (unless `raw`), divided by its root mean square.
template <class T>
struct LayerNormArgs {
  int64_t rows, n;
  const T* x;
  const T* gamma;  // [n], may be null (ones)
  const T* beta;   // [n], may be null (zeros)
  T* y;
  T* mean;     // out: [rows]
  T* inverse;  // out: [rows], 1 / sqrt(variance + epsilon)
  T epsilon;
  bool raw;
};

template <class T>
struct LayerNormGradArgs {
  int64_t rows, n;
  const T* x;
  const T* gamma;  // may be null
  const T* mean;
  const T* inverse;
  const T* dy;
  T* dx;
  T* dgamma;  // [n]
  T* dbeta;   // [n]
  bool raw;
};

/// Softmax attention, q [batch, queries, heads, depth], k and v [batch, keys, key_heads, ...]: head h reads key head
/// h / (heads / key_heads). `stats` holds each row's largest score and 1 / sum(exp(score - largest)).
template <class T>
struct AttentionArgs {
  int64_t batch, heads, key_heads, queries, keys, depth, value_depth;
  const T *q, *k, *v;
  const uint8_t* mask;      // may be null; false takes a score out
  int64_t mask_strides[4];  // of batch, head, query, key; 0 broadcasts
  T scale;
  bool causal;  // query i sees the keys up to i
  T* y;         // [batch, queries, heads, value_depth]
  T* stats;     // [batch, heads, queries, 2]
};

template <class T>
struct AttentionGradArgs {
  AttentionArgs<T> forward;  // its results are read
  const T* dy;
  T *dq, *dk, *dv;
};

/// n elements of a weight, its gradient and slots; results may lie over the arrays they take the place of.
template <class T>
struct AdamArgs {
  int64_t n;
  const T *variable, *gradient, *momentum, *velocity;
  T *new_variable, *new_momentum, *new_velocity;
  T step, share_1, share_2, epsilon;
};

template <class T>
struct RmspropArgs {
  int64_t n;
  const T *variable, *gradient, *velocity;
  T *new_variable, *new_velocity;
  T step, kept, share, epsilon;
};

enum class Reduce : uint8_t { sum, mean, max, min, prod };

// ---- the rows: ROW(name, (parameters)), all returning void
// -------------------------------------------------------------------------------- Each is a function template over
// float and double in the kernel file of its family.

#define PYKERAS_FLOAT_KERNELS(ROW)                                                                               \
  /* gemm.cpp */                                                                                                 \
  ROW(gemm, (const GemmArgs<T>&))                                                                                \
  /* conv.cpp: y = conv(x, w) with epilogue; dx from dy and w; dw from x and dy */                               \
  ROW(conv2d, (const ConvShape&, const T* x, const T* w, T* y, const Epilogue<T>&))                              \
  ROW(conv2d_input_grad, (const ConvShape&, const T* dy, const T* w, T* dx))                                     \
  ROW(conv2d_kernel_grad, (const ConvShape&, const T* x, const T* dy, T* dw))                                    \
  /* pooling.cpp: the gradient of max goes to the first largest of a window; averages do not count padding */    \
  ROW(max_pool2d, (const ConvShape&, const T* x, T* y))                                                          \
  ROW(max_pool2d_grad, (const ConvShape&, const T* x, const T* dy, T* dx))                                       \
  ROW(average_pool2d, (const ConvShape&, const T* x, T* y))                                                      \
  ROW(average_pool2d_grad, (const ConvShape&, const T* dy, T* dx))                                               \
  /* patches.cpp: y [batch, out..., taps * channels]; y[o, j] = sum of weight[j, k] * x[o, index[j, k]] */       \
  ROW(patches, (const PatchShape&, const T* x, T* y))                                                            \
  ROW(patches_grad, (const PatchShape&, const T* dy, T* dx))                                                     \
  ROW(resample, (int64_t outer, int64_t n_in, int64_t n_out, int64_t taps, int64_t inner, const T* x,            \
                 const int64_t* index, const T* weight, T* y))                                                   \
  ROW(resample_grad, (int64_t outer, int64_t n_in, int64_t n_out, int64_t taps, int64_t inner, const T* dy,      \
                      const int64_t* index, const T* weight, T* dx))                                             \
  /* normalization.cpp */                                                                                        \
  ROW(batch_norm, (const BatchNormArgs<T>&))                                                                     \
  ROW(batch_norm_grad, (const BatchNormGradArgs<T>&))                                                            \
  /* layer_norm.cpp */                                                                                           \
  ROW(layer_norm, (const LayerNormArgs<T>&))                                                                     \
  ROW(layer_norm_grad, (const LayerNormGradArgs<T>&))                                                            \
  /* attention.cpp: scores exist in blocks only */                                                               \
  ROW(attention, (const AttentionArgs<T>&))                                                                      \
  ROW(attention_grad, (const AttentionGradArgs<T>&))                                                             \
  /* softmax.cpp */                                                                                              \
  ROW(softmax, (int64_t outer, int64_t n, int64_t inner, const T* x, T* y))                                      \
  ROW(log_softmax, (int64_t outer, int64_t n, int64_t inner, const T* x, T* y))                                  \
  ROW(softmax_grad, (int64_t outer, int64_t n, int64_t inner, const T* y, const T* dy, T* dx))                   \
  /* loss[row] = logsumexp(x[row]) * sum(target[row]) - <target[row], x[row]> */                                 \
  ROW(softmax_cross_entropy, (int64_t rows, int64_t n, const T* x, const T* target, T* loss))                    \
  ROW(softmax_cross_entropy_grad, (int64_t rows, int64_t n, const T* x, const T* target, const T* dloss, T* dx)) \
  ROW(sparse_softmax_cross_entropy, (int64_t rows, int64_t n, const T* x, const int64_t* label, T* loss))        \
  ROW(sparse_softmax_cross_entropy_grad,                                                                         \
      (int64_t rows, int64_t n, const T* x, const int64_t* label, const T* dloss, T* dx))                        \
  /* recurrent: whole sequences, see recurrent_args.h */                                                         \
  ROW(lstm, (const RecurrentArgs<T>&))                                                                           \
  ROW(lstm_grad, (const RecurrentGradArgs<T>&))                                                                  \
  ROW(gru, (const RecurrentArgs<T>&))                                                                            \
  ROW(gru_grad, (const RecurrentGradArgs<T>&))                                                                   \
  ROW(simple_rnn, (const RecurrentArgs<T>&))                                                                     \
  ROW(simple_rnn_grad, (const RecurrentGradArgs<T>&))                                                            \
  /* reduction.cpp: x is [outer, n, inner], y is [outer, inner]; sums run over fixed blocks */                   \
  ROW(reduce, (Reduce, int64_t outer, int64_t n, int64_t inner, const T* x, T* y))                               \
  /* random.cpp: element i of stream (seed, counter) is a pure function of (seed, counter, i): Philox 4x32-10 */ \
  ROW(random_uniform, (uint64_t seed, uint64_t counter, int64_t n, T low, T high, T * out))                      \
  ROW(random_normal, (uint64_t seed, uint64_t counter, int64_t n, T mean, T stddev, T * out))                    \
  ROW(truncated_normal, (uint64_t seed, uint64_t counter, int64_t n, T mean, T stddev, T * out))                 \
  /* y = x / (1 - rate) where uniform(i) >= rate, else 0; its own gradient */                                    \
  ROW(dropout, (uint64_t seed, uint64_t counter, int64_t n, double rate, const T* x, T* y))                      \
  /* optimizer.cpp: one step, one pass over memory */                                                            \
  ROW(adam, (const AdamArgs<T>&))                                                                                \
  ROW(rmsprop, (const RmspropArgs<T>&))

struct TransposeArgs {
  static constexpr int max_rank = 12;
  int rank;
  int64_t shape[max_rank];    // of the result
  int64_t strides[max_rank];  // of the source, in elements, in the order of the result's axes (0 broadcasts, may be
                              // negative)
  size_t item_size;
  const void* x;  // the source's element at index 0 of every axis of the result
  void* y;
};

// Kernels that depend on the element type only through DType or its size.
#define PYKERAS_ANY_KERNELS(ROW)                                                                                     \
  /* movement.cpp */                                                                                                 \
  ROW(strided_copy, (const TransposeArgs&))    /* y dense, x strided: transpose, broadcast, slice, flip */           \
  ROW(strided_scatter, (const TransposeArgs&)) /* the reverse: dense y is read, strided x (not const) written */     \
  ROW(gather, (int64_t outer, int64_t n_in, int64_t n_index, int64_t row_bytes, const void* x, const int64_t* index, \
               void* y)) /* y[o, j] = x[o, index[j]], rows of row_bytes */                                           \
  ROW(cast, (DType from, DType to, int64_t n, const void* x, void* y)) /* C++ rules; bool is x != 0 */               \
  /* reduction.cpp, any dtype; sums of integers wrap; result dtype = x's */                                          \
  ROW(reduce_any_dtype, (Reduce, DType, int64_t outer, int64_t n, int64_t inner, const void* x, void* y))            \
  ROW(argmax, (DType, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y)) /* first of equals */     \
  ROW(argmin, (DType, int64_t outer, int64_t n, int64_t inner, const void* x, int64_t* y))                           \
  /* dx[o, index[j]] += dy[o, j]: [outer, n_index, row] -> [outer, n_in, row]; dx is cleared first; float dtypes */  \
  ROW(scatter_add, (DType, int64_t outer, int64_t n_in, int64_t n_index, int64_t row, const void* dy,                \
                    const int64_t* index, void* dx))

template <class T>
struct FloatKernels {
#define PYKERAS_MEMBER(name, parameters) void(*name) parameters;
  PYKERAS_FLOAT_KERNELS(PYKERAS_MEMBER)
};

struct KernelTable {
  const char* isa;
  FloatKernels<float> f32;
  FloatKernels<double> f64;
  PYKERAS_ANY_KERNELS(PYKERAS_MEMBER)
#undef PYKERAS_MEMBER
  ElementwiseKernel elementwise[static_cast<int>(Elementwise::count)][dtype_count];  // null where not defined
  /// outer(inner(x, y), z), with `reversed` outer(z, inner(x, y)), or outer(inner(x, y)), as one kernel of (x, y[, z]);
  /// null where there is none.
  ElementwiseKernel (*elementwise_pair)(Elementwise outer, Elementwise inner, bool reversed, DType dtype);

  template <class T>
  const FloatKernels<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float)) {
      return f32;
    } else {
      return f64;
    }
  }
};

/// The table of the instruction set in use.
const KernelTable& kernels();

}  // namespace pykeras::kernels
