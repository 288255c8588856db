"""TensorFlow's ops as Keras 2 writes them between layers (``TFOpLambda``), as data.

A row: our op, its arguments, then TensorFlow's symbols with their names for these arguments. The first symbol is the
one that is written; a symbol without names has those of the one before it.
"""

from __future__ import annotations

import functools

_ROWS = """
add x1,x2 __operators__.add:x,y math.add __operators__.radd
subtract x1,x2 math.subtract:x,y
multiply x1,x2 math.multiply:x,y
divide x1,x2 math.truediv:x,y math.divide
true_divide x1,x2 math.truediv:x,y
divide_no_nan x1,x2 math.divide_no_nan:x,y
floor_divide x1,x2 math.floordiv:x,y compat.v1.floor_div
mod x1,x2 math.floormod:x,y
power x1,x2 math.pow:x,y
maximum x1,x2 math.maximum:x,y
minimum x1,x2 math.minimum:x,y
greater x1,x2 math.greater:x,y
greater_equal x1,x2 math.greater_equal:x,y
less x1,x2 math.less:x,y
less_equal x1,x2 math.less_equal:x,y
equal x1,x2 math.equal:x,y __operators__.eq:self,other
not_equal x1,x2 math.not_equal:x,y __operators__.ne:self,other
logical_and x1,x2 math.logical_and:x,y
logical_or x1,x2 math.logical_or:x,y
logical_not x math.logical_not:x
matmul x1,x2 linalg.matmul:a,b
negative x math.negative:x
exp x math.exp:x
log x math.log:x
log1p x math.log1p:x
sqrt x math.sqrt:x
rsqrt x math.rsqrt:x
square x math.square:x
absolute x math.abs:x
abs x math.abs:x
sign x math.sign:x
sin x math.sin:x
cos x math.cos:x
tanh x math.tanh:x nn.tanh
sigmoid x math.sigmoid:x nn.sigmoid
floor x math.floor:x
ceil x math.ceil:x
round x math.round:x
erf x math.erf:x
relu x nn.relu:features
relu6 x nn.relu6:features
elu x nn.elu:features
selu x nn.selu:features
silu x nn.silu:features nn.swish
softplus x math.softplus:features
softsign x nn.softsign:features
gelu x,approximate nn.gelu:features,approximate
leaky_relu x,negative_slope nn.leaky_relu:features,alpha
softmax x,axis nn.softmax:logits,axis
log_softmax x,axis nn.log_softmax:logits,axis
concatenate xs,axis concat:values,axis
stack x,axis stack:values,axis
reshape x,newshape reshape:tensor,shape
transpose x,axes transpose:a,perm compat.v1.transpose
expand_dims x,axis expand_dims:input,axis
squeeze x,axis squeeze:input,axis compat.v1.squeeze
tile x,repeats tile:input,multiples
repeat x,repeats,axis repeat:input,repeats,axis
pad x,pad_width,mode,constant_values pad:tensor,paddings,mode,constant_values compat.v1.pad
flip x,axis reverse:tensor,axis
split x,indices_or_sections,axis split:value,num_or_size_splits,axis
take x,indices,axis gather:params,indices,axis compat.v1.gather
cast x,dtype cast:x,dtype
clip x,x_min,x_max clip_by_value:t,clip_value_min,clip_value_max
where condition,x1,x2 where:condition,x,y
one_hot x,num_classes,axis one_hot:indices,depth,axis
argmax x,axis math.argmax:input,axis
argmin x,axis math.argmin:input,axis
cumsum x,axis math.cumsum:x,axis
mean x,axis,keepdims math.reduce_mean:input_tensor,axis,keepdims
sum x,axis,keepdims math.reduce_sum:input_tensor,axis,keepdims
max x,axis,keepdims math.reduce_max:input_tensor,axis,keepdims
min x,axis,keepdims math.reduce_min:input_tensor,axis,keepdims
prod x,axis,keepdims math.reduce_prod:input_tensor,axis,keepdims
std x,axis,keepdims math.reduce_std:input_tensor,axis,keepdims
var x,axis,keepdims math.reduce_variance:input_tensor,axis,keepdims
logsumexp x,axis,keepdims math.reduce_logsumexp:input_tensor,axis,keepdims
all x,axis,keepdims math.reduce_all:input_tensor,axis,keepdims
any x,axis,keepdims math.reduce_any:input_tensor,axis,keepdims
norm x,ord,axis,keepdims norm:tensor,ord,axis,keepdims compat.v1.norm
normalize x,axis math.l2_normalize:x,axis linalg.l2_normalize nn.l2_normalize
top_k x,k math.top_k:input,k
zeros_like x zeros_like:input
ones_like x ones_like:input
einsum subscripts,operands einsum:equation,inputs
getitem x,key __operators__.getitem:tensor,slice_spec
stop_gradient variable stop_gradient:input
identity x identity:input
add_n x math.add_n:inputs
"""

# What TensorFlow means where its caller said nothing, as far as ours means something else.
_DEFAULTS = {"gelu": {"approximate": False}, "argmax": {"axis": 0}, "argmin": {"axis": 0}, "cumsum": {"axis": 0}}
# Arguments that ours does not have, with the values that change nothing.
_NEUTRAL = {"name": ..., "conjugate": False, "validate_indices": None, "batch_dims": 0, "transpose_a": False,
            "transpose_b": False, "adjoint_a": False, "adjoint_b": False, "a_is_sparse": False, "b_is_sparse": False,
            "output_type": None, "exclusive": False, "reverse": False, "num": None, "sorted": True, "epsilon": 1e-12,
            "on_value": None, "off_value": None, "squeeze_dims": None, "optimize": "greedy"}  # fmt: skip


class Op:
    """One of TensorFlow's symbols."""

    def __init__(self, function, ours, symbol, theirs):
        self.function, self.ours, self.symbol, self.theirs = function, ours, symbol, theirs
        self.defaults = _DEFAULTS.get(function, {})
        self.named = symbol.startswith(("math.", "__operators__.", "linalg.")) and not symbol.endswith("getitem")

    def to_ours(self, given, name):
        """Arguments under our names.

        Raises:
            ValueError: an argument that ours does not have, and that matters.
        """
        names = dict(zip(self.theirs, self.ours, strict=True))
        found = dict(self.defaults)
        for key, value in given.items():
            if key in names:
                if value is not None or names[key] == "key":
                    found[names[key]] = value
            elif key not in _NEUTRAL or _NEUTRAL[key] not in (..., value):
                raise ValueError(f'the TensorFlow op "{self.symbol}" ("{name}") is called with {key}={value!r}, which '
                                 f"{self.function} has no counterpart for here")  # fmt: skip
        return _mended(self.function, found)


def _mended(function, given):
    if function == "pad" and isinstance(given.get("mode"), str):
        given["mode"] = given["mode"].lower()
        if given["mode"] != "constant":
            given.pop("constant_values", None)
    if function == "norm" and given.get("ord") == "euclidean":
        given["ord"] = None
    if function == "getitem":
        given["key"] = _key(given["key"])
    return given


def _key(value):
    """An index as TensorFlow's ``slice_spec`` writes it, in Keras 3's form."""
    if isinstance(value, dict):
        return {"class_name": "__slice__", "config": value} if set(value) == {"start", "stop", "step"} else value
    if value is Ellipsis or value == "Ellipsis":
        return {"class_name": "__ellipsis__", "config": {}}
    return [_key(each) for each in value] if isinstance(value, (list, tuple)) else value


@functools.cache
def by_symbol():
    """TensorFlow's symbol to op."""
    found = {}
    for row in _ROWS.split("\n"):
        function, ours, *symbols = row.split() or (None, None)
        for word in symbols:
            symbol, _, names = word.partition(":")
            theirs = tuple(names.split(",")) if names else theirs  # noqa: F821 - of the symbol before
            found.setdefault(symbol, Op(function, tuple(ours.split(",")), symbol, theirs))
    return found


@functools.cache
def by_function():
    """Our op's name to the symbol that is written for it."""
    found = {}
    for row in filter(None, _ROWS.split("\n")):
        function, ours, first, *_ = row.split()
        symbol, _, names = first.partition(":")
        found[function] = Op(function, tuple(ours.split(",")), symbol, tuple(names.split(",")))
    return found
