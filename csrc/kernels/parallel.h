#pragma once
// Threads, shared by all instruction sets; OpenMP appears here and in parallel.cpp only.
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace pykeras::kernels {

/// Threads that the next parallel loop may use: OMP_NUM_THREADS, set_num_threads, threadpoolctl; 1 in a forked child
/// and inside a parallel loop.
int num_threads();
/// n >= 1.
void set_num_threads(int n);
bool has_openmp();

/// While one lives, num_threads() is 1 on the thread that made it.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
};

/// body(context, task) for every task in [0, tasks), on up to num_threads() threads. The split into tasks must not
/// depend on the number of threads, so that results do not either.
void parallel_tasks(int64_t tasks, void (*body)(void* context, int64_t task), void* context);

/// Waking the threads takes as long as about this much work, and far longer on a machine that others use too.
constexpr double worth_threads = 250000.0;

/// parallel_tasks over a callable; runs inline when `work` (roughly, floating-point operations or bytes) is small.
template <class Body>
void parallel_for(int64_t tasks, double work, Body&& body) {
  if (tasks <= 1 || work < worth_threads || num_threads() == 1) {
    for (int64_t task = 0; task < tasks; ++task) body(task);
  } else {
    parallel_tasks(
        tasks, [](void* context, int64_t task) { (*static_cast<std::remove_reference_t<Body>*>(context))(task); },
        &body);
  }
}

/// Scratch memory of the calling thread, 64-byte aligned, kept and grown between calls; slot 0..3 are independent.
void* thread_scratch(int slot, size_t bytes);

}  // namespace pykeras::kernels
