"""Convolution, pooling, padding and resizing, with Keras 2's arguments."""

from pykeras import config, ops


def _format(data_format):
    return data_format or config.image_data_format()


def bias_add(x, bias, data_format=None):
    """``x + bias`` along the channels; a bias of more axes has one value for each place."""
    if len(bias.shape) not in (1, len(x.shape) - 1):
        raise ValueError(f"bias_add: expected a bias of 1 or {len(x.shape) - 1} axes, got shape {bias.shape}")
    if _format(data_format) == "channels_first" and len(x.shape) > 2:
        if len(bias.shape) == 1:
            return x + ops.reshape(bias, (1, -1, *[1] * (len(x.shape) - 2)))
        return x + ops.expand_dims(ops.moveaxis(bias, -1, 0), 0)
    return x + bias


def conv1d(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    if padding == "causal":
        before = dilation_rate * (kernel.shape[0] - 1)
        steps = 2 if _format(data_format) == "channels_first" else 1
        x = ops.pad(x, [(before, 0) if axis == steps else (0, 0) for axis in range(3)])
        padding = "valid"
    return ops.conv(x, kernel, strides, padding, _format(data_format), dilation_rate)


def conv2d(x, kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """:func:`pykeras.ops.conv` with Keras 2's arguments."""
    return ops.conv(x, kernel, strides, padding, _format(data_format), dilation_rate)


def conv3d(x, kernel, strides=(1, 1, 1), padding="valid", data_format=None, dilation_rate=(1, 1, 1)):
    """:func:`pykeras.ops.conv` with Keras 2's arguments."""
    return ops.conv(x, kernel, strides, padding, _format(data_format), dilation_rate)


def conv2d_transpose(x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """The gradient of a convolution for its input; the result has to come out in ``output_shape``."""
    made = ops.conv_transpose(x, kernel, strides, padding, None, _format(data_format), dilation_rate)
    if any(a is not None and b is not None and a != b for a, b in zip(made.shape, output_shape)):
        made = ops.conv_transpose(
            x, kernel, strides, padding, _output_padding(made.shape, output_shape, data_format), _format(data_format),
            dilation_rate,
        )  # fmt: skip
    return made


def _output_padding(got, wanted, data_format):
    axes = (2, 3) if _format(data_format) == "channels_first" else (1, 2)
    missing = tuple(wanted[a] - got[a] for a in axes)
    if min(missing) < 0:
        raise ValueError(f"conv2d_transpose: output_shape {tuple(wanted)} is smaller than the result's {tuple(got)}")
    return missing


def depthwise_conv2d(x, depthwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """:func:`pykeras.ops.depthwise_conv` with Keras 2's arguments."""
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, _format(data_format), dilation_rate)


def separable_conv2d(
    x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)
):
    """:func:`pykeras.ops.separable_conv` with Keras 2's arguments."""
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, _format(data_format), dilation_rate
    )


def pool2d(x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"):
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


def pool3d(x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"):
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


def _pool(x, pool_size, strides, padding, data_format, pool_mode):
    if pool_mode not in ("max", "avg"):
        raise ValueError(f"pool_mode: expected 'max' or 'avg', got {pool_mode!r}")
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, pool_size, strides, padding, _format(data_format))


def local_conv1d(inputs, kernel, kernel_size, strides, data_format=None):
    """A convolution whose kernel, of shape (places, size * channels, filters), differs from place to place."""
    steps = inputs.shape[2] if _format(data_format) == "channels_first" else inputs.shape[1]
    places = (steps - kernel_size[0]) // strides[0] + 1
    last = ops.transpose(inputs, (0, 2, 1)) if _format(data_format) == "channels_first" else inputs
    rows = [
        ops.reshape(last[:, i * strides[0] : i * strides[0] + kernel_size[0]], (1, -1, kernel.shape[1]))
        for i in range(places)
    ]
    made = ops.transpose(ops.matmul(ops.concatenate(rows, axis=0), kernel), (1, 0, 2))
    return ops.transpose(made, (0, 2, 1)) if _format(data_format) == "channels_first" else made


def local_conv2d(inputs, kernel, kernel_size, strides, output_shape, data_format=None):
    """A convolution whose kernel, of shape (places, height * width * channels, filters), differs by place."""
    first = _format(data_format) == "channels_first"
    rows = []
    for i in range(output_shape[0]):
        for j in range(output_shape[1]):
            top, left = i * strides[0], j * strides[1]
            down, right = slice(top, top + kernel_size[0]), slice(left, left + kernel_size[1])
            patch = inputs[:, :, down, right] if first else inputs[:, down, right]
            rows.append(ops.reshape(patch, (1, -1, kernel.shape[1])))
    made = ops.matmul(ops.concatenate(rows, axis=0), kernel)
    made = ops.reshape(made, (*output_shape, *made.shape[1:]))
    return ops.transpose(made, (2, 3, 0, 1) if first else (2, 0, 1, 3))


def temporal_padding(x, padding=(1, 1)):
    """:func:`pykeras.ops.pad` with Keras 2's arguments."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    return _pad(x, padding, data_format)


def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    return _pad(x, padding, data_format)


def _pad(x, padding, data_format):
    widths = [tuple(pair) for pair in padding]
    first = _format(data_format) == "channels_first"
    return ops.pad(x, [(0, 0), (0, 0), *widths] if first else [(0, 0), *widths, (0, 0)])


def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """Height and width times whole factors."""
    first = data_format == "channels_first"
    height, width = (2, 3) if first else (1, 2)
    if interpolation == "nearest":
        return ops.repeat(ops.repeat(x, height_factor, axis=height), width_factor, axis=width)
    size = (x.shape[height] * height_factor, x.shape[width] * width_factor)
    return ops.image.resize(x, size, interpolation=interpolation, data_format=data_format)


def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Depth, height and width times whole factors."""
    start = 2 if data_format == "channels_first" else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), start):
        x = ops.repeat(x, factor, axis=axis)
    return x


def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """``gamma * (x - mean) / sqrt(var + epsilon) + beta``."""
    size = x.shape[axis]
    flat = [None if v is None else ops.reshape(v, (size,)) for v in (mean, var, beta, gamma)]
    return ops.batch_normalization(x, *flat[:2], axis, *flat[2:], epsilon)


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """(normalized, mean, variance) with the moments over ``reduction_axes``."""
    mean, variance = ops.moments(x, reduction_axes, keepdims=True)
    made = (x - mean) / ops.sqrt(variance + epsilon)
    sizes = mean.shape
    if gamma is not None:
        made = made * ops.reshape(gamma, sizes)
    if beta is not None:
        made = made + ops.reshape(beta, sizes)
    return made, ops.reshape(mean, (-1,)), ops.reshape(variance, (-1,))


__all__ = [
    "batch_normalization", "bias_add", "conv1d", "conv2d", "conv2d_transpose", "conv3d", "depthwise_conv2d",
    "local_conv1d", "local_conv2d", "normalize_batch_in_training", "pool2d", "pool3d", "resize_images",
    "resize_volumes", "separable_conv2d", "spatial_2d_padding", "spatial_3d_padding", "temporal_padding",
]  # fmt: skip
