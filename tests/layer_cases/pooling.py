"""Pooling over one and three axes, global and adaptive pooling, over every layout."""

from . import Case, given
from .convolution import formats

CASES = [
    *(
        case
        for kind in ("MaxPooling", "AveragePooling")
        for case in [
            *formats(f"{kind}1D", {"pool_size": 2}, (2, 5, 3)),
            *formats(f"{kind}1D", {"pool_size": 3, "strides": 2, "padding": "same"}, (2, 6, 2)),
            Case(f"{kind}1D", {"pool_size": 3, "strides": 1}, (2, 5, 2), symbolic=(None, None, 2)),
            *formats(f"{kind}3D", {"pool_size": 2}, (1, 4, 3, 5, 2)),
            *formats(f"{kind}3D", {"pool_size": (2, 3, 2), "strides": (1, 2, 2), "padding": "same"}, (1, 3, 4, 3, 2)),
            Case(f"{kind}3D", {"pool_size": 2, "strides": (2, 1, 3)}, (1, 3, 3, 5, 1),
                 symbolic=(None, None, None, None, 1)),
        ]
    ),
    *(
        case
        for kind, dtypes in (("GlobalMaxPooling", ("float32", "float64")), ("GlobalAveragePooling", ("float32",)))
        for config in ({}, {"keepdims": True})
        for case in [
            *formats(f"{kind}1D", config, (2, 4, 3), dtypes=dtypes),
            *formats(f"{kind}3D", config, (2, 2, 3, 2, 2), dtypes=dtypes),
        ]
    ),  # Keras takes means in float32
    Case("GlobalAveragePooling1D", {}, (2, 4, 3),
         call={"mask": given([[True, False, True, True], [True, True, False, False]])}),
    Case("GlobalAveragePooling1D", {"data_format": "channels_first", "keepdims": True}, (2, 3, 4),
         call={"mask": given([[True, False, True, True], [True, True, False, False]])}),
    *(
        case
        for kind in ("AdaptiveAveragePooling", "AdaptiveMaxPooling")
        for case in [
            *formats(f"{kind}1D", {"output_size": 3}, (2, 7, 2)),
            *formats(f"{kind}2D", {"output_size": (2, 3)}, (2, 5, 7, 2)),
            *formats(f"{kind}3D", {"output_size": (2, 1, 3)}, (1, 3, 4, 5, 2)),
            Case(f"{kind}2D", {"output_size": 2}, (1, 4, 6, 2)),
        ]
    ),
]  # fmt: skip
