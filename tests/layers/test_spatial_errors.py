"""What convolution, pooling, reshaping and image layers say to arguments and inputs that do not fit."""

import numpy as np
import pytest

from pykeras import Input, layers, ops


def z(*shape, dtype="float32"):
    return np.zeros(shape, dtype)


ARGUMENTS = [
    ("Conv1D", (0, 3), {}, "filters: expected a positive integer, got 0"),
    ("Conv2D", (4, 0), {}, "kernel_size: expected"),
    ("Conv2D", (4, (3, 3, 3)), {}, "kernel_size: expected an integer or 2 integers"),
    ("Conv2D", (4, 3), {"padding": "causal"}, 'padding: expected one of "valid", "same", got "causal"'),
    ("Conv3D", (4, 3), {"strides": 0}, "strides: expected"),
    ("Conv3D", (4, 3), {"groups": 3}, r"filters: expected a multiple of groups \(3\), got 4"),
    ("Conv1D", (4, 3), {"strides": 2, "dilation_rate": 2}, "cannot both be larger than 1"),
    ("Conv2DTranspose", (4, 3), {"strides": 2, "output_padding": 2}, r"output_padding: expected less than strides"),
    ("Conv2D", (4, 3), {"data_format": "NHWC"}, "data_format: expected one of"),
    ("DepthwiseConv2D", (3,), {"depth_multiplier": 0}, "depth_multiplier: expected a positive integer"),
    ("LocallyConnected2D", (2, 3), {"padding": "same"}, "implementation 1 knows only 'valid'"),
    ("LocallyConnected1D", (2, 3), {"implementation": 4}, "implementation: expected one of 1, 2, 3"),
    ("MaxPooling3D", (0,), {}, "pool_size: expected"),
    ("AdaptiveMaxPooling2D", ((2, 0),), {}, "output_size: expected"),
    ("UpSampling2D", (2,), {"interpolation": "area"}, "interpolation: expected one of"),
    ("ZeroPadding2D", ((1, 2, 3),), {}, "padding: expected a number, 2 numbers or 2 pairs"),
    ("Cropping3D", (-1,), {}, "cropping: expected"),
    ("Permute", ((1, 3),), {}, "dims: expected each of 1 to 2 once"),
    ("RepeatVector", (0,), {}, "n: expected a positive integer"),
    ("RandomFlip", ("sideways",), {}, "mode: expected one of"),
    ("RandomRotation", (1.5,), {}, "factor: expected a number or a pair of numbers from -1 to 1, got 1.5"),
    ("RandomZoom", ((-1.0, 0.5),), {}, "height_factor: expected numbers above -1"),
    ("RandomContrast", ((0.2, 1.5),), {}, "factor: expected a number or a pair of numbers from 0 to 1"),
    ("RandomBrightness", (0.2,), {"value_range": 3}, "value_range: expected the smallest and the largest value"),
    ("RandomTranslation", (0.2, "a"), {}, "width_factor: expected"),
    ("Resizing", (0, 4), {}, "height: expected a positive integer"),
    ("Resizing", (4, 4), {"fill_mode": "wrap"}, "fill_mode: expected one of"),
]


@pytest.mark.parametrize(
    "layer, args, options, message", ARGUMENTS, ids=[f"{i}-{a[0]}" for i, a in enumerate(ARGUMENTS)]
)
def test_arguments(layer, args, options, message):
    with pytest.raises(ValueError, match=message):
        getattr(layers, layer)(*args, **options)


INPUTS = [
    ("Conv1D", (4, 3), {}, (2, 5), "expected 3 axes, got 2"),
    ("Conv2D", (4, 3), {}, (1, 2, 5, 3), "reaches over 3 does not fit into spatial axis 0 of size 2"),
    ("Conv1D", (4, 3), {"dilation_rate": 4}, (1, 8, 3), "reaches over 9 does not fit into spatial axis 0 of size 8"),
    ("Conv3D", (4, 3), {"groups": 2}, (1, 5, 5, 5, 3), "3 channels do not divide into 2 groups"),
    ("MaxPooling1D", (4,), {}, (1, 3, 2), "does not fit into spatial axis 0 of size 3"),
    ("AveragePooling3D", (2,), {}, (1, 3, 3, 3), "expected 5 axes, got 4"),
    ("Cropping2D", (2,), {}, (1, 4, 5, 1), r"cropping \(2, 2\) leaves nothing of axis 1, which is of size 4"),
    ("AdaptiveAveragePooling2D", (2,), {}, (1, 3, 3), "expected 4 axes, got 3"),
    ("Permute", ((2, 1),), {}, (1, 2, 3, 4), "expected 3 axes, got 4"),
    ("RandomFlip", (), {}, (2, 3), r"expected one image \(3 axes\) or a batch \(4 axes\)"),
]


@pytest.mark.parametrize("symbolic", [False, True])
@pytest.mark.parametrize(
    "layer, args, options, shape, message", INPUTS, ids=[f"{i}-{a[0]}" for i, a in enumerate(INPUTS)]
)
def test_inputs(layer, args, options, shape, message, symbolic):
    given = Input(batch_shape=shape) if symbolic else z(*shape)
    with pytest.raises(ValueError, match=message) as caught:
        getattr(layers, layer)(*args, **options, name="it")(given)
    assert f'{layer} "it"' in str(caught.value) and str(shape) in str(caught.value)


def test_unknown_channels_and_sizes():
    with pytest.raises(ValueError, match='Conv2D "a": the number of channels must be known'):
        layers.Conv2D(2, 3, name="a")(Input((5, 5, None)))
    with pytest.raises(ValueError, match="the spatial sizes must be known"):
        layers.LocallyConnected1D(2, 3)(Input((None, 3)))


def test_other_channels_later():
    layer = layers.SeparableConv2D(2, 3, name="s")
    layer(z(1, 4, 4, 3))
    with pytest.raises(ValueError, match='SeparableConv2D "s": expected axis -1 of size 3, got 2'):
        layer(z(1, 4, 4, 2))


def test_ops():
    with pytest.raises(ValueError, match="kernel expects 2 channels, got 3"):
        ops.conv(z(1, 5, 3), z(2, 2, 4))
    with pytest.raises(ValueError, match="2 groups .* do not divide 3 filters"):
        ops.conv(z(1, 5, 4), z(2, 2, 3))
    with pytest.raises(ValueError, match="equally many axes"):
        ops.conv(z(1, 5, 5, 4), z(2, 2, 3))
    with pytest.raises(ValueError, match="conv_transpose: padding: expected 'valid' or 'same'"):
        ops.conv_transpose(z(1, 5, 3), z(2, 2, 3), padding="causal")
    with pytest.raises(ValueError, match="depthwise_conv: kernel expects 2 channels, got 3"):
        ops.depthwise_conv(z(1, 5, 3), z(2, 2, 1))
    with pytest.raises(ValueError, match="max_pool: expected 3, 4 or 5 axes"):
        ops.max_pool(z(5, 3), 2)
    with pytest.raises(ValueError, match="adaptive_max_pool: output_size: expected 1 integer"):
        ops.adaptive_max_pool(z(1, 5, 3), (2, 2))
    with pytest.raises(ValueError, match="data_format: expected 'channels_last' or 'channels_first', got 'last'"):
        ops.average_pool(z(1, 5, 3), 2, data_format="last")


def test_image_ops():
    image = z(1, 4, 4, 3)
    with pytest.raises(ValueError, match=r"resize: size: expected \(height, width\)"):
        ops.image.resize(image, (3,))
    with pytest.raises(ValueError, match="resize: interpolation: expected one of"):
        ops.image.resize(image, (3, 3), "area")
    with pytest.raises(ValueError, match="cannot both be true"):
        ops.image.resize(image, (3, 3), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)
    with pytest.raises(ValueError, match="give exactly two of the three for the height"):
        ops.image.crop_images(image, 1, 1)
    with pytest.raises(ValueError, match="do not fit images of shape"):
        ops.image.crop_images(image, 3, 0, 1, 0)
    with pytest.raises(ValueError, match="transform: expected shape"):
        ops.image.affine_transform(image, [1.0, 2.0])
    with pytest.raises(ValueError, match="got 3 transforms for 1 images"):
        ops.image.affine_transform(image, z(3, 8))
    with pytest.raises(ValueError, match="fill_mode: expected one of"):
        ops.image.map_coordinates(z(3), z(1, 2), 1, "edge")
    with pytest.raises(ValueError, match="order: expected one of 0, 1, got 3"):
        ops.image.map_coordinates(z(3), z(1, 2), 3)
    with pytest.raises(ValueError, match="expected 3 channels"):
        ops.image.rgb_to_hsv(z(1, 4, 4, 2))
    with pytest.raises(ValueError, match="expected images of a floating dtype, got uint8"):
        ops.image.hsv_to_rgb(z(1, 4, 4, 3, dtype="uint8"))
    with pytest.raises(ValueError, match="start_points and end_points: expected shape"):
        ops.image.perspective_transform(image, z(3, 2), z(3, 2))
    with pytest.raises(ValueError, match="8 channels do not divide into blocks of 3 x 3"):
        ops.depth_to_space(z(1, 2, 2, 8), 3)
    with pytest.raises(ValueError, match="does not divide into blocks of 3 x 3"):
        ops.space_to_depth(z(1, 4, 3, 1), 3)
    with pytest.raises(ValueError, match=r"fold: expected \(N, C \* 4, 4\)"):
        ops.fold(z(1, 8, 5), (3, 3), 2)
