"""``python -m pykeras``: ``inspect FILE``, ``convert A B [--for keras2|keras3]`` and ``info``."""

from __future__ import annotations

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns 0, or 1 after an error, which is printed.

    Arguments:
        arguments: of the command line; those of the process by default.
    """
    parser = argparse.ArgumentParser(prog="python -m pykeras", description="Model files of any Keras.")
    commands = parser.add_subparsers(dest="command", required=True)
    inspect = commands.add_parser("inspect", help="tell what a file holds, without making the model")
    inspect.add_argument("file", nargs="+")
    convert = commands.add_parser("convert", help="write the model of one file into another format")
    convert.add_argument("source")
    convert.add_argument("target")
    convert.add_argument("--for", dest="dialect", choices=("keras2", "keras3"), help="which Keras is to open it")
    convert.add_argument("--unsafe", action="store_true", help="run code stored in the file (lambdas)")
    commands.add_parser("info", help="version, compiler, instruction set, threads")
    given = parser.parse_args(arguments)
    try:
        _run(given)
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        sys.stdout = None  # type: ignore[assignment]
    except (ValueError, TypeError, OSError, ImportError, NotImplementedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _run(given: argparse.Namespace) -> None:
    if given.command == "info":
        from pykeras import config

        config.show()
    elif given.command == "inspect":
        from pykeras.saving import inspection

        for path in given.file:
            print(inspection.inspect(path))
    else:
        from pykeras.saving import conversion

        model = conversion.convert(given.source, given.target, given.dialect, safe_mode=not given.unsafe)
        print(f"{given.target}: {type(model).__name__} with {model.count_params():,} weights")


if __name__ == "__main__":
    sys.exit(main())
