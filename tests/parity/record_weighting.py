"""Records what Keras 3 makes of sample weights, class weights, temporal weights and masks.

usage: KERAS_BACKEND=jax python record_weighting.py > fixtures/weighting.json
"""

import json

import numpy as np
import weighting_cases


def main():
    import keras

    found = {}
    for name, case in weighting_cases.CASES.items():
        values = weighting_cases.run(keras, np, eagerly=True, **case)
        if "mask" in name:
            # in a training step under JAX the outputs lose their mask before metrics see them; evaluate keeps it
            values = {key: v for key, v in values.items() if not key.startswith("fit ") or key == "fit loss"}
        found[name] = {key: round(float(value), 7) for key, value in values.items()}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
