#pragma once
// Memory of tensors: 64-byte aligned and cached, because fresh memory from the system costs page faults on every step.
#include <cstddef>
#include <functional>
#include <memory>

namespace pykeras {

/// A block of memory, owned or borrowed (from a NumPy array that stays alive as long as the block).
class Storage {
 public:
  explicit Storage(size_t bytes);
  Storage(void* data, size_t bytes, std::shared_ptr<void> owner)
      : data_(data), bytes_(bytes), owner_(std::move(owner)) {}
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  bool borrowed() const { return owner_ != nullptr; }

 private:
  void* data_;
  size_t bytes_;
  std::shared_ptr<void> owner_;
};

struct MemoryUse {
  size_t live, peak, cached;
};
MemoryUse memory_use();
void reset_peak_memory();
/// Gives cached blocks back to the system.
void release_cached_memory();

}  // namespace pykeras
