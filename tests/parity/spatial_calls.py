"""Calls of convolution, pooling and image ops, compared with Keras. ``ops`` is Keras's namespace or ours."""

import zlib

import numpy as np


def floats(*shape, low=-1.0, high=1.0, seed=0):
    return np.random.RandomState(zlib.crc32(repr((shape, seed)).encode())).uniform(low, high, shape).astype("float32")


def bytes_(*shape):
    return np.random.RandomState(1).randint(0, 256, shape).astype("uint8")


_TURN = [0.9, -0.4, 1.5, 0.3, 1.1, -0.7, 0, 0]
_MOVES = np.array([_TURN, [1, 0, 1.3, 0, 1, -2.6, 0, 0]], "float32")
_CORNERS = np.array([[[0, 0], [5, 0], [0, 4], [5, 4]]] * 2, "float32")
_MOVED = _CORNERS + floats(2, 4, 2, low=-1, high=1)
_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def calls(ops):
    """name -> (function, float32 arrays that take gradients)."""
    image, one, first = floats(2, 5, 6, 3), floats(5, 6, 2, seed=1), floats(2, 3, 5, 6, seed=2)
    places = np.concatenate([floats(1, 3, 4, low=-7, high=10), floats(1, 3, 4, low=-9, high=13, seed=1)])
    unit = floats(2, 4, 3, 3, low=0, high=1)
    found = {
        "conv_1d": (lambda x, k: ops.conv(x, k, 2, "same"), (floats(2, 7, 3), floats(3, 3, 2))),
        "conv_2d_groups": (lambda x, k: ops.conv(x, k, 1, "valid", "channels_first"), (first, floats(2, 3, 1, 3))),
        "conv_3d": (lambda x, k: ops.conv(x, k, (1, 2, 1), "same", dilation_rate=1),
                    (floats(1, 3, 4, 3, 2), floats(3, 2, 2, 2, 2))),
        "conv_3d_first": (lambda x, k: ops.conv(x, k, 1, "valid", "channels_first", (2, 1, 1)),
                          (floats(1, 2, 4, 3, 3), floats(2, 2, 2, 1, 4))),
        "conv_transpose_1d": (lambda x, k: ops.conv_transpose(x, k, 2, "same", 1), (floats(2, 4, 3), floats(3, 2, 3))),
        "conv_transpose_long": (lambda x, k: ops.conv_transpose(x, k, 2, "valid", 4),
                                (floats(2, 3, 3), floats(2, 2, 3))),
        "conv_transpose_3d": (lambda x, k: ops.conv_transpose(x, k, 2, "same"),
                              (floats(1, 2, 2, 3, 2), floats(3, 2, 3, 1, 2))),
        "depthwise_1d": (lambda x, k: ops.depthwise_conv(x, k, 1, "same"), (floats(2, 5, 3), floats(3, 3, 2))),
        "separable_2d": (lambda x, d, p: ops.separable_conv(x, d, p, 2, "same"),
                         (image, floats(3, 3, 3, 2), floats(1, 1, 6, 2))),
        "max_pool_3d": (lambda x: ops.max_pool(x, (2, 2, 2), (1, 1, 1), "same"), (floats(1, 3, 3, 4, 2),)),
        "average_pool_1d": (lambda x: ops.average_pool(x, (3,), (2,), "same"), (floats(2, 6, 2),)),
        "adaptive_average": (lambda x: ops.adaptive_average_pool(x, (3, 4), "channels_first"), (first,)),
        "adaptive_max": (lambda x: ops.adaptive_max_pool(x, 3), (image,)),
        "depth_to_space": (lambda x: ops.nn.depth_to_space(x, 2), (floats(1, 2, 3, 8),)),
        "depth_to_space_first": (lambda x: ops.nn.depth_to_space(x, 2, "channels_first"), (floats(1, 8, 2, 3),)),
        "space_to_depth": (lambda x: ops.nn.space_to_depth(x, 2), (floats(1, 4, 6, 2),)),
        "space_to_depth_first": (lambda x: ops.nn.space_to_depth(x, 2, "channels_first"), (floats(1, 2, 4, 6),)),
        "unfold": (lambda x: ops.nn.unfold(x, (2, 3), (2, 1), (1, 0), (1, 2)), (first,)),
        "fold": (lambda x: ops.nn.fold(x, (4, 5), (2, 2), 1, 1, 2), (floats(1, 8, 9),)),
        "psnr": (lambda x, y: ops.nn.psnr(x, y, 1.0), (floats(2, 3), floats(2, 3, seed=1))),
        "resize_crop": (lambda x: ops.image.resize(x, (4, 3), "bicubic", crop_to_aspect_ratio=True), (image,)),
        "resize_one": (lambda x: ops.image.resize(x, (3, 9), "lanczos3", True), (one,)),
        "resize_first": (lambda x: ops.image.resize(x, (4, 4), data_format="channels_first"), (first,)),
        "scale_and_translate": (lambda x: ops.image.scale_and_translate(
            x, (2, 4, 7, 3), np.array([0.7, 1.4], "float32"), np.array([0.3, -1.2], "float32"), (1, 2), "cubic"),
            (image,)),
        "scale_plain": (lambda x: ops.image.scale_and_translate(
            x, (2, 3, 6, 3), np.array([0.6], "float32"), np.array([0.0], "float32"), (1,), "linear", False), (image,)),
        "affine_first": (lambda x: ops.image.affine_transform(x, _MOVES, data_format="channels_first", fill_value=0.5),
                         (first,)),
        "affine_one": (lambda x: ops.image.affine_transform(x, np.array(_TURN, "float32"), "nearest", "wrap"), (one,)),
        "perspective": (lambda x: ops.image.perspective_transform(x, _CORNERS, _MOVED), (image,)),
        "perspective_nearest": (lambda x: ops.image.perspective_transform(
            x, _CORNERS[0], _MOVED[0], "nearest", 2.0), (one,)),
        "crop": (lambda x: ops.image.crop_images(x, 1, 2, target_height=3, right_cropping=1), (image,)),
        "crop_first": (lambda x: ops.image.crop_images(x, bottom_cropping=1, left_cropping=0, target_height=2,
                                                       target_width=4, data_format="channels_first"), (first,)),
        "pad": (lambda x: ops.image.pad_images(x, 1, 2, target_height=8, right_padding=1), (image,)),
        "pad_one": (lambda x: ops.image.pad_images(x, bottom_padding=1, left_padding=0, target_height=7,
                                                   target_width=6), (one,)),
        "patches": (lambda x: ops.image.extract_patches(x, (2, 3)), (image,)),
        "patches_same": (lambda x: ops.image.extract_patches(x, 3, 2, 1, "same"), (image,)),
        "patches_first": (lambda x: ops.image.extract_patches(x, 2, 1, 2, "valid", "channels_first"), (first,)),
        "patches_one": (lambda x: ops.image.extract_patches(x, 2), (one,)),
        "patches_3d": (lambda x: ops.image.extract_patches_3d(x, 2, 1, 1, "same"), (floats(1, 2, 3, 2, 2),)),
        "gray": (lambda x: ops.image.rgb_to_grayscale(x), (image,)),
        "gray_first": (lambda x: ops.image.rgb_to_grayscale(x, "channels_first"), (first,)),
        "hsv": (lambda x: ops.image.rgb_to_hsv(x), (unit,)),
        "rgb": (lambda x: ops.image.hsv_to_rgb(x), (unit,)),
        "hsv_first": (lambda x: ops.image.rgb_to_hsv(x, "channels_first"), (floats(2, 3, 4, 3, low=0, high=1),)),
        "blur": (lambda x: ops.image.gaussian_blur(x, (3, 5), (0.8, 1.4), "channels_last"), (image,)),
        "blur_first": (lambda x: ops.image.gaussian_blur(x, data_format="channels_first"), (first,)),
        "sobel": (lambda x: ops.image.sobel_edges(x, "channels_last"), (image,)),
        "ssim": (lambda x, y: ops.image.ssim(x, y, 1.0, 3), (unit, floats(2, 4, 3, 3, low=0, high=1, seed=1))),
        **{
            f"map_{mode}_{order}": (
                lambda x, p, mode=mode, order=order: ops.image.map_coordinates(x, p, order, mode, 0.25),
                (floats(4, 5), places),
            )
            for mode in _MODES
            for order in (0, 1)
        },
        **{
            f"affine_{mode}": (
                lambda x, mode=mode: ops.image.affine_transform(x, _MOVES, fill_mode=mode, fill_value=0.3), (image,)
            )
            for mode in _MODES
        },
    }  # fmt: skip
    return found


def whole_calls(ops):
    """name -> result of integer images, without gradients."""
    x = bytes_(2, 5, 6, 3)
    return {
        "resize_nearest": ops.image.resize(x, (3, 4), "nearest"),
        "gray": ops.image.rgb_to_grayscale(x),
        "affine": ops.image.affine_transform(x, _MOVES),
        "map": ops.image.map_coordinates(x[0, :, :, 0], [[0.5, 1.5, 2.2], [0.0, 3.5, 1.1]], 1),
        "crop": ops.image.crop_images(x, 1, 1, 1, 1),
        "pad": ops.image.pad_images(x, 1, 0, 0, 1),
        "max_pool": ops.max_pool(x.astype("int32"), (2, 2), (2, 2)),
    }


def upstream(name, shape):
    return floats(*shape, seed=name)
