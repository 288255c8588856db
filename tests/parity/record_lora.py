"""Records what real Keras makes of low-rank adaptation: ``record_lora.py`` (with Keras 3 and JAX).

Writes fixtures/lora.npz (values, gradients, what is saved) and fixtures/lora.zip (files of an adapted model).
"""

import os
import pathlib
import tempfile
import zipfile

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import keras  # noqa: E402
import lora_cases  # noqa: E402
import numpy as np  # noqa: E402
import packed  # noqa: E402

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"


def record(name):
    layer = lora_cases.adapted(keras, name)
    x = lora_cases.inputs(name)
    fixed = [v.value for v in layer.non_trainable_variables]

    def total(trained):
        outputs, _, losses = layer.stateless_call(trained, fixed, x, return_losses=True)
        return keras.ops.sum(keras.ops.square(outputs)) + sum(losses), (outputs, losses)

    (_, (outputs, losses)), slopes = jax.value_and_grad(total, has_aux=True)(
        [v.value for v in layer.trainable_variables]
    )
    store = {}
    layer.save_own_variables(store)
    config = layer.get_config()
    return {
        "weights": [w.name for w in layer.weights],
        "trainable": [w.name for w in layer.trainable_weights],
        "outputs": np.asarray(outputs),
        "losses": [float(loss) for loss in losses],
        "gradients": [np.asarray(slope) for slope in slopes],
        "saved": [np.asarray(store[str(i)]) for i in range(len(store))],
        "config": {key: config[key] for key in ("lora_rank", "lora_alpha")},
    }


def files():
    model = lora_cases.model(keras)
    x, y = lora_cases.numbers()
    model.compile("sgd", "mse")
    before = model.predict(x, verbose=0)
    losses = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history["loss"]
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(FIXTURES / "lora.zip", "w", zipfile.ZIP_DEFLATED) as z,
    ):
        for suffix in ("keras", "weights.h5"):
            path = pathlib.Path(folder) / f"m.{suffix}"
            model.save(path) if suffix == "keras" else model.save_weights(path)
            z.write(path, path.name)
    return {"before": before, "losses": [float(loss) for loss in losses], "after": model.predict(x, verbose=0),
            "trained": [np.asarray(w) for w in model.get_weights()]}  # fmt: skip


if __name__ == "__main__":
    packed.save(FIXTURES / "lora.npz", {"layers": {name: record(name) for name in lora_cases.CASES}, "model": files()})
