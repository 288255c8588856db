"""Sequence to sequence: a recurrent network learns to add two numbers that it reads as characters, "535+61" to "596".

An LSTM reads the question, the next one writes the answer from what the first remembers. Questions are read backwards,
which brings the digits that matter first nearer to the answer (Sutskever et al., arXiv:1409.3215).

    python examples/addition_rnn.py                 three digits, until 95 % of unseen sums are right in full
    python examples/addition_rnn.py --digits 2 --samples 4000 --units 64 --batch-size 64
"""

import argparse
import time

import numpy as np

import pykeras
from pykeras import layers
from pykeras.callbacks import Callback
from pykeras.preprocessing.sequence import pad_sequences
from pykeras.preprocessing.text import Tokenizer

CHARACTERS = "0123456789+"


def questions(count, digits, rng):
    """``count`` sums of numbers of up to ``digits`` digits, none twice (a + b and b + a are the same)."""
    if count > 10 ** (2 * digits) // 4:
        raise SystemExit(f"--samples: there are no {count} sums of {digits} digits with as many to spare")
    seen, texts, answers = set(), [], []
    while len(texts) < count:
        a, b = (int(rng.integers(0, 10 ** rng.integers(1, digits + 1))) for _ in range(2))
        if (min(a, b), max(a, b)) not in seen:
            seen.add((min(a, b), max(a, b)))
            texts.append(f"{a}+{b}")
            answers.append(str(a + b))
    return texts, answers


class UntilRight(Callback):
    """Stops when so many answers are right in full, all their characters."""

    def __init__(self, x, y, share):
        super().__init__()
        self.data, self.share, self.found = (x, y.argmax(-1)), share, 0.0

    def on_epoch_end(self, epoch, logs=None):
        x, wanted = self.data
        guesses = self.model.predict(x, batch_size=512, verbose=0).argmax(-1)
        self.found = float((guesses == wanted).all(1).mean())
        print(f"epoch {epoch + 1}: {100 * self.found:.2f} % of unseen sums right", flush=True)
        self.model.stop_training = self.found >= self.share


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, default=3)
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--units", type=int, default=128)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--target", type=float, default=0.95)
    parser.add_argument("--learning-rate", type=float, default=0.002)
    arguments = parser.parse_args()

    pykeras.utils.set_random_seed(7)
    texts, answers = questions(arguments.samples, arguments.digits, np.random.default_rng(7))
    asked, answered = 2 * arguments.digits + 1, arguments.digits + 1
    tokenizer = Tokenizer(char_level=True, filters="")
    tokenizer.fit_on_texts(list(CHARACTERS))
    size = len(CHARACTERS) + 1  # 0 is padding

    def one_hot(strings, length):
        numbers = pad_sequences(tokenizer.texts_to_sequences(strings), length, padding="post")
        return pykeras.utils.to_categorical(numbers, size, dtype="float32")

    x, y = one_hot([text[::-1] for text in texts], asked), one_hot(answers, answered)
    train = len(x) * 9 // 10

    model = pykeras.Sequential(
        [
            pykeras.Input((asked, size)),
            layers.LSTM(arguments.units),
            layers.RepeatVector(answered),
            layers.LSTM(arguments.units, return_sequences=True),
            layers.Dense(size, activation="softmax"),
        ]
    )
    model.compile(
        pykeras.optimizers.Adam(arguments.learning_rate), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    model.summary()
    until = UntilRight(x[train:], y[train:], arguments.target)
    start = time.perf_counter()
    history = model.fit(
        x[:train], y[:train], batch_size=arguments.batch_size, epochs=arguments.epochs, callbacks=[until], verbose=2
    )
    seconds = time.perf_counter() - start
    guesses = model.predict(x[train : train + 5], verbose=0).argmax(-1)
    for text, answer, guess in zip(texts[train:], answers[train:], tokenizer.sequences_to_texts(guesses.tolist())):
        print(f"{text} = {answer}, the model says {guess.replace(' ', '')}")
    print(f"{100 * until.found:.2f} % right after {len(history.epoch)} epochs, {seconds:.0f} s")


if __name__ == "__main__":
    main()
