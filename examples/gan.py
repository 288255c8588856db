"""A generative adversarial network with a training step and two optimizers of its own.

The generator learns to turn noise into points on a ring; the discriminator learns to tell them from real ones
(I. Goodfellow et al., "Generative Adversarial Nets", 2014).
"""

import argparse

import numpy as np

import pykeras
from pykeras import layers, ops

NOISE = 8


def ring(count, draw):
    """Points around a circle of radius 2."""
    angle = draw.uniform(0, 2 * np.pi, count)
    radius = draw.normal(2.0, 0.1, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype("float32")


class GAN(pykeras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.seeds = pykeras.random.SeedGenerator(1)
        self.told_apart = pykeras.metrics.Mean(name="told_apart")
        self.fooled = pykeras.metrics.Mean(name="fooled")

    def compile(self, generator_optimizer, discriminator_optimizer):
        super().compile()
        self.generator_optimizer, self.discriminator_optimizer = generator_optimizer, discriminator_optimizer
        self.loss_of = pykeras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self):
        return [self.told_apart, self.fooled]

    def noise(self, count):
        return pykeras.random.normal((count, NOISE), seed=self.seeds)

    def call(self, noise):
        return self.generator(noise)

    def train_step(self, data):
        real = data[0] if isinstance(data, tuple) else data
        count = real.shape[0]
        # one tape for each part: the generator's points are data for the discriminator
        fake = self.generator(self.noise(count))
        points = ops.concatenate([real, fake], axis=0)
        labels = ops.concatenate([ops.ones((count, 1)), ops.zeros((count, 1))], axis=0)
        with pykeras.GradientTape() as tape:
            loss = self.loss_of(labels, self.discriminator(points))
        weights = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.told_apart.update_state(loss)

        with pykeras.GradientTape() as tape:
            loss = self.loss_of(ops.ones((count, 1)), self.discriminator(self.generator(self.noise(count))))
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.fooled.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


def network(inputs, outputs):
    hidden = [layers.Dense(64, activation="leaky_relu") for _ in range(2)]
    return pykeras.Sequential([layers.Input((inputs,)), *hidden, layers.Dense(outputs)])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=int, default=60)
    options.add_argument("--samples", type=int, default=4096)
    options = options.parse_args()
    pykeras.utils.set_random_seed(5)
    draw = np.random.default_rng(5)
    model = GAN(network(NOISE, 2), network(2, 1))
    model.compile(
        pykeras.optimizers.Adam(1e-3, beta_1=0.5),
        pykeras.optimizers.Adam(1e-3, beta_1=0.5),
    )
    noise = draw.normal(size=(1000, NOISE)).astype("float32")

    def radius():
        points = model.predict(noise, verbose=0)
        return np.abs(np.linalg.norm(points, axis=1) - 2.0).mean()

    before = radius()
    model.fit(ring(options.samples, draw), epochs=options.epochs, batch_size=128, verbose=2)
    print(f"mean distance of made points from the ring: {before:.2f} before, {radius():.2f} after")


if __name__ == "__main__":
    main()
