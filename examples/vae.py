"""A variational autoencoder for images of digits, with losses added by a layer and a training step of its own.

The encoder gives mean and logarithm of the variance of a code; the decoder draws the digit from a sample of it
(D. Kingma and M. Welling, "Auto-Encoding Variational Bayes", 2013).
"""

import argparse

import numpy as np

import pykeras
from pykeras import layers, ops


class Sample(layers.Layer):
    """``mean + exp(log_variance / 2) · noise``; adds the divergence from the normal distribution to the losses."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seeds = pykeras.random.SeedGenerator(3)

    def call(self, inputs):
        mean, log_variance = inputs
        divergence = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=1)
        self.add_loss(ops.mean(divergence))
        noise = pykeras.random.normal(ops.shape(mean), seed=self.seeds)
        return mean + ops.exp(0.5 * log_variance) * noise


class VAE(pykeras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.sample = Sample()
        self.total = pykeras.metrics.Mean(name="loss")
        self.error = pykeras.metrics.Mean(name="reconstruction")

    @property
    def metrics(self):
        return [self.total, self.error]

    def call(self, images):
        return self.decoder(self.sample(self.encoder(images)))

    def losses_of(self, images):
        drawn = self(images)
        error = ops.mean(ops.sum(pykeras.losses.binary_crossentropy(images[..., None], drawn[..., None]), axis=1))
        return error, error + sum(self.losses)

    def train_step(self, data):
        images = data[0] if isinstance(data, tuple) else data
        with pykeras.GradientTape() as tape:
            error, total = self.losses_of(images)
        self.optimizer.apply(tape.gradient(total, self.trainable_variables), self.trainable_variables)
        self.total.update_state(total)
        self.error.update_state(error)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        error, total = self.losses_of(data[0] if isinstance(data, tuple) else data)
        self.total.update_state(total)
        self.error.update_state(error)
        return {metric.name: metric.result() for metric in self.metrics}


def build(pixels, code):
    images = pykeras.Input((pixels,))
    hidden = layers.Dense(96, activation="relu")(images)
    encoder = pykeras.Model(images, [layers.Dense(code)(hidden), layers.Dense(code)(hidden)])
    decoder = pykeras.Sequential(
        [layers.Input((code,)), layers.Dense(96, activation="relu"), layers.Dense(pixels, activation="sigmoid")]
    )
    return VAE(encoder, decoder)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=int, default=40)
    options.add_argument("--code", type=int, default=4, help="numbers in a code")
    options = options.parse_args()
    pykeras.utils.set_random_seed(2)
    (train, _), (test, _) = pykeras.datasets.digits.load_data()
    scale = float(train.max())
    train, test = (images.reshape(len(images), -1).astype("float32") / scale for images in (train, test))
    model = build(train.shape[1], options.code)
    model.compile("adam")
    before = model.evaluate(test, verbose=0, return_dict=True)["reconstruction"]
    model.fit(train, epochs=options.epochs, batch_size=64, validation_data=(test,), verbose=2)
    after = model.evaluate(test, verbose=0, return_dict=True)["reconstruction"]
    print(f"reconstruction of the test part: {before:.1f} before, {after:.1f} after")
    drawn = model.decoder.predict(np.random.default_rng(1).normal(size=(4, options.code)).astype("float32"), verbose=0)
    side = int(np.sqrt(train.shape[1]))
    for rows in zip(*(image.reshape(side, side) for image in drawn), strict=True):
        print("   ".join("".join(" .:-=+*#%@"[int(9.99 * value)] for value in row) for row in rows))


if __name__ == "__main__":
    main()
