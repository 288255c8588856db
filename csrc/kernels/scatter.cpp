// Rows added up where an index says: what a gather's gradient is.
#include "families.h"
#include "parallel.h"
#include "scalar.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

template <class T>
void scatter_add_floats(int64_t outer, int64_t n_in, int64_t n_index, int64_t row, const T* dy, const int64_t* index,
                        T* dx) {
  if (n_in <= 0) return;
  // Each task owns a range of targets and reads all of the index: additions keep its order.
  const int64_t ranges = outer >= 8 || row < 8 ? 1 : smaller(8, n_in), range = blocks_of(n_in, ranges);
  parallel_for(outer * ranges, static_cast<double>(outer * row) * static_cast<double>(n_in + n_index),
               [&](int64_t task) {
                 const int64_t o = task / ranges, first = smaller(n_in, task % ranges * range),
                               last = smaller(n_in, first + range);
                 T* to = dx + o * n_in * row;
                 std::memset(to + first * row, 0, (last - first) * row * sizeof(T));
                 for (int64_t j = 0; j < n_index; ++j) {
                   if (index[j] < first || index[j] >= last) continue;
                   T* sum = to + index[j] * row;
                   const T* from = dy + (o * n_index + j) * row;
#pragma GCC ivdep
                   for (int64_t c = 0; c < row; ++c) sum[c] += from[c];
                 }
               });
}

}  // namespace

void scatter_add(DType dtype, int64_t outer, int64_t n_in, int64_t n_index, int64_t row, const void* dy,
                 const int64_t* index, void* dx) {
  if (dtype == DType::float32) {
    scatter_add_floats(outer, n_in, n_index, row, static_cast<const float*>(dy), index, static_cast<float*>(dx));
  } else {
    scatter_add_floats(outer, n_in, n_index, row, static_cast<const double*>(dy), index, static_cast<double*>(dx));
  }
}

}  // namespace pykeras::kernels::PYKERAS_ISA
