// Elementwise arithmetic, comparison and logic with broadcasting.
#include "arithmetic.h"

#include "movement.h"

namespace pykeras {

// ---- binary -------------------------------------------------------------------------------------------------------

Tensors Add::gradient(const Backward& b) const {
  return {b.needs(0) ? sum_to(b.dy(), b.in(0).spec()) : Tensor(),
          b.needs(1) ? sum_to(b.dy(), b.in(1).spec()) : Tensor()};
}
PYKERAS_OP(Add)

Tensors Subtract::gradient(const Backward& b) const {
  return {b.needs(0) ? sum_to(b.dy(), b.in(0).spec()) : Tensor(),
          b.needs(1) ? sum_to(record(Negative{}, {b.dy()}), b.in(1).spec()) : Tensor()};
}
PYKERAS_OP(Subtract)

Tensors Multiply::gradient(const Backward& b) const {
  return {b.needs(0) ? sum_to(record(Multiply{}, {b.dy(), b.in(1)}), b.in(0).spec()) : Tensor(),
          b.needs(1) ? sum_to(record(Multiply{}, {b.dy(), b.in(0)}), b.in(1).spec()) : Tensor()};
}
PYKERAS_OP(Multiply)

Tensors Divide::gradient(const Backward& b) const {
  const Tensor scaled = record(Divide{}, {b.dy(), b.in(1)});
  Tensor dx2;
  if (b.needs(1)) dx2 = sum_to(record(Negative{}, {record(Multiply{}, {scaled, b.out()})}), b.in(1).spec());
  return {b.needs(0) ? sum_to(scaled, b.in(0).spec()) : Tensor(), dx2};
}
PYKERAS_OP(Divide)

// A step function: flat wherever it has a slope.
Tensors FloorDivide::gradient(const Backward& b) const {
  return {b.needs(0) ? zeros(b.in(0).spec()) : Tensor(), b.needs(1) ? zeros(b.in(1).spec()) : Tensor()};
}
PYKERAS_OP(FloorDivide)

namespace {
Tensors mod_gradient(const Backward& b) {
  Tensor dx2;
  if (b.needs(1)) {
    const Tensor quotient = record(FloorDivide{}, {b.in(0), b.in(1)});
    dx2 = sum_to(record(Negative{}, {record(Multiply{}, {b.dy(), quotient})}), b.in(1).spec());
  }
  return {b.needs(0) ? sum_to(b.dy(), b.in(0).spec()) : Tensor(), dx2};
}
}  // namespace

Tensors Mod::gradient(const Backward& b) const { return mod_gradient(b); }
PYKERAS_OP(Mod)

Tensors Power::gradient(const Backward& b) const {
  const Tensor &x = b.in(0), &exponent = b.in(1);
  Tensor dx, dexponent;
  if (b.needs(0)) {
    const Tensor lower = record(Subtract{}, {exponent, scalar_like(1, exponent.dtype())});
    const Tensor slope = record(Multiply{}, {exponent, record(Power{}, {x, lower})});
    dx = sum_to(record(Multiply{}, {b.dy(), slope}), x.spec());
  }
  if (b.needs(1)) {
    // log of a base that is not positive does not enter.
    const Tensor positive = record(Greater{}, {x, scalar_like(0, x.dtype())});
    const Tensor safe = record(Select{}, {positive, x, scalar_like(1, x.dtype())});
    const Tensor slope = record(Multiply{}, {b.out(), record(Log{}, {safe})});
    dexponent = sum_to(record(Multiply{}, {b.dy(), slope}), exponent.spec());
  }
  return {dx, dexponent};
}
PYKERAS_OP(Power)

namespace {
/// The gradient of maximum and minimum goes to the operand that won; a tie is shared evenly.
template <class Wins>
Tensors winner_gradient(const Backward& b) {
  const auto part = [&](int self, int other) {
    const Tensor wins = record(Wins{}, {b.in(self), b.in(other)});
    const Tensor ties = record(Equal{}, {b.in(self), b.in(other)});
    const Tensor half = record(Multiply{}, {b.dy(), scalar_like(0.5, b.dy().dtype())});
    const Tensor rest = record(Select{}, {ties, half, scalar_like(0, b.dy().dtype())});
    return sum_to(record(Select{}, {wins, b.dy(), rest}), b.in(self).spec());
  };
  return {b.needs(0) ? part(0, 1) : Tensor(), b.needs(1) ? part(1, 0) : Tensor()};
}
}  // namespace

Tensors Maximum::gradient(const Backward& b) const { return winner_gradient<Greater>(b); }
PYKERAS_OP(Maximum)
Tensors Minimum::gradient(const Backward& b) const { return winner_gradient<Less>(b); }
PYKERAS_OP(Minimum)

Tensors Arctan2::gradient(const Backward& b) const {
  const Tensor norm = record(Add{}, {record(Square{}, {b.in(0)}), record(Square{}, {b.in(1)})});
  const Tensor scaled = record(Divide{}, {b.dy(), norm});
  return {b.needs(0) ? sum_to(record(Multiply{}, {scaled, b.in(1)}), b.in(0).spec()) : Tensor(),
          b.needs(1) ? sum_to(record(Negative{}, {record(Multiply{}, {scaled, b.in(0)})}), b.in(1).spec()) : Tensor()};
}
PYKERAS_OP(Arctan2)

PYKERAS_OP(Equal)
PYKERAS_OP(NotEqual)
PYKERAS_OP(Less)
PYKERAS_OP(LessEqual)
PYKERAS_OP(Greater)
PYKERAS_OP(GreaterEqual)
PYKERAS_OP(LogicalAnd)
PYKERAS_OP(LogicalOr)
PYKERAS_OP(LogicalXor)
PYKERAS_OP(LogicalNot)

// ---- choice -------------------------------------------------------------------------------------------------------

Spec Select::infer(Spec condition, Spec x, Spec y) const {
  expect_kernel(name, Elementwise::select, x.dtype);
  return Spec{x.dtype, broadcast(name, condition.shape, broadcast(name, x.shape, y.shape))};
}
Tensors Select::gradient(const Backward& b) const {
  const Tensor zero = scalar_like(0, b.dy().dtype());
  return {Tensor(), b.needs(1) ? sum_to(record(Select{}, {b.in(0), b.dy(), zero}), b.in(1).spec()) : Tensor(),
          b.needs(2) ? sum_to(record(Select{}, {b.in(0), zero, b.dy()}), b.in(2).spec()) : Tensor()};
}
PYKERAS_OP(Select)

// ---- unary --------------------------------------------------------------------------------------------------------

namespace {
Tensor times(const Tensor& a, const Tensor& b) { return record(Multiply{}, {a, b}); }
Tensor times(const Tensor& a, double b) { return record(Multiply{}, {a, scalar_like(b, a.dtype())}); }
Tensor over(const Tensor& a, const Tensor& b) { return record(Divide{}, {a, b}); }
Tensor plus(const Tensor& a, double b) { return record(Add{}, {a, scalar_like(b, a.dtype())}); }
Tensor from(double a, const Tensor& b) { return record(Subtract{}, {scalar_like(a, b.dtype()), b}); }
Tensor minus(const Tensor& a) { return record(Negative{}, {a}); }
Tensor squared(const Tensor& a) { return record(Square{}, {a}); }
Tensor root(const Tensor& a) { return record(Sqrt{}, {a}); }
}  // namespace

Tensors Negative::gradient(const Backward& b) const { return {minus(b.dy())}; }
Tensors Absolute::gradient(const Backward& b) const { return {times(b.dy(), record(Sign{}, {b.in(0)}))}; }
Tensors Square::gradient(const Backward& b) const { return {times(b.dy(), times(b.in(0), 2))}; }
Tensors Reciprocal::gradient(const Backward& b) const { return {minus(times(b.dy(), squared(b.out())))}; }
Tensors Sqrt::gradient(const Backward& b) const { return {over(times(b.dy(), 0.5), b.out())}; }
Tensors Rsqrt::gradient(const Backward& b) const {
  return {times(times(b.dy(), -0.5), times(b.out(), squared(b.out())))};
}
Tensors Exp::gradient(const Backward& b) const { return {times(b.dy(), b.out())}; }
Tensors Expm1::gradient(const Backward& b) const { return {times(b.dy(), plus(b.out(), 1))}; }
Tensors Log::gradient(const Backward& b) const { return {over(b.dy(), b.in(0))}; }
Tensors Log1p::gradient(const Backward& b) const { return {over(b.dy(), plus(b.in(0), 1))}; }
Tensors Log2::gradient(const Backward& b) const { return {over(b.dy(), times(b.in(0), 0.69314718055994530942))}; }
Tensors Log10::gradient(const Backward& b) const { return {over(b.dy(), times(b.in(0), 2.30258509299404568402))}; }
Tensors Sin::gradient(const Backward& b) const { return {times(b.dy(), record(Cos{}, {b.in(0)}))}; }
Tensors Cos::gradient(const Backward& b) const { return {minus(times(b.dy(), record(Sin{}, {b.in(0)})))}; }
Tensors Tan::gradient(const Backward& b) const { return {times(b.dy(), plus(squared(b.out()), 1))}; }
Tensors Arcsin::gradient(const Backward& b) const { return {over(b.dy(), root(from(1, squared(b.in(0)))))}; }
Tensors Arccos::gradient(const Backward& b) const { return {minus(over(b.dy(), root(from(1, squared(b.in(0))))))}; }
Tensors Arctan::gradient(const Backward& b) const { return {over(b.dy(), plus(squared(b.in(0)), 1))}; }
Tensors Sinh::gradient(const Backward& b) const { return {times(b.dy(), record(Cosh{}, {b.in(0)}))}; }
Tensors Cosh::gradient(const Backward& b) const { return {times(b.dy(), record(Sinh{}, {b.in(0)}))}; }
Tensors Arcsinh::gradient(const Backward& b) const { return {over(b.dy(), root(plus(squared(b.in(0)), 1)))}; }
Tensors Arccosh::gradient(const Backward& b) const { return {over(b.dy(), root(plus(squared(b.in(0)), -1)))}; }
Tensors Arctanh::gradient(const Backward& b) const { return {over(b.dy(), from(1, squared(b.in(0))))}; }
Tensors Erf::gradient(const Backward& b) const {
  return {times(b.dy(), times(record(Exp{}, {minus(squared(b.in(0)))}), 1.12837916709551257390))};
}
Tensors Erfinv::gradient(const Backward& b) const {
  return {times(b.dy(), times(record(Exp{}, {squared(b.out())}), 0.88622692545275801365))};
}
// Steps are flat wherever they have a slope.
Tensors flat(const Backward& b) { return {zeros(b.in(0).spec())}; }
Tensors Sign::gradient(const Backward& b) const { return flat(b); }
Tensors Floor::gradient(const Backward& b) const { return flat(b); }
Tensors Ceil::gradient(const Backward& b) const { return flat(b); }
Tensors Round::gradient(const Backward& b) const { return flat(b); }
Tensors Trunc::gradient(const Backward& b) const { return flat(b); }

Tensors Clip::gradient(const Backward& b) const {
  const Tensor x = b.in(0);
  const Tensor above = record(GreaterEqual{}, {x, scalar_like(low, x.dtype())});
  const Tensor below = record(LessEqual{}, {x, scalar_like(high, x.dtype())});
  return {record(Select{}, {record(LogicalAnd{}, {above, below}), b.dy(), scalar_like(0, b.dy().dtype())})};
}

PYKERAS_OP(Negative)
PYKERAS_OP(Absolute)
PYKERAS_OP(Sign)
PYKERAS_OP(Square)
PYKERAS_OP(Reciprocal)
PYKERAS_OP(Sqrt)
PYKERAS_OP(Rsqrt)
PYKERAS_OP(Exp)
PYKERAS_OP(Expm1)
PYKERAS_OP(Log)
PYKERAS_OP(Log1p)
PYKERAS_OP(Log2)
PYKERAS_OP(Log10)
PYKERAS_OP(Sin)
PYKERAS_OP(Cos)
PYKERAS_OP(Tan)
PYKERAS_OP(Arcsin)
PYKERAS_OP(Arccos)
PYKERAS_OP(Arctan)
PYKERAS_OP(Sinh)
PYKERAS_OP(Cosh)
PYKERAS_OP(Arcsinh)
PYKERAS_OP(Arccosh)
PYKERAS_OP(Arctanh)
PYKERAS_OP(Erf)
PYKERAS_OP(Erfinv)
PYKERAS_OP(Floor)
PYKERAS_OP(Ceil)
PYKERAS_OP(Round)
PYKERAS_OP(Trunc)
PYKERAS_OP(Isnan)
PYKERAS_OP(Isinf)
PYKERAS_OP(Isfinite)
PYKERAS_OP(Clip)
PYKERAS_OP(Copy)

namespace {
const bool engine_ops_set = [] {
  engine_ops().add = op(Add{});
  engine_ops().copy = op(Copy{});
  engine_ops().ones = [](const Spec& spec) {
    Tensor ones(spec);
    const Tensor one = scalar_like(1, spec.dtype);
    run_pointwise(Copy{}.pointwise(), {In{one.data(), &one.spec()}}, Out{ones.data(), &ones.spec()});
    return ones;
  };
  return true;
}();
}  // namespace

}  // namespace pykeras
