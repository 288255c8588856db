"""Opens .h5 files written by pykeras with real tf_keras: ``check_tf_keras.py FOLDER`` (made by
``write_for_tf_keras.py``).

Beside each ``NAME.h5`` lies ``NAME.npz``: inputs ``x*``, labels ``y*``, outputs ``o*``, optimizer state ``s*``
(iteration first) and the weights ``w*`` after one more step.
"""

import pathlib
import sys

import numpy as np
import tf_keras as keras


def main(folder):
    for path in sorted(pathlib.Path(folder).glob("*.h5")):
        data = np.load(path.with_suffix(".npz"))
        several = {key: [data[f"{key}{i}"] for i in range(99) if f"{key}{i}" in data] for key in "xyosw"}
        x, y = (several[key][0] if len(several[key]) == 1 else several[key] for key in "xy")
        model = keras.models.load_model(path)
        outputs = model.predict(x, verbose=0)
        for got, expected in zip(outputs if isinstance(outputs, list) else [outputs], several["o"], strict=True):
            np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)
        state = [v.numpy() for v in model.optimizer.variables]
        state = [
            v for v, name in zip(state, [v.name for v in model.optimizer.variables]) if "learning_rate" not in name
        ]
        assert len(state) == len(several["s"]), (path.name, len(state), len(several["s"]))
        for got, expected in zip(state, several["s"]):
            np.testing.assert_array_equal(got, expected)
        model.train_on_batch(x, y)
        for got, expected in zip(model.trainable_weights, several["w"], strict=True):
            np.testing.assert_allclose(got.numpy(), expected, rtol=1e-4, atol=1e-5)
        print(path.name, "opens in tf_keras: outputs, optimizer state and one more step agree")


if __name__ == "__main__":
    main(sys.argv[1])
