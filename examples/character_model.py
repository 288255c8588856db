"""A character model: a GRU reads text one character at a time and learns to guess the next one; then it writes.

The text is what Python's own help says (``pydoc_data.topics``, part of every CPython), or a file given.

    python examples/character_model.py [FILE] [--characters 100000] [--epochs 8]
"""

import argparse
import pathlib
from pydoc_data import topics

import numpy as np

import pykeras
from pykeras import layers
from pykeras.preprocessing.text import Tokenizer
from pykeras.utils import timeseries_dataset_from_array

LENGTH = 40


def bits_by_counting(numbers, unseen, size):
    """Bits a character of unseen text that counts of the characters, and of pairs of them, need."""
    pairs = np.ones((size, size)) / size  # a little for pairs that never came
    np.add.at(pairs, (numbers[:-1], numbers[1:]), 1)
    single, given = pairs.sum(0) / pairs.sum(), pairs / pairs.sum(1, keepdims=True)
    return -np.log2(single[unseen[1:]]).mean(), -np.log2(given[unseen[:-1], unseen[1:]]).mean()


def write(model, tokenizer, start, count, temperature, rng):
    """``count`` more characters after ``start``, drawn from what the model guesses."""
    text = start
    for _ in range(count):
        numbers = np.array(tokenizer.texts_to_sequences([text[-LENGTH:]]))
        logits = model.predict(numbers, verbose=0)[0, -1] / temperature
        chances = np.exp(logits - logits.max())
        text += tokenizer.index_word.get(int(rng.choice(len(chances), p=chances / chances.sum())), "")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=pathlib.Path)
    parser.add_argument("--characters", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--units", type=int, default=96)
    arguments = parser.parse_args()

    pykeras.utils.set_random_seed(5)
    text = "".join(topics.topics.values()) if arguments.file is None else arguments.file.read_text(encoding="utf-8")
    text = " ".join(text.split())[: arguments.characters]
    tokenizer = Tokenizer(char_level=True, lower=False, filters="")
    tokenizer.fit_on_texts([text])
    numbers = np.array(tokenizer.texts_to_sequences([text])[0])
    size = len(tokenizer.word_index) + 1
    print(f"{len(numbers)} characters, {size - 1} different ones")
    cut = len(numbers) * 9 // 10
    numbers, unseen = numbers[:cut], numbers[cut:]

    def windows(part, stride):
        batches = timeseries_dataset_from_array(part, None, LENGTH + 1, sequence_stride=stride, batch_size=64)
        rows = np.concatenate([np.asarray(batch) for batch in batches])
        return rows[:, :-1], rows[:, 1:]

    model = pykeras.Sequential(
        [
            pykeras.Input((None,)),
            layers.Embedding(size, 32),
            layers.GRU(arguments.units, return_sequences=True),
            layers.Dense(size),
        ]
    )
    loss = pykeras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(pykeras.optimizers.Adam(0.005), loss, metrics=["accuracy"])
    model.fit(*windows(numbers, LENGTH // 2), batch_size=64, epochs=arguments.epochs, verbose=2)
    bits = model.evaluate(*windows(unseen, LENGTH), verbose=0)[0] / np.log(2)
    single, pairs = bits_by_counting(numbers, unseen, size)
    print(
        f"bits a character of unseen text: {bits:.2f} (counting characters: {single:.2f}, counting pairs: {pairs:.2f})"
    )
    print(write(model, tokenizer, text[:LENGTH], 160, 0.5, np.random.default_rng(5)))


if __name__ == "__main__":
    main()
