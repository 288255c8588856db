"""Where the time of a row goes: the ops of its replayed step, the slowest first.

``python bench/step_profile.py ROW [--threads N] [--calls]`` prints milliseconds by op, the fastest of several runs each;
``--calls`` lists every call in its order instead.
"""

import argparse
import collections

import rows


def programs(model, case, mode):
    """(program, inputs) of a step of the row, already compiled."""
    from pykeras import ops

    if mode:
        x = case.x[:1] if mode == "one" else case.x[: case.batch_size]
        for _ in range(2):
            model.predict_on_batch(x)
        step, batch = model.predict_function, [x]
    else:
        x, y = case.x[: case.batch_size], case.y[: case.batch_size]
        for _ in range(2):
            model.train_on_batch(x, y)
        step, batch = model.train_function, [x, y]
    return step, [ops.convert_to_tensor(array) for array in batch]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row", choices=rows.ROWS)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--calls", action="store_true")
    arguments = parser.parse_args()

    import pykeras

    if arguments.threads:
        pykeras.config.set_num_threads(arguments.threads)
    name, _, mode = arguments.row.partition("/")
    case = rows.MODELS[name](pykeras)
    step, batch = programs(case.model, case, mode)
    (program,) = step.programs()
    times = program.profile(batch, arguments.runs)
    total = sum(times)
    if arguments.calls:
        entries = [(call, 1, seconds) for call, seconds in zip(program.calls, times, strict=True)]
    else:
        sums = collections.defaultdict(lambda: [0, 0.0])
        for call, seconds in zip(program.calls, times, strict=True):
            sums[call][0] += 1
            sums[call][1] += seconds
        entries = sorted(((call, *both) for call, both in sums.items()), key=lambda entry: -entry[2])
    print(f"{arguments.row}: {total * 1e3:.4f} ms in {len(times)} calls, {program.memory_bytes / 2**20:.1f} MiB\n")
    print("| op | calls | ms | share |\n|---|---:|---:|---:|")
    for call, count, seconds in entries:
        print(f"| {call} | {count} | {seconds * 1e3:.4f} | {seconds / total:.1%} |")


if __name__ == "__main__":
    main()
