"""From ``import`` to the end of the first ``fit`` batch, and peak memory of a few steps, each in a process of its own.

``python bench/startup.py [--rows NAME ...] [--libraries pykeras plain_torch]`` prints a Markdown table: seconds to the
end of the first step, of which importing; peak resident memory after that step and after 20 more.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


def measure(library, row):
    """What one process sees; peak memory in MiB."""
    import resource

    start = time.perf_counter()
    import importlib

    import numpy as np
    import rows

    module = importlib.import_module(library)
    imported = time.perf_counter()
    case = module.case(row) if library == "plain_torch" else rows.MODELS[row](module)
    made = time.perf_counter()
    x, y, size = np.array(case.x[: case.batch_size]), np.array(case.y[: case.batch_size]), case.batch_size

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    case.model.fit(x, y, batch_size=size, epochs=1, shuffle=False, verbose=0)
    trained, first_peak = time.perf_counter(), peak()
    for _ in range(20):
        case.model.fit(x, y, batch_size=size, epochs=1, shuffle=False, verbose=0)
    return {
        "import": imported - start,
        "build": made - imported,
        "first": trained - start,
        "first_peak": first_peak,
        "peak": peak(),
    }


def main():
    sys.path.insert(0, str(HERE))
    import rows

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--rows", nargs="*", default=list(rows.MODELS), choices=list(rows.MODELS))
    parser.add_argument("--libraries", nargs="*", default=["pykeras"])
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(*arguments.measure)))
        return
    print(
        "| row | library | first step, s | import, s | peak after it, MiB | peak, MiB |\n|---|---|---:|---:|---:|---:|"
    )
    for row in arguments.rows:
        for library in arguments.libraries:
            python = (
                sys.executable if library == "pykeras" else os.environ.get("PYKERAS_PEER_PLAIN_TORCH", sys.executable)
            )
            command = [python, __file__, "--measure", library, row]
            times = json.loads(
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
            )
            print(
                f"| {row} | {library} | {times['first']:.3f} | {times['import']:.3f} | {times['first_peak']:.0f} | "
                f"{times['peak']:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
