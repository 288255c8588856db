"""Convolutions: plain, transposed, depthwise, separable; every padding and layout."""

from . import Case

_L2 = {"class_name": "L2", "config": {"l2": 0.1}}


def formats(layer, config, shape, **more):
    """The case in both layouts; the second differs by what stands around the ops, and is not trained again."""
    first = (shape[0], shape[-1], *shape[1:-1])
    return [
        Case(layer, {**config, "data_format": "channels_last"}, shape, **more),
        Case(layer, {**config, "data_format": "channels_first"}, first, **{**more, "fit": False}),
    ]


PLAIN = [
    *formats("Conv1D", {"filters": 3, "kernel_size": 3}, (2, 6, 2)),
    *formats("Conv1D", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}, (2, 7, 3)),
    *formats("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}, (2, 6, 2)),
    Case("Conv1D", {"filters": 4, "kernel_size": 2, "groups": 2, "strides": 2, "padding": "causal",
                    "activation": "sigmoid"}, (2, 5, 4), symbolic=(None, None, 4)),
    Case("Conv1D", {"filters": 2, "kernel_size": 1, "use_bias": False}, (2, 3, 3)),
    Case("Conv1D", {"filters": 2, "kernel_size": 2, "kernel_regularizer": _L2, "bias_constraint": "non_neg"},
         (2, 4, 1)),
    Case("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "same", "dilation_rate": 3}, (1, 5, 2),
         symbolic=(None, None, 2)),
    *formats("Conv3D", {"filters": 2, "kernel_size": 2}, (2, 3, 4, 3, 2)),
    *formats("Conv3D", {"filters": 2, "kernel_size": (3, 2, 3), "strides": (2, 1, 2), "padding": "same"},
             (1, 4, 3, 5, 2)),
    *formats("Conv3D", {"filters": 4, "kernel_size": 2, "groups": 2, "padding": "same"}, (1, 3, 2, 3, 4)),
    Case("Conv3D", {"filters": 2, "kernel_size": (2, 1, 2), "dilation_rate": (2, 1, 1), "activation": "relu"},
         (1, 4, 3, 3, 1), symbolic=(None, None, None, None, 1)),
    Case("Conv3D", {"filters": 2, "kernel_size": (1, 2, 2), "use_bias": False}, (2, 2, 3, 3, 2)),
    Case("Conv3D", {"filters": 2, "kernel_size": 1, "strides": 2}, (1, 3, 3, 3, 2)),
    Case("Convolution2D", {"filters": 2, "kernel_size": 2, "strides": (1, 3), "padding": "same"}, (1, 4, 7, 2),
         symbolic=(None, None, None, 2)),
]  # fmt: skip

TRANSPOSED = [
    *(
        Case("Conv1DTranspose", {"filters": 2, "kernel_size": k, "strides": s, "padding": p, "output_padding": o},
             (2, 4, 3), fit=k == 3)
        for k, s, p, o in [(3, 1, "valid", None), (3, 2, "same", None), (2, 3, "valid", None), (2, 3, "same", None),
                           (3, 2, "valid", 1), (3, 2, "same", 0), (3, 2, "same", 1), (4, 2, "same", 1),
                           (5, 3, "same", 2), (1, 2, "same", 1), (4, 3, "same", 2), (2, 3, "valid", 2)]
    ),
    Case("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, (1, 5, 2),
         symbolic=(None, None, 2)),
    *formats("Conv2DTranspose", {"filters": 3, "kernel_size": 3}, (2, 3, 4, 2)),
    *formats("Conv2DTranspose", {"filters": 2, "kernel_size": (3, 2), "strides": 2, "padding": "same"}, (2, 3, 2, 3)),
    Case("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1, "padding": "same",
                             "activation": "relu", "use_bias": False}, (1, 3, 3, 2), symbolic=(None, None, None, 2)),
    Case("Conv2DTranspose", {"filters": 1, "kernel_size": 2, "dilation_rate": (2, 1), "kernel_regularizer": _L2},
         (1, 3, 3, 2)),
    *formats("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": (2, 1, 2), "padding": "same"},
             (1, 2, 3, 2, 2)),
    Case("Conv3DTranspose", {"filters": 1, "kernel_size": (3, 2, 1), "strides": 2, "output_padding": 1},
         (1, 2, 2, 2, 2), symbolic=(None, None, None, None, 2)),
    Case("Conv3DTranspose", {"filters": 2, "kernel_size": (2, 2, 2), "dilation_rate": (2, 1, 1)}, (1, 2, 2, 2, 1)),
    Case("Conv3DTranspose", {"filters": 2, "kernel_size": 1}, (1, 2, 2, 2, 1)),
]  # fmt: skip

BY_CHANNEL = [
    *formats("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, (2, 5, 3)),
    Case("DepthwiseConv1D", {"kernel_size": 2, "strides": 2, "padding": "same", "activation": "relu"}, (2, 5, 2)),
    *formats("DepthwiseConv2D", {"kernel_size": 3}, (2, 4, 5, 3)),
    *formats("DepthwiseConv2D", {"kernel_size": 2, "strides": 2, "padding": "same", "depth_multiplier": 3},
             (2, 5, 4, 2)),
    Case("DepthwiseConv2D", {"kernel_size": (2, 3), "dilation_rate": 2, "padding": "same", "use_bias": False},
         (1, 5, 5, 2), symbolic=(None, None, None, 2)),
    Case("DepthwiseConv2D", {"kernel_size": 2, "depthwise_regularizer": _L2, "depthwise_constraint": "unit_norm",
                             "depthwise_initializer": "he_normal"}, (1, 3, 3, 1)),
    *formats("SeparableConv1D", {"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "padding": "same"}, (2, 5, 2)),
    *formats("SeparableConv2D", {"filters": 3, "kernel_size": 3, "strides": 2}, (2, 5, 6, 2)),
    Case("SeparableConv2D", {"filters": 2, "kernel_size": 2, "depth_multiplier": 2, "padding": "same",
                             "activation": "sigmoid", "pointwise_regularizer": _L2, "use_bias": False},
         (1, 3, 4, 3), symbolic=(None, None, None, 3)),
]  # fmt: skip

CASES = [*PLAIN, *TRANSPOSED, *BY_CHANNEL]
