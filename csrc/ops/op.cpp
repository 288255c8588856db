#include "op.h"

#include <atomic>

#include "floatx.h"
#include "movement.h"
#include "pointwise.h"
#include "reduce.h"

namespace pykeras {

std::vector<OpInfo>& op_registry() {
  static std::vector<OpInfo> registry;
  return registry;
}

namespace {
std::atomic<DType> floatx_in_use{DType::float32};
}
DType floatx() { return floatx_in_use; }
void set_floatx(DType dtype) { floatx_in_use = dtype; }

DType common_dtype(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::string || b == DType::string) {
    throw TypeError(std::string("strings and numbers have no common dtype: got ") + name_of(a) + " and " + name_of(b));
  }
  if (is_float(a) || is_float(b)) {
    if (!is_float(a)) return b;
    if (!is_float(b)) return a;
    return DType::float64;
  }
  if (a == DType::boolean) return b;
  if (b == DType::boolean) return a;
  if (is_signed(a) == is_signed(b)) return size_of(a) > size_of(b) ? a : b;
  const DType with_sign = is_signed(a) ? a : b, without = is_signed(a) ? b : a;
  if (size_of(with_sign) > size_of(without)) return with_sign;
  switch (size_of(without)) {
    case 1:
      return DType::int16;
    case 2:
      return DType::int32;
    case 4:
      return DType::int64;
    default:
      return DType::float32;
  }
}

namespace {

/// The dtype that input i is brought to; dtype_of(k) has none for an input that was left out.
template <class DTypeOf>
DType promoted_dtype(Promotion promotion, size_t count, size_t i, const DTypeOf& dtype_of) {
  if (promotion == Promotion::none) return *dtype_of(i);
  const size_t first = promotion == Promotion::select ? 1 : 0;
  if (i < first) return DType::boolean;
  std::optional<DType> common;
  for (size_t k = first; k < count; ++k) {
    if (const std::optional<DType> dtype = dtype_of(k)) common = common ? common_dtype(*common, *dtype) : *dtype;
  }
  if (promotion == Promotion::common_real && !is_float(*common)) return floatx();
  return *common;
}

}  // namespace

void refuse_strings(const char* name, const Specs& specs) {
  for (const Spec& spec : specs) {
    if (spec.given && spec.dtype == DType::string) throw TypeError(std::string(name) + ": not defined for strings");
  }
}

void promote_inputs(Promotion promotion, Tensors& inputs) {
  if (promotion == Promotion::none) return;
  // Of the inputs as they came: what one is brought to must not change what the next is.
  const Tensors given = inputs;
  const auto dtype_of = [&](size_t k) { return given[k] ? std::optional(given[k].dtype()) : std::nullopt; };
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i]) continue;
    const DType dtype = promoted_dtype(promotion, inputs.size(), i, dtype_of);
    if (dtype != inputs[i].dtype()) inputs[i] = record(Cast{dtype}, {inputs[i]});
  }
}

Spec promoted_spec(Promotion promotion, const Specs& inputs, size_t i) {
  Spec spec = inputs[i];
  if (!spec.given) return spec;
  spec.dtype = promoted_dtype(promotion, inputs.size(), i, [&](size_t k) {
    return inputs[k].given ? std::optional(inputs[k].dtype) : std::nullopt;
  });
  return spec;
}

Tensor sum_to(const Tensor& gradient, const Spec& operand) {
  if (gradient.shape() == operand.shape) return gradient;
  std::vector<int64_t> axes;
  const int extra = gradient.shape().rank() - operand.rank();
  for (int axis = 0; axis < gradient.shape().rank(); ++axis) {
    if (axis < extra || (operand.dim(axis - extra) == 1 && gradient.shape()[axis] != 1)) axes.push_back(axis);
  }
  Tensor sum = axes.empty() ? gradient : record(Sum{axes, true}, {gradient});
  return record(Reshape{std::vector<int64_t>(operand.shape.begin(), operand.shape.end())}, {sum});
}

Tensor scalar_like(double value, DType dtype) {
  Tensor scalar(Spec{dtype, Shape{}});
  const double source[1] = {value};
  table().cast(DType::float64, dtype, 1, source, scalar.data());
  return scalar;
}

Tensor zeros(const Spec& spec) {
  Tensor result(spec);
  std::fill_n(result.as<char>(), spec.bytes(), char{0});
  return result;
}

}  // namespace pykeras
