"""Matrix products of the rows of rows.py, forward and both gradients, beside NumPy's and, where installed, PyTorch's.

``python bench/gemm.py`` prints GFLOP/s, the fastest of several interleaved runs, and their ratio to the best other.
"""

import argparse
import time

import numpy as np

#: rows, columns in, columns out of dense layers and of convolutions seen as products
SHAPES = [
    (32, 16, 32),
    (32, 32, 32),
    (128, 784, 512),
    (128, 512, 512),
    (128, 512, 10),
    (128, 9216, 128),
    (2560, 128, 512),
    (32, 128, 512),
    (32, 32, 96),
    (1600, 8, 96),
    (4096, 128, 128),
    (4096, 128, 512),
    (4096, 512, 128),
    (128, 32, 128),
    (128, 128, 32),
    (73728, 288, 64),
    (65536, 144, 16),
    (16384, 288, 32),
    (4096, 576, 64),
    (512, 512, 512),
    (1024, 1024, 1024),
]


def fastest(functions, rounds=6, seconds=0.03):
    """The shortest time of each function. They take turns of some calls each, with a pause between: threads of the one
    library wait for more work in a loop (OpenBLAS's for 25 ms) and would stand in the way of the other's."""
    times = [float("inf")] * len(functions)
    for _ in range(rounds):
        for number, function in enumerate(functions):
            time.sleep(0.05)
            function()
            stop = time.perf_counter() + seconds
            while (start := time.perf_counter()) < stop:
                function()
                times[number] = min(times[number], time.perf_counter() - start)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    import threadpoolctl

    import pykeras
    from pykeras import _core, ops

    try:
        import torch

        torch.set_num_threads(arguments.threads)
    except ImportError:
        torch = None
    pykeras.config.set_num_threads(arguments.threads)
    names = ["pykeras", "NumPy"] + (["PyTorch"] if torch else [])
    print("| product | shape | " + " | ".join(f"{name}, GFLOP/s" for name in names) + " | pykeras / best other |")
    print("|---|---|" + "---:|" * (len(names) + 1))
    ratios = []
    draw = np.random.default_rng(0)
    with threadpoolctl.threadpool_limits(arguments.threads):
        for m, k, n in SHAPES:
            x, w, dy = (draw.random(shape, "f4") for shape in ((m, k), (k, n), (m, n)))
            products = {
                "x · w": (x, w, False, False),
                "dy · wT": (dy, w, False, True),
                "xT · dy": (x, dy, True, False),
            }
            for name, (a, b, trans_a, trans_b) in products.items():
                ours = [ops.convert_to_tensor(v) for v in (a, b)]

                def multiply(ours=ours, trans_a=trans_a, trans_b=trans_b):
                    return _core.op.matmul(*ours, transpose_x1=trans_a, transpose_x2=trans_b)

                left, right = a.T if trans_a else a, b.T if trans_b else b
                functions = [multiply, lambda left=left, right=right: left @ right]
                if torch:
                    pair = [
                        torch.from_numpy(v).T if t else torch.from_numpy(v) for v, t in ((a, trans_a), (b, trans_b))
                    ]
                    functions.append(lambda pair=pair: pair[0] @ pair[1])
                speeds = [2e-9 * m * k * n / seconds for seconds in fastest(functions)]
                ratios.append(speeds[0] / max(speeds[1:]))
                cells = " | ".join(f"{speed:.1f}" for speed in speeds)
                print(f"| {name} | {m}x{k}x{n} | {cells} | {ratios[-1]:.2f} |", flush=True)
    print(f"\nratio, geometric mean: {float(np.exp(np.mean(np.log(ratios)))):.2f}; least {min(ratios):.2f}")


if __name__ == "__main__":
    main()
