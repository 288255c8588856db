"""Ops between layers in configurations: the classes that Keras 3 writes for them, as data, and both translations.

Keras 3 has a class for each op; what its constructor takes stands in ``config``, the rest in the call's arguments.
Here an op is a function, and one signature holds both.
"""

from __future__ import annotations

import functools
import inspect
import re
from typing import Any

from pykeras import activations, ops
from pykeras.keras_tensor import FunctionOperation, snake_case

# Keras 3's modules, the classes in them as Class=function(constructor arguments); the function's name is the class's in
# snake case where it is left out.
_CLASSES = {
    "numpy": """
Einsum(subscripts) Rot90(k,axes) Absolute Abs Fabs Add All(axis,keepdims) AllClose=allclose(rtol,atol,equal_nan) Angle
Any(axis,keepdims) Amax(axis,keepdims) Amin(axis,keepdims) Append(axis) Arange(dtype) Arccos Arccosh Arcsin Arcsinh
Arctan Arctan2 Arctanh Argmax(axis,keepdims) Argmin(axis,keepdims) Argsort(axis) Array(dtype) View(dtype)
Average(axis) Heaviside Bincount(weights,minlength,sparse) BitwiseAnd BitwiseInvert BitwiseNot BitwiseOr BitwiseXor
BitwiseLeftShift LeftShift BitwiseRightShift RightShift BroadcastTo(shape) Cbrt Ceil Clip(x_min,x_max)
Concatenate(axis) Conjugate Conj Copy Cos Cosh CountNonzero(axis) Cross(axisa,axisb,axisc,axis) Cumprod(axis,dtype)
Cumsum(axis,dtype) Deg2rad Rad2deg Diag(k) Diagflat(k) Diagonal(offset,axis1,axis2) Diff(n,axis) Digitize Dot Dstack
EmptyLike(dtype) Equal Exp Exp2 ExpandDims(axis) Expm1 Flip(axis) Fliplr Flipud Floor Full(shape,dtype)
FullLike(dtype) Gcd GetItem=getitem() Geomspace(num,endpoint,dtype,axis) Greater GreaterEqual Hstack
Hsplit(indices_or_sections) Hypot Imag I0 Isclose(equal_nan) Isfinite IsIn=isin(assume_unique,invert) Isinf Isnan
Isneginf Isposinf Isreal Kron Lcm Ldexp Less LessEqual Linspace(num,endpoint,retstep,dtype,axis) Log Log10 Log1p
Log2 Logaddexp Logaddexp2 LogicalAnd LogicalNot LogicalOr Logspace(num,endpoint,base,dtype,axis) Matmul
Max(axis,keepdims,initial) Maximum Fmax Median(axis,keepdims) Min(axis,keepdims,initial) Minimum Fmin Mod Fmod
Moveaxis(source,destination) Nanargmax(axis,keepdims) Nanargmin(axis,keepdims) Nancumsum(axis,dtype)
Nancumprod(axis,dtype) Nanmax(axis,keepdims) Nanmean(axis,keepdims) Nanmedian(axis,keepdims) Nanmin(axis,keepdims)
Nanpercentile(axis,method,keepdims) Nanprod(axis,keepdims) Nanquantile(axis,method,keepdims) Nanstd(axis,keepdims)
Nansum(axis,keepdims) Nanvar(axis,keepdims) NanToNum(nan,posinf,neginf) Ndim Nonzero NotEqual OnesLike(dtype)
ZerosLike(dtype) Outer Pad(pad_width,mode) Percentile(axis,method,keepdims) Prod(axis,keepdims,dtype)
Ptp(axis,keepdims) Quantile(axis,method,keepdims) Ravel UnravelIndex(shape) Real Reciprocal Repeat(repeats,axis)
Reshape(newshape) Roll(shift,axis) Round(decimals) SearchSorted=searchsorted(side) Sign Signbit Sin Sinc Sinh Size
Sort(axis) Split(indices_or_sections,axis) Stack(axis) Std(axis,keepdims) Swapaxes(axis1,axis2) Take(axis)
TakeAlongAxis(axis) Tan Tanh Tensordot(axes) Tile(repeats) Trace(offset,axis1,axis2) Tril(k) Triu(k) Trunc Vdot
Inner Vstack Vsplit(indices_or_sections) Where Subtract Multiply Divide DivideNoNan TrueDivide Power Negative
Nextafter Square Sqrt Squeeze(axis) Transpose(axes) Trapezoid(x,dx,axis) Mean(axis,keepdims) Vander(N,increasing)
Var(axis,keepdims) Sum(axis,keepdims) FloorDivide LogicalXor Corrcoef Correlate(mode) Slogdet Argpartition(kth,axis)
Histogram(bins,range) ArraySplit(indices_or_sections,axis)
Unique(sorted,return_index,return_inverse,return_counts,axis,size,fill_value) Dsplit(indices_or_sections)
    """,
    "nn": """
Relu Relu6 Sigmoid SparseSigmoid Softplus Softsign SoftShrink(threshold) SparsePlus Silu Squareplus(b) LogSigmoid
LeakyRelu(negative_slope) HardSigmoid HardSilu Elu(alpha) Selu Gelu(approximate) Celu(alpha) Glu(axis) TanhShrink
HardTanh HardShrink(threshold) Threshold(threshold,default_value) Softmax(axis) LogSoftmax(axis) Sparsemax(axis)
MaxPool(pool_size,strides,padding,data_format) AdaptiveMaxPool(output_size,data_format)
AveragePool(pool_size,strides,padding,data_format) AdaptiveAveragePool(output_size,data_format)
Conv(strides,padding,data_format,dilation_rate) DepthwiseConv(strides,padding,data_format,dilation_rate)
SeparableConv(strides,padding,data_format,dilation_rate)
ConvTranspose(strides,padding,output_padding,data_format,dilation_rate) OneHot(num_classes,axis,dtype,sparse)
BinaryCrossentropy(from_logits) CategoricalCrossentropy(from_logits,axis)
SparseCategoricalCrossentropy(from_logits,axis) MultiHot(num_classes,axis,dtype)
Moments(axes,keepdims,synchronized) BatchNorm=batch_normalization(axis,epsilon) CTCLoss(mask_index)
CTCDecode(strategy,beam_width,top_paths,merge_repeated,mask_index) Normalize(axis,order,epsilon) PSNR(max_val)
DotProductAttention(is_causal,flash_attention,attn_logits_soft_cap) RMSNorm=rms_normalization(axis,epsilon)
LayerNorm=layer_normalization(axis,epsilon,rms_scaling) Polar Unfold(kernel_size,dilation,padding,stride)
Fold(output_size,kernel_size,dilation,padding,stride) DepthToSpace(block_size,data_format)
SpaceToDepth(block_size,data_format)
    """,
    "math": """
SegmentSum(num_segments,sorted) SegmentMax(num_segments,sorted) SegmentMin(num_segments,sorted)
SegmentProd(num_segments,sorted) TopK(k,sorted) InTopK(k) Logsumexp(axis,keepdims) CDist=cdist()
ExtractSequences(sequence_length,sequence_stride) FFT FFT2 IFFT2 RFFT(fft_length) IRFFT(fft_length)
STFT(sequence_length,sequence_stride,fft_length,window,center)
ISTFT(sequence_length,sequence_stride,fft_length,length,window,center) Rsqrt Erf Erfc Erfinv Logdet ViewAsComplex
ViewAsReal
    """,
    "core": """
Scatter(shape) ScatterUpdate(reduction) Slice(shape) SliceUpdate StopGradient Unstack(num,axis) Cast(dtype)
SaturateCast(dtype)
    """,
    "image": """
RGBToGrayscale(data_format) RGBToHSV(data_format) HSVToRGB(data_format)
Resize(size,interpolation,antialias,crop_to_aspect_ratio,pad_to_aspect_ratio,fill_mode,fill_value,data_format)
    """,
    "linalg": """
Cholesky(upper) CholeskyInverse(upper) Det Eig Eigh Inv LuFactor Norm(ord,axis,keepdims) Qr(mode) Solve
SolveTriangular(lower) SVD(full_matrices,compute_uv) Lstsq(rcond) MatrixRank(tol) Pinv(rcond)
    """,
}
_ACTIVATIONS = "keras.src.activations.activations"
_SEVERAL = inspect.Parameter.VAR_POSITIONAL
_ACTIVATION_CLASSES = {"ReLU": ("relu", ("negative_slope", "max_value", "threshold"))}


class _Entry:
    def __init__(self, module: str, class_name: str, function: str, arguments: tuple[str, ...]):
        self.module, self.class_name, self.function, self.arguments = module, class_name, function, arguments


@functools.cache
def _entries() -> dict[str, _Entry]:
    """Class name to entry."""
    found = {}
    for module, text in _CLASSES.items():
        for word in text.split():
            match = re.fullmatch(r"(\w+)(?:=(\w+))?(?:\((.*)\))?", word)
            assert match, word
            class_name, function, arguments = match.groups()
            entry = _Entry(f"keras.src.ops.{module}", class_name, function or snake_case(class_name),
                           tuple(filter(None, (arguments or "").split(","))))  # fmt: skip
            found[class_name] = entry
    return found


@functools.cache
def _by_function() -> dict[str, _Entry]:
    return {entry.function: entry for entry in reversed(_entries().values())}


def is_operation(entry: dict) -> bool:
    """Whether a configuration describes an op rather than a layer."""
    module, config = entry.get("module"), entry.get("config")
    if entry.get("class_name") == "FunctionOperation":
        return True
    if module is None and isinstance(config, dict):  # Keras 3's HDF5 files say no module; layers say trainable
        return entry.get("class_name") in {*_entries(), *_ACTIVATION_CLASSES} and "trainable" not in config
    return (module or "").startswith(("keras.src.ops.", _ACTIVATIONS))


def serialize(operation: FunctionOperation, args: tuple, kwargs: dict) -> tuple[dict, tuple]:
    """Keras 3's configuration of an op, and the arguments of its call.

    An op that Keras 3 has no class for is written as ``FunctionOperation``, which opens here alone.
    """
    function = operation.function
    entry = _by_function().get(function.__name__)
    if function.__module__ == activations.__name__:
        entry = next((_Entry(_ACTIVATIONS, name, each, names) for name, (each, names) in _ACTIVATION_CLASSES.items()
                      if each == function.__name__), entry)  # fmt: skip
    if entry is None:
        return function_form(operation), args
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    given = set(bound.arguments)
    bound.apply_defaults()
    config = {name: value for name, value in bound.arguments.items() if name in entry.arguments}
    form = {"module": entry.module, "class_name": entry.class_name, "config": {"name": operation.name, **config},
            "registered_name": entry.class_name}  # fmt: skip
    rest = [name for name in signature.parameters if name not in entry.arguments]
    last = max(rest.index(name) for name in rest if name in given)
    values = [(bound.arguments[name], signature.parameters[name].kind) for name in rest[: last + 1]]
    return form, tuple(one for value, kind in values for one in (value if kind is _SEVERAL else (value,)))


def function_form(operation: FunctionOperation) -> dict:
    """An op by the name of its function; its arguments all stand in the call."""
    return {"module": "pykeras.ops", "class_name": "FunctionOperation", "registered_name": None,
            "config": {"name": operation.name, "function": operation.function.__name__}}  # fmt: skip


def deserialize(entry: dict) -> tuple[FunctionOperation, dict]:
    """The op of a configuration, and the arguments that stand there rather than in its calls.

    Raises:
        ValueError: an op that is not known.
    """
    class_name, config = entry["class_name"], dict(entry["config"])
    name = config.pop("name", None)
    if class_name == "FunctionOperation":
        function_name = config.pop("function")
        function = getattr(ops, str(function_name), None)
        if not getattr(function, "is_operation", False) and function_name not in _by_function():
            function = None
    elif class_name in _ACTIVATION_CLASSES:
        function_name, _ = _ACTIVATION_CLASSES[class_name]
        function = getattr(activations, function_name)
    else:
        function_name = _entries()[class_name].function if class_name in _entries() else class_name
        function = getattr(ops, function_name, None) if class_name in _entries() else None
    if not inspect.isfunction(function):
        raise ValueError(f'the op "{function_name}" ("{name}") in the model\'s configuration is not known here')
    for key, value in config.items():
        if isinstance(value, list):  # JSON has no tuples
            config[key] = _tuples(value)
    return FunctionOperation(function, name), config


def arguments(operation: FunctionOperation, constant: dict, args: list, kwargs: dict) -> tuple[list, dict]:
    """Positional and named arguments of a call: those of the configuration among those of the call.

    Raises:
        ValueError: names or numbers that do not fit the op.
    """
    parameters = inspect.signature(operation.function).parameters
    if any(parameter.kind is _SEVERAL for parameter in parameters.values()):
        before = [constant.pop(name) for name, p in parameters.items() if p.kind is not _SEVERAL and name in constant]
        return [*before, *args], kwargs
    names = [name for name in parameters if name not in constant]
    if len(args) > len(names):
        raise ValueError(f'the op "{operation.name}" takes {len(names)} arguments, its configuration has {len(args)}')
    given = {**dict(zip(names, args)), **kwargs, **constant}
    for name in [name for name in given if name not in parameters]:
        if given.pop(name) not in (None, False):
            raise ValueError(f'the op "{operation.name}" has no argument {name!r} here')
    if operation.function is ops.getitem:
        given["key"] = _tuples(given["key"])
    return [], given


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
