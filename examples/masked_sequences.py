"""A model with two inputs and masks: which of two sequences of unequal length has the larger mean? Padding is masked:
recurrent layers, losses and metrics skip it, and how much of it there is changes nothing."""

import numpy as np

import pykeras
from pykeras import Input, Model, layers

PADDING = -1.0


def pairs(samples, rng, longest=10):
    """Two padded sequences for each sample, whether the first has the larger mean, and the sign of each step."""
    data, means = [], []
    for _ in range(2):
        values = rng.normal(size=(samples, longest, 1)).astype("float32") + rng.normal(size=(samples, 1, 1))
        lengths = rng.integers(2, longest + 1, samples)
        real = np.arange(longest) < lengths[:, None]
        means.append((values[..., 0] * real).sum(1) / lengths)
        data.append(np.where(real[..., None], values, PADDING).astype("float32"))
    larger = (means[0] > means[1]).astype("float32")[:, None]
    return data, larger, (data[0] > 0).astype("float32")


def build():
    first, second = Input((None, 1), name="first"), Input((None, 1), name="second")
    mask = layers.Masking(PADDING)
    reader = layers.Bidirectional(layers.GRU(12, return_sequences=True), name="reader")
    steps = reader(mask(first))
    summary = layers.LSTM(12, name="summary")
    difference = layers.Subtract()([summary(steps), summary(reader(mask(second)))])
    larger = layers.Dense(1, activation="sigmoid", name="larger")(difference)
    positive = layers.TimeDistributed(layers.Dense(1, activation="sigmoid"), name="positive")(steps)
    return Model([first, second], [larger, positive])


pykeras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
x, larger, positive = pairs(1024, rng)
x_test, larger_test, positive_test = pairs(512, rng)

model = build()
model.compile(pykeras.optimizers.Adam(0.01), ["binary_crossentropy"] * 2, metrics=[["accuracy"], ["accuracy"]])
model.fit(x, [larger, positive], batch_size=64, epochs=6, verbose=2)
results = model.evaluate(x_test, [larger_test, positive_test], verbose=0, return_dict=True)
print(f"larger: {results['larger_accuracy']:.3f}, positive steps: {results['positive_accuracy']:.3f}")

more = [np.pad(each, ((0, 0), (0, 5), (0, 0)), constant_values=PADDING) for each in x_test]
short, long = (model.predict(each, verbose=0)[0] for each in (x_test, more))
print("more padding changes nothing:", np.allclose(short, long, atol=1e-6))
wrong = np.where(x_test[0] == PADDING, 1 - positive_test, positive_test)  # labels at padding are never looked at
same = model.evaluate(x_test, [larger_test, wrong], verbose=0, return_dict=True)
print("labels of padding do not count:", same == results)
