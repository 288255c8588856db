"""Dense, embedding, merging and reshaping layers in ONNX."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from pykeras.export.builder import NotExpressible
from pykeras.export.functions import activate
from pykeras.export.table import Call, joined_mask, layer


@layer("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "GaussianNoise",
       "AlphaDropout", "ActivityRegularization", "Identity", "RandomContrast", "RandomBrightness", "RandomFlip",
       "RandomRotation", "RandomTranslation", "RandomZoom")  # fmt: skip
def only_while_training(call: Call) -> str:
    return call.x


def _values(variable: Any) -> Any:
    return None if variable is None else variable.numpy()


@layer("Dense")
def dense(call: Call) -> str:
    layer = call.layer
    return activate(call.g, layer.activation, call.g.affine(call.x, layer.kernel.numpy(), _values(layer.bias)))


@layer("EinsumDense")
def einsum_dense(call: Call) -> str:
    g, layer = call.g, call.layer
    left, out = layer.equation.replace(" ", "").split("->")
    inputs, kernel = left.split(",")
    rank, letters = len(call.shape), iter(c for c in "zyxwvutsrqponml" if c not in layer.equation)
    if "..." in layer.equation:
        more = "".join(next(letters) for _ in range(rank - len(inputs) + 3))
        inputs, out = inputs.replace("...", more), out.replace("...", more)
    y = g.add("Einsum", call.x, g.const(layer.kernel.numpy()), equation=f"{inputs},{kernel}->{out}")
    y = y if layer.bias is None else g.add("Add", y, g.const(layer.bias.numpy()))
    return activate(g, layer.activation, y)


@layer("Embedding")
def embedding(call: Call) -> str:
    g = call.g
    numbers = g.cast(call.x, "int64")
    if call.layer.mask_zero:
        zero = g.add("Equal", numbers, g.const(np.int64(0)))
        call.mask = g.add("Not", zero)
    return g.add("Gather", g.const(call.layer.embeddings.numpy()), numbers, axis=0)


@layer("Masking")
def masking(call: Call) -> str:
    g = call.g
    same = g.cast(g.add("Equal", call.x, g.const(np.float32(call.layer.mask_value))), "float32")
    differs = g.add("Less", g.reduce("Min", same, [-1]), g.const(np.float32(0.5)))
    call.mask = differs
    return g.add("Mul", call.x, g.unsqueeze(g.cast(differs, "float32"), -1))


@layer("Activation")
def activation(call: Call) -> str:
    return activate(call.g, call.layer.activation, call.x)


@layer("ReLU")
def relu(call: Call) -> str:
    g, layer = call.g, call.layer
    if layer.threshold:
        raise NotExpressible("threshold")
    y = g.add("LeakyRelu", call.x, alpha=float(layer.negative_slope)) if layer.negative_slope else g.add("Relu", call.x)
    return y if layer.max_value is None else g.add("Min", y, g.const(np.float32(layer.max_value)))


@layer("LeakyReLU")
def leaky_relu(call: Call) -> str:
    return call.g.add("LeakyRelu", call.x, alpha=float(call.layer.negative_slope))


@layer("ELU")
def elu(call: Call) -> str:
    return call.g.add("Elu", call.x, alpha=float(call.layer.alpha))


@layer("PReLU")
def prelu(call: Call) -> str:
    return call.g.add("PRelu", call.x, call.g.const(call.layer.alpha.numpy()))


@layer("ThresholdedReLU")
def thresholded_relu(call: Call) -> str:
    return call.g.add("ThresholdedRelu", call.x, alpha=float(call.layer.theta))


@layer("Softmax")
def softmax(call: Call) -> str:
    if not isinstance(call.layer.axis, int) or call.mask is not None:
        raise NotExpressible("several axes, or a mask")
    return call.g.add("Softmax", call.x, axis=call.layer.axis)


@layer("Rescaling")
def rescaling(call: Call) -> str:
    g, layer = call.g, call.layer
    scaled = g.add("Mul", call.x, g.const(np.asarray(layer.scale, "float32")))
    return g.add("Add", scaled, g.const(np.asarray(layer.offset, "float32")))


# ---- merging --------------------------------------------------------------------------------------------------------


def _merging(kind: str) -> Any:
    def merge(call: Call) -> str:
        call.mask = joined_mask(call)
        ranks = [len(shape) for shape in call.shapes]
        inputs = [call.g.unsqueeze(x, *range(1, 1 + max(ranks) - rank)) if rank < max(ranks) else x
                  for x, rank in zip(call.inputs, ranks)]  # fmt: skip
        if kind in ("Max", "Min"):
            return call.g.add(kind, *inputs)
        return reduce(lambda a, b: call.g.add(kind, a, b), inputs)

    return merge


layer("Add")(_merging("Add"))
layer("Subtract")(_merging("Sub"))
layer("Multiply")(_merging("Mul"))
layer("Maximum")(_merging("Max"))
layer("Minimum")(_merging("Min"))


@layer("Average")
def average(call: Call) -> str:
    return call.g.add("Div", _merging("Add")(call), call.g.const(np.float32(len(call.inputs))))


@layer("Concatenate")
def concatenate(call: Call) -> str:
    call.mask = joined_mask(call)
    return call.g.add("Concat", *call.inputs, axis=call.layer.axis)


@layer("Dot")
def dot(call: Call) -> str:
    g, layer = call.g, call.layer
    axes = layer.axes if isinstance(layer.axes, tuple) else (layer.axes, layer.axes)
    ranks = [len(shape) for shape in call.shapes]
    first, second = (axis % rank for axis, rank in zip(axes, ranks))
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    a = ["a", *[next(letters) for _ in range(ranks[0] - 1)]]
    b = ["a", *[next(letters) for _ in range(ranks[1] - 1)]]
    b[second] = a[first]
    out = [c for c in a if c != a[first]] + [c for c in b[1:] if c != a[first]]
    inputs = call.inputs
    if layer.normalize:
        inputs = [_normalized(g, x, axis) for x, axis in zip(inputs, (first, second))]
    y = g.add("Einsum", *inputs, equation=f"{''.join(a)},{''.join(b)}->{''.join(out)}")
    return g.unsqueeze(y, 1) if len(out) == 1 else y


def _normalized(g: Any, x: str, axis: int) -> str:
    square = g.reduce("Sum", g.add("Mul", x, x), [axis], True)
    return g.add("Div", x, g.add("Sqrt", g.add("Max", square, g.const(np.float32(1e-12)))))


# ---- shapes ---------------------------------------------------------------------------------------------------------


@layer("Flatten", masks=False)
def flatten(call: Call) -> str:
    x, rank = call.x, len(call.shape)
    if call.layer.data_format == "channels_first" and rank > 2:
        x = call.g.transpose(x, [0, *range(2, rank), 1])
    return call.g.add("Flatten", x, axis=1) if rank > 1 else call.g.unsqueeze(x, 1)


@layer("Reshape", masks=False)
def reshape(call: Call) -> str:
    sizes = call.out_shape[1:]
    if sum(size is None for size in sizes) > 0:
        if -1 not in call.layer.target_shape:
            raise NotExpressible("a size that is not known")
        return call.g.reshape(call.x, [0, *call.layer.target_shape])
    return call.g.reshape(call.x, [-1, *sizes])


@layer("Permute", masks=False)
def permute(call: Call) -> str:
    return call.g.transpose(call.x, [0, *call.layer.dims])


@layer("RepeatVector", masks=False)
def repeat_vector(call: Call) -> str:
    return call.g.add("Tile", call.g.unsqueeze(call.x, 1), call.g.ints(1, call.layer.n, 1))


@layer("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", masks=False)
def zero_padding(call: Call) -> str:
    before, after = _margins(call, call.layer.padding)
    return call.g.add("Pad", call.x, call.g.ints(*before, *after), call.g.const(np.float32(0.0)))


@layer("Cropping1D", "Cropping2D", "Cropping3D", masks=False)
def cropping(call: Call) -> str:
    before, after = _margins(call, call.layer.cropping)
    whole = np.iinfo("int64").max
    ends = [-each if each else whole for each in after]
    return call.g.add("Slice", call.x, call.g.ints(*before), call.g.ints(*ends), call.g.ints(*range(len(ends))))


def _margins(call: Call, given: Any) -> tuple[list[int], list[int]]:
    pairs = [given] if isinstance(given[0], int) else list(given)
    rest = [(0, 0)]
    all_axes = [*rest, *pairs, *rest] if call.layer.data_format == "channels_last" else [*rest, *rest, *pairs]
    return [pair[0] for pair in all_axes], [pair[1] for pair in all_axes]


@layer("UpSampling1D", "UpSampling2D", "UpSampling3D", "Resizing", masks=False)
def up_sampling(call: Call) -> str:
    g, layer = call.g, call.layer
    ways = {"nearest": ("nearest", "asymmetric"), "bilinear": ("linear", "half_pixel")}
    how = getattr(layer, "interpolation", "nearest")
    if how not in ways or getattr(layer, "antialias", False) or getattr(layer, "crop_to_aspect_ratio", False):
        raise NotExpressible(f"interpolation {how!r}, antialias or crop_to_aspect_ratio")
    if type(layer).__name__ == "Resizing":
        if getattr(layer, "pad_to_aspect_ratio", False) or len(call.shape) != 4 or None in call.shape[1:]:
            raise NotExpressible("pad_to_aspect_ratio, or sizes that are not known")
        last = layer.data_format == "channels_last"
        sizes = call.shape[1:3] if last else call.shape[2:4]
        factors = [layer.height / sizes[0], layer.width / sizes[1]]
        ways = {**ways, "nearest": ("nearest", "half_pixel")}
    else:
        last, factors = layer.data_format == "channels_last", list(layer._factors)
    x = g.transpose(call.x, [0, len(call.shape) - 1, *range(1, len(call.shape) - 1)]) if last else call.x
    mode, place = ways[how]
    rounding = "floor" if place == "asymmetric" else "round_prefer_ceil"
    y = g.add("Resize", x, "", g.const(np.asarray([1, 1, *factors], "float32")), mode=mode,
              coordinate_transformation_mode=place, nearest_mode=rounding)  # fmt: skip
    return g.transpose(y, [0, *range(2, len(call.shape)), 1]) if last else y
