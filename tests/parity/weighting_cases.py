"""Small trainings with weights and masks, the same for Keras and for pykeras."""

import numpy as np

DRAW = np.random.default_rng(6)
SEQUENCES = DRAW.uniform(-1, 1, (12, 5, 3)).astype("float32")
for _sample, _length in enumerate(DRAW.integers(1, 6, 12)):
    SEQUENCES[_sample, _length:] = 0
FLAT = DRAW.uniform(-1, 1, (12, 3)).astype("float32")
STEPS = DRAW.uniform(-1, 1, (12, 5, 2)).astype("float32")
CLASS = DRAW.integers(0, 3, 12)
CLASS_STEPS = DRAW.integers(0, 2, (12, 5))
PER_SAMPLE = DRAW.uniform(0, 2, 12).astype("float32")
PER_STEP = DRAW.uniform(0, 2, (12, 5)).astype("float32")
ZERO_SOME = (DRAW.uniform(0, 1, 12) > 0.4).astype("float32")
KERNELS = [DRAW.normal(size=(3, 3)).astype("float32"), DRAW.normal(size=(3, 2)).astype("float32")]


def sequence_model(keras, mask=True):
    inputs = keras.Input((5, 3))
    x = keras.layers.Masking(0.0)(inputs) if mask else inputs
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax", name="steps")(x))


def class_model(keras):
    inputs = keras.Input((3,))
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax", name="classes")(inputs))


def two_outputs(keras):
    inputs = keras.Input((3,))
    outputs = [
        keras.layers.Dense(3, activation="softmax", name="classes")(inputs),
        keras.layers.Dense(2, name="numbers")(inputs),
    ]
    return keras.Model(inputs, outputs)


MODELS = {"sequence": sequence_model, "classes": class_model, "two": two_outputs}
SPARSE = "sparse_categorical_crossentropy"
TWO = {"loss": {"classes": SPARSE, "numbers": "mse"}, "loss_weights": {"classes": 0.5, "numbers": 2.0}}
TWO_Y = {"classes": CLASS, "numbers": STEPS[:, 0]}

CASES = {
    "mask": {"kind": "sequence", "compiled": {"loss": "mse"}, "x": SEQUENCES, "y": STEPS},
    "mask and temporal weights": {
        "kind": "sequence",
        "compiled": {"loss": SPARSE},
        "x": SEQUENCES,
        "y": CLASS_STEPS,
        "sample_weight": PER_STEP,
    },
    "temporal weights": {
        "kind": "sequence",
        "mask": False,
        "compiled": {"loss": SPARSE},
        "x": SEQUENCES,
        "y": CLASS_STEPS,
        "sample_weight": PER_STEP,
    },
    "sample weights with zeros": {
        "kind": "classes",
        "compiled": {"loss": SPARSE},
        "x": FLAT,
        "y": CLASS,
        "sample_weight": ZERO_SOME,
    },
    "class weights": {
        "kind": "classes",
        "compiled": {"loss": SPARSE},
        "x": FLAT,
        "y": CLASS,
        "class_weight": {0: 0.5, 1: 2.0, 2: 3.0},
    },
    "one-hot labels and class weights": {
        "kind": "classes",
        "compiled": {"loss": "categorical_crossentropy"},
        "x": FLAT,
        "y": np.eye(3, dtype="float32")[CLASS],
        "class_weight": {0: 0.5, 1: 2.0, 2: 3.0},
    },
    "two outputs": {"kind": "two", "compiled": TWO, "x": FLAT, "y": TWO_Y},
}


def run(keras, numpy, kind, compiled, x, y, sample_weight=None, class_weight=None, eagerly=False, **options):
    """Loss and metrics of an evaluation and of a training of two epochs, and the sums of the weights after it."""
    model = MODELS[kind](keras, **options)
    kernels = [KERNELS[0], KERNELS[1]] if kind == "two" else [KERNELS[1] if kind == "sequence" else KERNELS[0]]
    model.set_weights([array for kernel in kernels for array in (kernel, numpy.zeros(kernel.shape[1], "float32"))])
    metrics = {"classes": ["accuracy"], "numbers": ["mae"]} if kind == "two" else ["accuracy", "mse"]
    weighted = {"classes": ["accuracy"], "numbers": ["mae"]} if kind == "two" else ["mae"]
    if kind != "two" and len(numpy.shape(y)) < (3 if kind == "sequence" else 2):
        metrics, weighted = ["accuracy"], ["sparse_categorical_crossentropy"]
    model.compile(
        keras.optimizers.SGD(0.5), metrics=metrics, weighted_metrics=weighted, run_eagerly=eagerly, **compiled
    )
    found = {}
    if class_weight is None:
        results = model.evaluate(x, y, sample_weight=sample_weight, batch_size=5, verbose=0, return_dict=True)
        found.update({f"evaluate {name}": value for name, value in results.items()})
    history = model.fit(
        x, y, sample_weight=sample_weight, class_weight=class_weight, batch_size=5, epochs=2, shuffle=False, verbose=0
    ).history
    found.update({f"fit {name}": values[-1] for name, values in history.items()})
    found.update({f"weight {n}": float(numpy.abs(w).sum()) for n, w in enumerate(model.get_weights())})
    return found
