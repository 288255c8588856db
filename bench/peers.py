"""pykeras beside Keras 3 on other backends: the rows of models.py, interleaved, every peer in a process of its own.

A peer is an interpreter with the backend installed:
``PYKERAS_PEER_JAX``, ``PYKERAS_PEER_TENSORFLOW`` and ``PYKERAS_PEER_TORCH``
name them (a path); without them this interpreter is tried. Nothing is installed here: a missing peer is named and
left out.

    PYKERAS_PEER_JAX=~/k3/bin/python make bench-peers
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BACKENDS = {"jax": "keras and jax", "tensorflow": "keras and tensorflow-cpu", "torch": "keras and torch"}


class Peer:
    """A process that times a row whenever it is asked to."""

    def __init__(self, name, python):
        environment = dict(os.environ, KERAS_BACKEND=name, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
        if name != "pykeras":
            environment.pop("PYTHONPATH", None)
        self.name = name
        self.process = subprocess.Popen(
            [python, str(HERE / "peers.py"), "--serve", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
        )
        answer = self._line()
        if answer is None:
            raise ImportError(self.process.stderr.read().strip().rpartition("\n")[2])
        self.version = answer

    def _line(self):
        # Libraries write to standard output too.
        for line in self.process.stdout:
            if line.startswith("\x02"):
                return json.loads(line[1:])
        return None

    def ask(self, row):
        self.process.stdin.write(row + "\n")
        self.process.stdin.flush()
        return self._line()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def serve(name):
    """The process of a peer: rows come on standard input, milliseconds per step go out."""
    sys.path.insert(0, str(HERE))
    import models

    if name == "pykeras":
        import pykeras as keras
    else:
        import keras

    def say(value):
        print("\x02" + json.dumps(value), flush=True)

    say(keras.version() if callable(keras.version) else keras.__version__)
    rows = {}
    for line in sys.stdin:
        row = line.strip()
        if row not in rows:
            rows[row] = models.Row(keras, row)
        say(rows[row].milliseconds())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--rows", nargs="*", default=("mlp_tiny", "mlp_mnist", "cnn_mnist", "lstm_imdb", "gru_small"))
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return

    peers = [Peer("pykeras", sys.executable)]
    for name, needs in BACKENDS.items():
        variable = f"PYKERAS_PEER_{name.upper()}"
        python = os.environ.get(variable, sys.executable)
        try:
            peers.append(Peer(name, python))
        except (ImportError, OSError) as error:
            print(f"{name}: left out ({error}); needs {needs}: set {variable} to a Python that has them")

    print("\n" + ", ".join(f"{peer.name} {peer.version}" for peer in peers), "\n")
    print("| row | " + " | ".join(f"{peer.name}, ms" for peer in peers) + " | fastest other / pykeras |")
    print("|---|" + "---:|" * (len(peers) + 1))
    for row in arguments.rows:
        times = {peer.name: [] for peer in peers}
        for _ in range(arguments.repeats):  # interleaved, so that a busy moment of the machine hits all
            for peer in peers:
                times[peer.name].append(peer.ask(row))
        medians = {name: statistics.median(values) for name, values in times.items()}
        others = [value for name, value in medians.items() if name != "pykeras"]
        ratio = f"{min(others) / medians['pykeras']:.1f}" if others else "-"
        print(f"| {row} | " + " | ".join(f"{medians[peer.name]:.4f}" for peer in peers) + f" | {ratio} |", flush=True)
    for peer in peers:
        peer.close()


if __name__ == "__main__":
    main()
