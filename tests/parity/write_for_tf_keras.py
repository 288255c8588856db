"""Writes the files that ``check_tf_keras.py`` opens: ``write_for_tf_keras.py FOLDER``, with pykeras."""

import pathlib
import sys

import h5py
import numpy as np

from pykeras import models

HERE = pathlib.Path(__file__).parent / "fixtures"


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("tf_cnn", "tf_graph", "tf_dense"):
        data = np.load(HERE / f"{name}.npz")
        x, y = ([data[f"{key}{i}"] for i in range(9) if f"{key}{i}" in data] for key in "xy")
        one = x[0] if len(x) == 1 else x, y[0] if len(y) == 1 else y
        model = models.load_model(HERE / f"{name}.h5")
        model.train_on_batch(*one)
        model.save(folder / f"{name}.h5")
        outputs = model.predict(one[0], verbose=0)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        with h5py.File(folder / f"{name}.h5") as file:
            group = file["optimizer_weights"]
            state = [group[entry][()] for entry in group.attrs["weight_names"]]
        model.train_on_batch(*one)
        values = {"x": x, "y": y, "o": outputs, "s": state, "w": [w.numpy() for w in model.trainable_weights]}
        np.savez(folder / f"{name}.npz", **{f"{key}{i}": v for key, each in values.items() for i, v in enumerate(each)})


if __name__ == "__main__":
    main(sys.argv[1])
