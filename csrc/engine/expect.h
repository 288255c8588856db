#pragma once
// The one place where errors are worded: `name: what, expected this, got that`.
#include <stdexcept>
#include <string>

#include "shape.h"

namespace pykeras {

/// Becomes ValueError in Python.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Becomes TypeError in Python.
struct TypeError : Error {
  using Error::Error;
};
/// Becomes MemoryError in Python.
struct OutOfMemory : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Becomes IndexError in Python.
struct IndexError : Error {
  using Error::Error;
};

inline std::string dim_text(int64_t dim) { return dim == Shape::unknown ? "None" : std::to_string(dim); }

inline void expect(bool condition, const char* name, const char* message) {
  if (!condition) throw Error(std::string(name) + ": " + message);
}

/// The same with a message that message() composes, only when it is needed.
template <class Message>
auto expect(bool condition, const char* name, const Message& message) -> decltype(message(), void()) {
  if (!condition) throw Error(std::string(name) + ": " + message());
}

inline void expect_equal(const char* name, const char* what, int64_t expected, int64_t got) {
  expect(compatible(expected, got), name,
         [&] { return std::string(what) + ": expected " + dim_text(expected) + ", got " + dim_text(got); });
}

inline void expect_rank(const char* name, const char* what, const Spec& spec, int rank) {
  expect(spec.rank() == rank, name, [&] {
    return std::string(what) + ": expected " + std::to_string(rank) + " axes, got shape " + spec.shape.text();
  });
}

inline void expect_min_rank(const char* name, const char* what, const Spec& spec, int rank) {
  expect(spec.rank() >= rank, name, [&] {
    return std::string(what) + ": expected at least " + std::to_string(rank) + " axes, got shape " + spec.shape.text();
  });
}

inline void expect_same_shape(const char* name, const char* what, const Spec& expected, const Spec& got) {
  bool same = expected.rank() == got.rank();
  for (int axis = 0; same && axis < got.rank(); ++axis) same = compatible(expected.dim(axis), got.dim(axis));
  expect(same, name,
         [&] { return std::string(what) + ": expected shape " + expected.shape.text() + ", got " + got.shape.text(); });
}

inline void expect_float(const char* name, const char* what, const Spec& spec) {
  if (!is_float(spec.dtype)) {
    throw TypeError(std::string(name) + ": " + what + ": expected float32 or float64, got " + name_of(spec.dtype));
  }
}

inline void expect_dtype(const char* name, const char* what, DType expected, const Spec& spec) {
  if (spec.dtype != expected) {
    throw TypeError(std::string(name) + ": " + what + ": expected " + name_of(expected) + ", got " +
                    name_of(spec.dtype));
  }
}

/// Kernels read `got` as they read `expected`: shape and dtype.
inline void expect_same(const char* name, const char* what, const Spec& expected, const Spec& got) {
  expect_same_shape(name, what, expected, got);
  expect_dtype(name, what, expected.dtype, got);
}

/// The axis counted from the front.
inline int expect_axis(const char* name, int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    throw Error(std::string(name) + ": axis " + std::to_string(axis) + " is out of range for a tensor of " +
                std::to_string(rank) + " axes");
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace pykeras
