"""How long the step of an optimizer takes: recorded and replayed on weights alone, in nanoseconds per weight.

``python bench/optimizers.py [NAME ...]`` prints a Markdown table of processor time on one thread; ``copy`` is NumPy
copying one array of that size, which no step can beat that reads and writes a weight.
"""

import argparse
import time

import numpy as np

SHAPES = {
    "in cache": [(128, 128)],
    "mlp_mnist": [(784, 512), (512,), (512, 512), (512,), (512, 10), (10,)],
    "in memory": [(2048, 2048)],
}
NAMES = "SGD Adam AdamW RMSprop Adagrad Adadelta Adamax Nadam Lion Lamb Ftrl ScheduleFreeAdamW".split()


def nanoseconds(run, weights, repeats=5):
    """Best processor time of some repeats, per weight."""
    count, best = max(1, 4_000_000 // weights), float("inf")
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(count):
            run()
        best = min(best, (time.process_time() - start) / count)
    return best / weights * 1e9


def replayed(pykeras, name, shapes, rng):
    """A function that runs one replayed step."""
    from pykeras.training.step import Step

    variables = [pykeras.Variable(rng.normal(size=shape).astype("float32")) for shape in shapes]
    gradients = [pykeras.ops.convert_to_tensor(rng.normal(size=shape).astype("float32")) for shape in shapes]
    optimizer = getattr(pykeras.optimizers, name)(1e-3)
    step = Step(lambda batch: optimizer.apply(batch, variables))
    for _ in range(2):
        step(gradients)
    program = step.programs()[0]
    return lambda: program.run(gradients)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES)
    names = parser.parse_args().names

    import pykeras

    pykeras.config.set_num_threads(1)
    rng = np.random.default_rng(0)
    sizes = {size: sum(int(np.prod(shape)) for shape in shapes) for size, shapes in SHAPES.items()}
    print(f"| optimizer | {' | '.join(f'{size} ({count:,})' for size, count in sizes.items())} |")
    print("|---|" + "---:|" * len(sizes))
    for name in (*names, "copy"):
        times = []
        for size, count in sizes.items():
            if name == "copy":
                source, target = np.ones(count, "float32"), np.ones(count, "float32")
                times.append(nanoseconds(lambda a=target, b=source: np.copyto(a, b), count))
            else:
                times.append(nanoseconds(replayed(pykeras, name, SHAPES[size], rng), count))
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in times)} |", flush=True)


if __name__ == "__main__":
    main()
