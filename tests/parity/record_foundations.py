"""Record values of activations, regularizers, constraints and STFT kernels from real Keras 3.

usage: KERAS_BACKEND=jax python tests/parity/record_foundations.py     (with keras 3 and jax installed)

Writes fixtures/foundations.npz next to this file. Names are ``<family>/<case>/<part>``; the cases below are read by the
tests too, so that inputs and arguments stand in one place.
"""

import pathlib

import numpy as np

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "foundations.npz"

# case -> (name, keyword arguments)
ACTIVATIONS = {
    **{
        name: (name, {})
        for name in (
            "celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid "
            "mish relu relu6 selu sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus tanh "
            "tanh_shrink softmax log_softmax sparsemax glu"
        ).split()
    },
    "celu_alpha": ("celu", {"alpha": 0.5}),
    "elu_alpha": ("elu", {"alpha": 1.7}),
    "gelu_approximate": ("gelu", {"approximate": True}),
    "hard_shrink_threshold": ("hard_shrink", {"threshold": 1.5}),
    "soft_shrink_threshold": ("soft_shrink", {"threshold": 1.5}),
    "leaky_relu_slope": ("leaky_relu", {"negative_slope": 0.5}),
    "relu_slope": ("relu", {"negative_slope": 0.1}),
    "relu_max": ("relu", {"max_value": 2.0}),
    "relu_max_6": ("relu", {"max_value": 6.0}),
    "relu_threshold": ("relu", {"threshold": 1.0}),
    "relu_all": ("relu", {"negative_slope": 0.3, "max_value": 3.0, "threshold": 1.0}),
    "relu_negative_slope": ("relu", {"negative_slope": -0.5, "max_value": 2.0}),
    "squareplus_b": ("squareplus", {"b": 1}),
    "threshold": ("threshold", {"threshold": 0.5, "default_value": -7.0}),
    "softmax_axis": ("softmax", {"axis": 0}),
    "softmax_axes": ("softmax", {"axis": (1, 2)}),
    "log_softmax_axis": ("log_softmax", {"axis": 1}),
    "log_softmax_axes": ("log_softmax", {"axis": (0, 2)}),
    "sparsemax_axis": ("sparsemax", {"axis": 1}),
    "glu_axis": ("glu", {"axis": 0}),
}

REGULARIZERS = {
    "l1": ("L1", {"l1": 0.3}),
    "l2": ("L2", {"l2": 0.3}),
    "l1_l2": ("L1L2", {"l1": 0.3, "l2": 0.2}),
    "l1_default": ("L1", {}),
    "l2_default": ("L2", {}),
    "l1_l2_default": ("L1L2", {}),
    "orthogonal_rows": ("OrthogonalRegularizer", {"factor": 0.5, "mode": "rows"}),
}

CONSTRAINTS = {
    "max_norm": ("MaxNorm", {}),
    "max_norm_axis": ("MaxNorm", {"max_value": 1.5, "axis": 1}),
    "max_norm_axes": ("MaxNorm", {"max_value": 0.7, "axis": [0, 1]}),
    "non_neg": ("NonNeg", {}),
    "unit_norm": ("UnitNorm", {}),
    "unit_norm_axis": ("UnitNorm", {"axis": -1}),
    "min_max_norm": ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.5}),
    "min_max_norm_rate": ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.5, "rate": 0.25, "axis": 1}),
}

STFT = {
    "default": {},
    "imag": {"side": "imag"},
    "spectrum": {"scaling": "spectrum", "window": "hamming"},
    "plain": {"scaling": None, "window": None},
    "periodic": {"scaling": None, "periodic": True},
    **{f"window_{name}": {"scaling": None, "window": name} for name in (
        "hann hamming blackman blackmanharris nuttall flattop boxcar bartlett barthann triang bohman cosine lanczos tukey"
    ).split()},
    "window_triang_periodic": {"scaling": None, "window": "triang", "periodic": True},
    "window_tukey_periodic": {"scaling": None, "window": "tukey", "periodic": True},
    "window_cosine_periodic": {"scaling": None, "window": "cosine", "periodic": True},
}  # fmt: skip
STFT_SHAPE = (9, 1, 7)

FAN_SHAPES = [(), (5,), (5, 7), (3, 5, 7), (3, 4, 5, 7), (2, 3, 4, 5, 7)]
FAN_AXES = [(None, None), ([0], [3]), ([0, 1], [-1]), ([2], None), ([], [0])]
FAN_MODES = ("fan_in", "fan_out", "fan_avg")


def inputs():
    """Inputs of all cases: values of either sign around the corners of the functions, and large ones."""
    rng = np.random.default_rng(2026)
    x = rng.normal(scale=3.0, size=(2, 6, 4)).astype("float32")
    corners = [-50, -6, -3, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 3, 6, 50]
    x.ravel()[: len(corners)] = corners
    return {"x": x, "w": rng.normal(size=(4, 6)).astype("float32")}


def fan_cases():
    """(name, shape, mode, input_axes, output_axes) of every fan that is recorded."""
    for shape in FAN_SHAPES:
        for axes in FAN_AXES:
            if axes == (None, None) or len(shape) == 4:
                for mode in FAN_MODES:
                    yield f"{shape}{mode}{axes}", shape, mode, *axes


def record():
    import keras

    assert keras.config.backend() == "jax", "record with KERAS_BACKEND=jax"
    given = inputs()
    values = {f"inputs/{name}": value for name, value in given.items()}
    for case, (name, arguments) in ACTIVATIONS.items():
        values[f"activations/{case}"] = np.asarray(getattr(keras.activations, name)(given["x"], **arguments))
    for case, (name, arguments) in REGULARIZERS.items():
        values[f"regularizers/{case}"] = np.asarray(getattr(keras.regularizers, name)(**arguments)(given["w"]))
    for case, (name, arguments) in CONSTRAINTS.items():
        values[f"constraints/{case}"] = np.asarray(getattr(keras.constraints, name)(**arguments)(given["w"]))
    for case, arguments in STFT.items():
        values[f"stft/{case}"] = np.asarray(keras.initializers.STFT(**arguments)(STFT_SHAPE))
    fans = []
    for _, shape, mode, input_axes, output_axes in fan_cases():
        # The bound of "uniform" at scale 1 is sqrt(3 / fan): the fan is read off values of the same seed.
        scaling = keras.initializers.VarianceScaling(1.0, mode, "uniform", 1, input_axes, output_axes)
        one = np.abs(np.asarray(keras.random.uniform(shape, -1.0, 1.0, seed=1))).max()
        fans.append(3.0 / (np.abs(np.asarray(scaling(shape))).max() / one) ** 2)
    values["fans"] = np.asarray(fans, "float32")
    values["keras_version"] = np.asarray(keras.__version__)
    FIXTURE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FIXTURE, **values)
    print(f"{len(values)} arrays, {FIXTURE.stat().st_size} bytes -> {FIXTURE}")


if __name__ == "__main__":
    record()
