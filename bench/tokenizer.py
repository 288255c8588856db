"""Tokenizing 100,000 sentences, beside tf_keras: fit_on_texts, texts_to_sequences, pad_sequences, texts_to_matrix.

``PYKERAS_PEER_TF_KERAS`` names a Python that has tensorflow and tf_keras; without it pykeras is timed alone.

    PYKERAS_PEER_TF_KERAS=~/tf/bin/python python bench/tokenizer.py
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np

COLUMNS = ("fit_on_texts", "texts_to_sequences", "pad_sequences", "texts_to_matrix")


def sentences(count, rng):
    """Words with Zipf's frequencies, capitals and punctuation; a tenth of them Korean."""
    ranks = np.minimum(rng.zipf(1.25, (count, 24)), 50_000)
    latin = np.array([np.base_repr(i + 1000, 26) for i in range(50_001)])
    hangul = np.array(["".join(chr(0xAC00 + (i * k) % 11172) for k in (7, 31)) for i in range(50_001)])
    words = np.where((np.arange(count) % 10 == 0)[:, None], hangul[ranks], latin[ranks])
    lengths = rng.integers(4, 25, count)
    return [" ".join(row[:n]).capitalize() + ", indeed." for row, n in zip(words.tolist(), lengths)]


def measure(text, sequence, texts):
    """Seconds of each step, and numbers by which two runs can be compared."""
    tokenizer = text.Tokenizer(num_words=20_000, oov_token="?")
    times = [time.process_time()]
    tokenizer.fit_on_texts(texts)
    times.append(time.process_time())
    sequences = tokenizer.texts_to_sequences(texts)
    times.append(time.process_time())
    padded = sequence.pad_sequences(sequences, maxlen=20)
    times.append(time.process_time())
    tokenizer.num_words = 1000
    matrix = tokenizer.texts_to_matrix(texts[:5000], "tfidf")
    times.append(time.process_time())
    return np.diff(times).tolist(), [len(tokenizer.word_index), int(padded.sum()), round(float(matrix.sum()), 3)]


def serve(arguments):
    if arguments.peer == "pykeras":
        import pykeras as keras
    else:
        import tf_keras as keras
    texts = sentences(arguments.sentences, np.random.default_rng(0))
    results = [measure(keras.preprocessing.text, keras.preprocessing.sequence, texts) for _ in range(arguments.repeats)]
    print("\x02" + json.dumps([[statistics.median(column) for column in zip(*(t for t, _ in results))], results[0][1]]))


def ask(python, name, arguments):
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", PYTHONHASHSEED="0")
    if name != "pykeras":
        environment.pop("PYTHONPATH", None)
    command = [python, pathlib.Path(__file__), "--peer", name, "--sentences", str(arguments.sentences)]
    command += ["--repeats", str(arguments.repeats)]
    output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(output.rpartition("\x02")[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.peer:
        serve(arguments)
        return
    pythons = {"pykeras": sys.executable}
    if "PYKERAS_PEER_TF_KERAS" in os.environ:
        pythons["tf_keras"] = os.environ["PYKERAS_PEER_TF_KERAS"]
    else:
        print("tf_keras: left out; set PYKERAS_PEER_TF_KERAS to a Python that has it")
    found = {name: ask(python, name, arguments) for name, python in pythons.items()}
    print(f"\n{arguments.sentences:,} sentences, seconds of one core (median of {arguments.repeats})\n")
    print("| | " + " | ".join((*COLUMNS, "all")) + " |")
    print("|---|" + "---:|" * (len(COLUMNS) + 1))
    for name, (times, _) in found.items():
        print(f"| {name} | " + " | ".join(f"{t:.3f}" for t in (*times, sum(times))) + " |")
    if "tf_keras" in found:
        (ours, a), (theirs, b) = found.values()
        ratios = [t / o for o, t in zip((*ours, sum(ours)), (*theirs, sum(theirs)))]
        print("| tf_keras / pykeras | " + " | ".join(f"{ratio:.1f}" for ratio in ratios) + " |")
        print("\nresults are the same" if a == b else f"\nRESULTS DIFFER: {a} and {b}")


if __name__ == "__main__":
    main()
