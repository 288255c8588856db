#include "parallel.h"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>

#ifdef _OPENMP
#include <omp.h>
#endif
#if !defined(_WIN32)
#include <pthread.h>
#endif
#if defined(__linux__)
#include <sched.h>
#endif

namespace pykeras::kernels {
namespace {

std::atomic<int> requested_threads{0};  // 0: whatever OpenMP says
std::atomic<bool> forked{false};
thread_local int alone = 0;  // OneThreads that live

#if !defined(_WIN32)
// OpenMP's worker threads do not survive a fork; using them in the child hangs.
const int register_at_fork = pthread_atfork(nullptr, nullptr, [] { forked.store(true); });
#endif

#ifdef _OPENMP
#ifdef __linux__
int current_processor() { return sched_getcpu(); }

/// Moves the calling thread off `processor`. Linux may leave two threads that wait for each other on one processor
/// while another is idle, above all in virtual machines, where an idle processor does not look available: each waits
/// out the other's time slices. Where the thread may run stays as it was; only where it starts from changes.
void leave_processor(int processor) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) return;
  cpu_set_t others = allowed;
  CPU_CLR(processor, &others);
  if (sched_setaffinity(0, sizeof others, &others) == 0) sched_setaffinity(0, sizeof allowed, &allowed);
}
#else
int current_processor() { return -1; }
void leave_processor(int) {}
#endif
#endif

struct Scratch {
  void* data = nullptr;
  size_t bytes = 0;
  ~Scratch() { ::operator delete (data, std::align_val_t{64}); }
};

}  // namespace

bool has_openmp() {
#ifdef _OPENMP
  return true;
#else
  return false;
#endif
}

int num_threads() {
#ifdef _OPENMP
  if (alone > 0 || forked.load(std::memory_order_relaxed) || omp_in_parallel()) return 1;
  const int requested = requested_threads.load(std::memory_order_relaxed);
  const int available = omp_get_max_threads();
  return requested > 0 && requested < available ? requested : available;
#else
  return 1;
#endif
}

void set_num_threads(int n) {
  requested_threads.store(n);
#ifdef _OPENMP
  omp_set_num_threads(n);
#endif
}

OneThread::OneThread() { ++alone; }
OneThread::~OneThread() { --alone; }

void parallel_tasks(int64_t tasks, void (*body)(void*, int64_t), void* context) {
#ifdef _OPENMP
  const int64_t limit = num_threads();
  const int threads = static_cast<int>(tasks < limit ? tasks : limit);
  if (threads > 1) {
    const int callers = current_processor();
#pragma omp parallel num_threads(threads)
    {
      if (omp_get_thread_num() > 0 && current_processor() == callers && callers >= 0) leave_processor(callers);
#pragma omp for schedule(dynamic, 1) nowait
      for (int64_t task = 0; task < tasks; ++task) body(context, task);
    }
    return;
  }
#endif
  for (int64_t task = 0; task < tasks; ++task) body(context, task);
}

void* thread_scratch(int slot, size_t bytes) {
  thread_local Scratch scratch[4];
  Scratch& s = scratch[slot];
  if (s.bytes < bytes) {
    ::operator delete (s.data, std::align_val_t{64});
    s.data = nullptr;
    s.bytes = 0;
    s.data = ::operator new (bytes, std::align_val_t{64});
    s.bytes = bytes;
  }
  return s.data;
}

}  // namespace pykeras::kernels
