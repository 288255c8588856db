// Softmax attention as one op: scores are never stored whole.
#include <cstring>

#include "op.h"

namespace pykeras {
namespace {

/// Shapes of query (batch, queries, heads, depth), key (batch, keys, key heads, depth) and value.
void expect_shapes(const char* name, const Spec& query, const Spec& key, const Spec& value, const Spec& mask) {
  const auto shapes = [&] {
    return "query " + query.shape.text() + ", key " + key.shape.text() + ", value " + value.shape.text();
  };
  expect_float(name, "query", query);
  for (const Spec* spec : {&query, &key, &value}) {
    expect_rank(name, "query, key and value", *spec, 4);
    expect_dtype(name, "query, key and value", query.dtype, *spec);
  }
  expect(compatible(query.dim(0), key.dim(0)) && compatible(query.dim(0), value.dim(0)) &&
             compatible(key.dim(1), value.dim(1)) && compatible(key.dim(2), value.dim(2)) &&
             compatible(query.dim(3), key.dim(3)),
         name, [&] { return "shapes do not fit: " + shapes(); });
  const int64_t heads = query.dim(2), key_heads = key.dim(2);
  expect(heads == Shape::unknown || key_heads == Shape::unknown || (key_heads > 0 && heads % key_heads == 0), name,
         [&] { return "the query's heads must be a multiple of the key's: " + shapes(); });
  if (!mask.given) return;
  expect_dtype(name, "mask", DType::boolean, mask);
  expect_rank(name, "mask", mask, 4);
  const int64_t full[] = {query.dim(0), heads, query.dim(1), key.dim(1)};
  for (int axis = 0; axis < 4; ++axis) {
    expect(mask.dim(axis) == 1 || compatible(mask.dim(axis), full[axis]), name, [&] {
      return "mask: shape " + mask.shape.text() + " does not broadcast to (batch, heads, queries, keys) of " + shapes();
    });
  }
}

template <class T>
kernels::AttentionArgs<T> arguments(In query, In key, In value, In mask, double scale, bool causal, const void* y,
                                    const void* stats) {
  kernels::AttentionArgs<T> a{};
  a.batch = query.dim(0);
  a.queries = query.dim(1);
  a.heads = query.dim(2);
  a.depth = query.dim(3);
  a.keys = key.dim(1);
  a.key_heads = key.dim(2);
  a.value_depth = value.dim(3);
  a.q = query.as<T>();
  a.k = key.as<T>();
  a.v = value.as<T>();
  a.mask = mask.as<uint8_t>();
  int64_t stride = 1;
  for (int axis = 4; mask && axis-- > 0;) {
    a.mask_strides[axis] = mask.dim(axis) == 1 ? 0 : stride;
    stride *= mask.dim(axis);
  }
  a.scale = static_cast<T>(scale);
  a.causal = causal;
  a.y = static_cast<T*>(const_cast<void*>(y));
  a.stats = static_cast<T*>(const_cast<void*>(stats));
  return a;
}

struct AttentionGrad {
  static constexpr auto name = "attention_grad";
  static constexpr auto doc = "gradients of attention: for query, key and value";
  static constexpr std::array inputs{"query", "key", "value", "mask?", "y", "stats", "dy"};
  double scale = 1;
  bool causal = false;
  static auto attributes() {
    return std::tuple{field("scale", &AttentionGrad::scale), field("causal", &AttentionGrad::causal)};
  }
  Specs infer(Spec query, Spec key, Spec value, Spec mask, Spec y, Spec stats, Spec dy) const {
    expect_shapes(name, query, key, value, mask);
    const Spec result{query.dtype, Shape{query.dim(0), query.dim(1), query.dim(2), value.dim(3)}};
    expect_same(name, "y", result, y);
    expect_same(name, "dy", result, dy);
    expect_same(name, "stats", Spec{query.dtype, Shape{query.dim(0), query.dim(2), query.dim(1), 2}}, stats);
    return {query, key, value};
  }
  void forward(const Ins& in, const Outs& out) const {
    with_real(in[0].dtype(), [&](auto tag) {
      using T = decltype(tag);
      const auto a = arguments<T>(in[0], in[1], in[2], in[3], scale, causal, in[4].data, in[5].data);
      table().of<T>().attention_grad({a, in[6].as<T>(), out[0].as<T>(), out[1].as<T>(), out[2].as<T>()});
    });
  }
};
PYKERAS_OP(AttentionGrad)

struct Attention {
  static constexpr auto name = "attention";
  static constexpr auto doc =
      "softmax(scale * query @ key^T) @ value per head, heads of (batch, length, heads, depth) sharing keys in groups; "
      "a mask of (batch, heads, queries, keys), sizes 1 broadcast, takes out where it is false, causal the later keys. "
      "Also returns each row's largest score and 1 / sum(exp(score - largest)), constants for differentiation";
  static constexpr std::array inputs{"query", "key", "value", "mask?"};
  double scale = 1;
  bool causal = false;
  static auto attributes() {
    return std::tuple{field("scale", &Attention::scale), field("causal", &Attention::causal)};
  }
  Specs infer(Spec query, Spec key, Spec value, Spec mask) const {
    expect_shapes(name, query, key, value, mask);
    return {Spec{query.dtype, Shape{query.dim(0), query.dim(1), query.dim(2), value.dim(3)}},
            Spec{query.dtype, Shape{query.dim(0), query.dim(2), query.dim(1), 2}}};
  }
  void forward(In query, In key, In value, In mask, Out y, Out stats) const {
    if (key.dim(1) == 0) {
      std::memset(y.data, 0, y.spec->bytes());
      std::memset(stats.data, 0, stats.spec->bytes());
      return;
    }
    with_real(query.dtype(), [&](auto tag) {
      using T = decltype(tag);
      table().of<T>().attention(arguments<T>(query, key, value, mask, scale, causal, y.data, stats.data));
    });
  }
  Tensors gradient(const Backward& b) const {
    if (!b.dy(0)) return {Tensor(), Tensor(), Tensor(), Tensor()};
    const Tensor mask = b.inputs.size() > 3 ? b.in(3) : Tensor();
    const Tensors d =
        record_all(AttentionGrad{scale, causal}, {b.in(0), b.in(1), b.in(2), mask, b.out(0), b.out(1), b.dy()});
    return {d[0], d[1], d[2], Tensor()};
  }
};
PYKERAS_OP(Attention)

}  // namespace
}  // namespace pykeras
