"""Record values of activations, regularizers, constraints and STFT kernels from real Keras 3.

usage: KERAS_BACKEND=jax python tests/parity/record_foundations.py     (with keras 3 and jax installed)

Writes fixtures/foundations.npz next to this file. Names are ``<family>/<case>/<part>``; the cases below are read by the
tests too, so that inputs and arguments stand in one place.
"""

import json
import pathlib

import numpy as np

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "foundations.npz"

# case -> (name, keyword arguments). Without sparsemax: what Keras 3.15 gives for vectors of negative numbers does not
# sum to 1; the test compares it with its definition.
ACTIVATIONS = {
    **{
        name: (name, {})
        for name in (
            "celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid mish "
            "relu relu6 selu sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus tanh "
            "tanh_shrink softmax log_softmax glu"
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
        "hann hamming blackman blackmanharris nuttall flattop boxcar bartlett barthann triang bohman cosine lanczos "
        "tukey"
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


def configured(keras):
    """Objects whose configurations are compared; ``keras`` is keras or pykeras."""
    i, r, c = keras.initializers, keras.regularizers, keras.constraints
    return {
        "zeros": i.Zeros(),
        "ones": i.Ones(),
        "constant": i.Constant(2.5),
        "constant_array": i.Constant(np.array([1.0, 2.0], "float32")),
        "normal": i.RandomNormal(0.5, 2.0, seed=3),
        "uniform": i.RandomUniform(-1.0, 2.0),
        "truncated": i.TruncatedNormal(seed=3),
        "scaling": i.VarianceScaling(2.0, "fan_out", "uniform", seed=3),
        "scaling_axes": i.VarianceScaling(input_axes=[0], output_axes=[1]),
        "glorot": i.GlorotUniform(),
        "he": i.HeNormal(seed=1),
        "lecun": i.LecunNormal(),
        "orthogonal": i.Orthogonal(2.0, seed=3),
        "stft": i.STFT("imag", None, "spectrum", True),
        "l1l2": r.L1L2(0.25, 0.5),
        "l2": r.L2(0.25),
        "max_norm": c.MaxNorm(3, axis=[0, 1]),
        "min_max_norm": c.MinMaxNorm(0.25, 0.5, 0.75),
        "non_neg": c.NonNeg(),
        "unit_norm": c.UnitNorm(axis=1),
        "function": keras.activations.gelu,
        "alias": keras.activations.swish,
        "values": [1, (2, None), {"a": slice(1, None)}, np.float32(0.5), b"b", ...],
    }


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
    configs = {name: keras.saving.serialize_keras_object(each) for name, each in configured(keras).items()}
    values["configs"] = np.asarray(json.dumps(configs))
    values["keras_version"] = np.asarray(keras.__version__)
    FIXTURE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FIXTURE, **values)
    print(f"{len(values)} arrays, {FIXTURE.stat().st_size} bytes -> {FIXTURE}")


if __name__ == "__main__":
    record()
