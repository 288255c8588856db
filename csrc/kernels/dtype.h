#pragma once
// Element types, in promotion order within each kind. The order is the index into kernel tables.
#include <cstddef>
#include <cstdint>

namespace pykeras {

enum class DType : uint8_t {
  boolean,
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  uint64,
  int64,
  float32,
  float64,
  string  // numbers of texts that Python keeps (pykeras/strings.py): they are moved, no kernel computes with them
};

inline constexpr int dtype_count = 11;  // those that kernels know
inline constexpr size_t dtype_sizes[dtype_count + 1] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 8};
inline constexpr const char* dtype_names[dtype_count + 1] = {
    "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64", "string"};

constexpr size_t size_of(DType dtype) { return dtype_sizes[static_cast<int>(dtype)]; }
constexpr const char* name_of(DType dtype) { return dtype_names[static_cast<int>(dtype)]; }
constexpr bool is_float(DType dtype) { return dtype == DType::float32 || dtype == DType::float64; }
constexpr bool is_integer(DType dtype) { return dtype != DType::boolean && dtype < DType::float32; }
constexpr bool is_signed(DType dtype) {
  return is_float(dtype) || dtype == DType::int8 || dtype == DType::int16 || dtype == DType::int32 ||
         dtype == DType::int64;
}

}  // namespace pykeras
