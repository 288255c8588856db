"""How long a step takes: the models of rows.py, trained and predicting, in milliseconds per step or call.

Each row is the median of several runs over many batches, after the first batches have been recorded and compiled.
``python bench/models.py [--threads N] [--rows NAME ...]`` prints a Markdown table.
"""

import argparse
import importlib
import statistics
import time

import rows


class Row:
    """One model in one mode, ready to be timed; ``library`` names a module: pykeras, keras or plain_torch."""

    def __init__(self, library, row, batch_size=None):
        name, _, mode = row.partition("/")
        module = importlib.import_module(library)
        if library == "plain_torch":
            case = module.case(name, batch_size)
        else:
            case = rows.MODELS[name](module, **({"batch_size": batch_size} if batch_size else {}))
        model, x, y, batch_size = case.model, case.x, case.y, case.batch_size
        self.steps = len(x) // batch_size
        if mode == "":
            self.run = lambda: model.fit(x, y, batch_size=batch_size, epochs=1, shuffle=False, verbose=0)
        else:
            part, self.steps = (x[:1], 1) if mode == "one" else (x[:batch_size], 1)
            self.run = lambda: model.predict(part, batch_size=batch_size, verbose=0)
        self.run()
        self.run()

    def milliseconds(self, seconds=0.3):
        """Time per step over enough runs to fill ``seconds``."""
        runs, start = 0, time.perf_counter()
        while True:
            self.run()
            runs += 1
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                return elapsed / (runs * self.steps) * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="*", default=rows.ROWS, choices=rows.ROWS)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--batch-size", type=int)
    arguments = parser.parse_args()

    import pykeras

    if arguments.threads:
        pykeras.config.set_num_threads(arguments.threads)
    pykeras.config.show()
    print("\n| row | ms per step (median) | fastest | slowest |\n|---|---:|---:|---:|")
    for name in arguments.rows:
        row = Row("pykeras", name, arguments.batch_size)
        times = [row.milliseconds() for _ in range(arguments.repeats)]
        print(f"| {name} | {statistics.median(times):.4f} | {min(times):.4f} | {max(times):.4f} |", flush=True)


if __name__ == "__main__":
    main()
