"""pykeras beside plain PyTorch and Keras 3 on its backends: the rows of rows.py, interleaved, each peer a process.

A peer is an interpreter with the library installed: ``PYKERAS_PEER_PLAIN_TORCH``, ``PYKERAS_PEER_JAX``,
``PYKERAS_PEER_TENSORFLOW`` and ``PYKERAS_PEER_TORCH`` name them (a path); without them this interpreter is tried.
Nothing is installed here: a missing peer is named and left out. ``--write NAME`` writes results/NAME.md and, with
matplotlib, results/NAME.svg.

    PYKERAS_PEER_JAX=~/k3/bin/python make bench-peers
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import rows

HERE = pathlib.Path(__file__).resolve().parent
NEEDS = {
    "plain_torch": "torch",
    "jax": "keras and jax",
    "tensorflow": "keras and tensorflow-cpu",
    "torch": "keras and torch",
}


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
    import importlib

    import models

    library = name if name in ("pykeras", "plain_torch") else "keras"
    module = importlib.import_module(library)

    def say(value):
        print("\x02" + json.dumps(value), flush=True)

    version = getattr(module, "version", module.__version__)
    say(version() if callable(version) else version)
    made = {}
    for line in sys.stdin:
        row = line.strip()
        if row not in made:
            made.clear()  # one row's memory at a time
            made[row] = models.Row(library, row)
        say(made[row].milliseconds())


def processor():
    """The name of the processor, where the system tells it."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def draw(path, table):
    """Bars of every peer's time as a multiple of ours, on a logarithmic axis."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    peers = [name for name in next(iter(table.values())) if name != "pykeras"]
    figure, axis = pyplot.subplots(figsize=(9, 0.42 * len(table) + 1.2), layout="constrained")
    height = 0.8 / len(peers)
    for number, peer in enumerate(peers):
        places = [row + (number - (len(peers) - 1) / 2) * height for row in range(len(table))]
        axis.barh(places, [times[peer] / times["pykeras"] for times in table.values()], height, label=peer)
    axis.axvline(1, color="black", linewidth=1)
    axis.set(xscale="log", xlabel="time / pykeras's time (right of the line: slower than pykeras)")
    axis.set_yticks(range(len(table)), list(table))
    axis.invert_yaxis()
    axis.legend(frameon=False)
    figure.savefig(path)


def start(names):
    """The peers that can be started; the others are named with what they need."""
    peers = []
    for name in names:
        variable = f"PYKERAS_PEER_{name.upper()}"
        try:
            peers.append(Peer(name, sys.executable if name == "pykeras" else os.environ.get(variable, sys.executable)))
        except (ImportError, OSError) as error:
            print(f"{name}: left out ({error}); needs {NEEDS[name]}: set {variable} to a Python that has them")
    return peers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--rows", nargs="*", default=rows.ROWS, choices=rows.ROWS)
    parser.add_argument("--peers", nargs="*", default=list(NEEDS), choices=list(NEEDS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--write", metavar="NAME", help="write results/NAME.md and results/NAME.svg")
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return

    peers = start(["pykeras", *arguments.peers])
    lines = [
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}; "
        + ", ".join(f"{peer.name} {peer.version}" for peer in peers)
        + f". Milliseconds per step, median of {arguments.repeats} interleaved runs.",
        "",
        "| row | " + " | ".join(f"{peer.name}, ms" for peer in peers) + " | fastest other / pykeras |",
        "|---|" + "---:|" * (len(peers) + 1),
    ]
    print("\n" + "\n".join(lines), flush=True)
    table = {}
    for row in arguments.rows:
        times = {peer.name: [] for peer in peers}
        for _ in range(arguments.repeats):  # interleaved, so that a busy moment of the machine hits all
            for peer in peers:
                times[peer.name].append(peer.ask(row))
        table[row] = medians = {name: statistics.median(values) for name, values in times.items()}
        others = [value for name, value in medians.items() if name != "pykeras"]
        ratio = f"{min(others) / medians['pykeras']:.2f}" if others else "-"
        lines.append(f"| {row} | " + " | ".join(f"{medians[peer.name]:.4f}" for peer in peers) + f" | {ratio} |")
        print(lines[-1], flush=True)
    for peer in peers:
        peer.close()
    if arguments.write:
        target = HERE / "results" / arguments.write
        target.parent.mkdir(exist_ok=True)
        target.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if len(peers) > 1:
            draw(target.with_suffix(".svg"), table)


if __name__ == "__main__":
    main()
