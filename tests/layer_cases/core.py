"""The layers of the spine: dense, shapes, activations, merging, convolution and pooling of images, normalization."""

from . import Case, given

_L2 = {"class_name": "L2", "config": {"l2": 0.1}}


def _formats(layer, config, shape, **more):
    """The case in both layouts of images."""
    first = (shape[0], shape[-1], *shape[1:-1])
    return [
        Case(layer, {**config, "data_format": "channels_last"}, shape, **more),
        Case(layer, {**config, "data_format": "channels_first"}, first, **more),
    ]


DENSE = [
    Case("Dense", {"units": 3}, (2, 4)),
    Case("Dense", {"units": 3, "activation": "relu"}, (2, 4)),
    Case("Dense", {"units": 3, "activation": "tanh", "use_bias": False}, (2, 4)),
    Case("Dense", {"units": 2, "activation": "softmax"}, (2, 3, 4), symbolic=(None, None, 4)),
    Case("Dense", {"units": 2, "activation": "gelu"}, (2, 2, 3, 2)),
    Case(
        "Dense",
        {"units": 2, "kernel_regularizer": _L2, "bias_regularizer": "l1", "kernel_constraint": "max_norm",
         "kernel_initializer": "he_normal", "bias_initializer": {"class_name": "Constant", "config": {"value": 0.5}}},
        (3, 2),
    ),
    Case("Dense", {"units": 2, "activity_regularizer": _L2}, (4, 2)),
]  # fmt: skip

SHAPES = [
    Case("Flatten", {}, (2, 3, 4)),
    Case("Flatten", {}, (3,)),
    Case("Flatten", {}, (2, 3, 4), symbolic=(None, None, 4), note="unknown"),
    *_formats("Flatten", {}, (2, 3, 2, 4)),
    Case("Reshape", {"target_shape": (4, 3)}, (2, 3, 4)),
    Case("Reshape", {"target_shape": (-1,)}, (2, 3, 4)),
    Case("Reshape", {"target_shape": (2, -1, 3)}, (2, 3, 4)),
    Case("Reshape", {"target_shape": (-1, 2)}, (2, 3, 4), symbolic=(None, None, 4), note="unknown"),
    Case("Identity", {}, (2, 3)),
]

ACTIVATIONS = [
    *(
        Case("Activation", {"activation": name}, (3, 4))
        for name in "relu sigmoid tanh softmax elu selu softplus softsign hard_sigmoid exponential gelu silu linear "
        "leaky_relu log_softmax mish relu6".split()
    ),
    Case("ReLU", {}, (3, 4)),
    Case("ReLU", {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2}, (3, 4)),
    Case("LeakyReLU", {}, (3, 4)),
    Case("LeakyReLU", {"negative_slope": 0.1}, (3, 4)),
    Case("ELU", {"alpha": 0.7}, (3, 4)),
    Case("PReLU", {}, (2, 3, 4)),
    Case("PReLU", {"shared_axes": [1], "alpha_initializer": "ones"}, (2, 3, 4), symbolic=(None, None, 4)),
    Case("Softmax", {}, (3, 4)),
    Case("Softmax", {"axis": 1}, (2, 3, 4)),
    Case("Softmax", {"axis": [1, 2]}, (2, 3, 4)),
    Case("Softmax", {}, (2, 4), call={"mask": given([[True, True, False, True], [False, True, True, True]])}),
]

MERGING = [
    *(
        Case(name, {}, shapes)
        for name in ("Add", "Multiply", "Average", "Maximum", "Minimum")
        for shapes in ([(2, 3), (2, 3), (2, 3)], [(2, 3, 4), (2, 1, 4)], [(2, 4), (2, 3, 4)])
    ),
    Case("Subtract", {}, [(2, 3), (2, 3)]),
    Case("Subtract", {}, [(2, 1), (2, 3)]),
    Case("Concatenate", {}, [(2, 3), (2, 4)]),
    Case("Concatenate", {"axis": 1}, [(2, 3, 2), (2, 1, 2), (2, 2, 2)]),
    Case("Concatenate", {"axis": 1}, [(2, 3, 2), (2, 1, 2)], symbolic=[(None, None, 2), (None, 1, 2)], note="unknown"),
]

IMAGES = [
    *_formats("Conv2D", {"filters": 3, "kernel_size": 3}, (2, 5, 6, 2)),
    *_formats("Conv2D", {"filters": 2, "kernel_size": (2, 3), "strides": 2, "padding": "same"}, (2, 5, 6, 2)),
    *_formats("Conv2D", {"filters": 2, "kernel_size": 2, "dilation_rate": (2, 1), "activation": "relu"}, (2, 5, 4, 1)),
    *_formats("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2, "padding": "same"}, (2, 4, 3, 4)),
    Case("Conv2D", {"filters": 2, "kernel_size": 1, "use_bias": False, "activation": "softmax"}, (2, 3, 3, 2)),
    Case("Conv2D", {"filters": 2, "kernel_size": 3, "strides": (2, 1)}, (2, 6, 5, 3), symbolic=(None, None, None, 3)),
    Case("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "same", "dilation_rate": 2}, (1, 6, 5, 2)),
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "kernel_regularizer": _L2, "activity_regularizer": "l2"},
         (2, 3, 3, 1)),
    *(
        case
        for name in ("MaxPooling2D", "AveragePooling2D")
        for case in [
            *_formats(name, {"pool_size": 2}, (2, 5, 4, 3)),
            *_formats(name, {"pool_size": 3, "strides": 2, "padding": "same"}, (2, 5, 6, 2)),
            Case(name, {"pool_size": (2, 3), "strides": (1, 2)}, (2, 4, 5, 2), symbolic=(None, None, None, 2)),
            Case(name, {"pool_size": 2, "strides": 3, "padding": "same"}, (1, 7, 5, 2)),
        ]
    ),
    *(
        case
        for name in ("GlobalMaxPooling2D", "GlobalAveragePooling2D")
        for case in [
            *_formats(name, {}, (2, 3, 4, 3)),
            *_formats(name, {"keepdims": True}, (2, 3, 4, 3)),
        ]
    ),
]  # fmt: skip

NORMALIZATION = [
    *(
        case
        for training in (False, True)
        for case in [
            Case("BatchNormalization", {}, (4, 3), training=training, dynamic=not training),
            Case("BatchNormalization", {"momentum": 0.8, "epsilon": 0.01, "scale": False}, (2, 3, 2, 3),
                 training=training, dynamic=not training),
            Case("BatchNormalization", {"axis": 1, "center": False}, (2, 3, 4), training=training,
                 dynamic=not training),
        ]
    ),
    *(
        Case("BatchNormalization", {"renorm": True, "renorm_momentum": 0.8, **more}, (4, 3), training=True,
             dynamic=False, weights={"renorm_stddev": (0.5, 1.5), "moving_stddev": (0.5, 1.5)})
        for more in ({}, {"renorm_clipping": {"rmin": 0.8, "rmax": 1.2, "dmax": 0.1}, "scale": False})
    ),
    Case("BatchNormalization", {"trainable": False}, (4, 3), training=True),
    Case("BatchNormalization", {"gamma_regularizer": _L2, "beta_initializer": "ones"}, (4, 3)),
    Case("BatchNormalization", {}, (2, 4, 3), call={"mask": given([[True, True, False, True], [True] * 4])},
         training=True, dynamic=False),
]  # fmt: skip

DROPOUT = [
    Case("Dropout", {"rate": 0.5}, (3, 4)),
    Case("Dropout", {"rate": 0.5, "seed": 3, "noise_shape": (None, 1)}, (3, 4), training=True, random=True),
    Case("Dropout", {"rate": 0.0}, (3, 4), training=True),
]

CASES = [*DENSE, *SHAPES, *ACTIVATIONS, *MERGING, *IMAGES, *NORMALIZATION, *DROPOUT]
