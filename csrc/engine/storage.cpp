#include "storage.h"

#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

#include "expect.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace pykeras {
namespace {

constexpr std::align_val_t alignment{64};
constexpr size_t largest_cache = size_t{512} << 20;

// Sizes are rounded so that at most an eighth is wasted and few distinct sizes exist.
size_t rounded(size_t bytes) {
  size_t step = 64;
  while (step * 8 < bytes) step *= 2;
  return bytes == 0 ? 64 : (bytes + step - 1) / step * step;
}

/// Asks for large pages under a block of megabytes: fewer of them to look up, and hardware that reads ahead does not
/// stop at their ends. Linux grants them by default only to who asks, as NumPy does.
void prefer_large_pages(void* block, size_t bytes) {
#ifdef __linux__
  constexpr size_t worthwhile = size_t{4} << 20, page = 4096;
  if (bytes < worthwhile) return;
  const size_t skipped = (page - reinterpret_cast<uintptr_t>(block) % page) % page;
  // Advice only: where it is not taken, the pages are small ones.
  (void)madvise(static_cast<char*>(block) + skipped, (bytes - skipped) / page * page, MADV_HUGEPAGE);
#else
  (void)block, (void)bytes;
#endif
}

class Cache {
 public:
  void* take(size_t bytes) {
    const size_t size = rounded(bytes);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      use_.live += size;
      if (use_.live > use_.peak) use_.peak = use_.live;
      auto& blocks = free_[size];
      if (!blocks.empty()) {
        void* block = blocks.back();
        blocks.pop_back();
        use_.cached -= size;
        return block;
      }
    }
    void* block = ::operator new(size, alignment, std::nothrow);
    if (!block) {
      release();
      block = ::operator new(size, alignment, std::nothrow);
    }
    if (!block) {
      std::lock_guard<std::mutex> lock(mutex_);
      use_.live -= size;
      throw OutOfMemory("out of memory: a tensor needs " + std::to_string(bytes) + " bytes");
    }
    prefer_large_pages(block, size);
    return block;
  }

  void give(void* block, size_t bytes) noexcept {
    const size_t size = rounded(bytes);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      use_.live -= size;
      if (use_.cached + size <= largest_cache) {
        try {
          free_[size].push_back(block);
          use_.cached += size;
          return;
        } catch (const std::bad_alloc&) {
          // No room to remember it: give it back below.
        }
      }
    }
    ::operator delete(block, alignment);
  }

  void release() {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [size, blocks] : free_) {
      for (void* block : blocks) ::operator delete(block, alignment);
    }
    free_.clear();
    use_.cached = 0;
#ifdef __GLIBC__
    malloc_trim(0);  // blocks below its threshold for mmap would stay with the process
#endif
  }

  MemoryUse use() {
    std::lock_guard<std::mutex> lock(mutex_);
    return use_;
  }

  void reset_peak() {
    std::lock_guard<std::mutex> lock(mutex_);
    use_.peak = use_.live;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<size_t, std::vector<void*>> free_;
  MemoryUse use_{};
};

// Never destroyed: tensors held by the interpreter may outlive static destruction.
Cache& cache() {
  static Cache* instance = new Cache;
  return *instance;
}

}  // namespace

Storage::Storage(size_t bytes) : data_(cache().take(bytes)), bytes_(bytes) {}

Storage::~Storage() {
  if (!owner_) cache().give(data_, bytes_);
}

MemoryUse memory_use() { return cache().use(); }
void reset_peak_memory() { cache().reset_peak(); }
void release_cached_memory() { cache().release(); }

}  // namespace pykeras
