"""Data sets of text files."""

from __future__ import annotations

import pathlib

import numpy as np

from pykeras import check
from pykeras.utils.directories import data_sets, only_tf


def text_dataset_from_directory(
    directory, labels="inferred", label_mode="int", class_names=None, batch_size=32, max_length=None, shuffle=True,
    seed=None, validation_split=None, subset=None, follow_links=False, format="tf", verbose=True,
):  # fmt: skip
    """Texts (``.txt`` files in UTF-8) below a directory in batches, each class in a directory of its own.

    Arguments:
        max_length: bytes after which a text is cut; a character that is cut in two is left out.
        directory, ...: see ``image_dataset_from_directory``.

    Returns:
        A ``Dataset`` of arrays of strings of shape ``(batch_size,)``, or of pairs (texts, labels), with
        ``class_names`` and ``file_paths``. Models take numbers: ``TextVectorization`` or ``Tokenizer`` makes them.

    Raises:
        ValueError: arguments that do not fit, no files, or (when its batch is read) a file that is not UTF-8.
    """
    only_tf(format)
    if max_length is not None:
        check.positive_int("max_length", max_length)

    def text(path):
        content = pathlib.Path(path).read_bytes()
        try:
            return content.decode() if max_length is None else content[:max_length].decode(errors="ignore")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: not a text in UTF-8: {error}") from error

    def read(paths):
        return np.array([text(path) for path in paths], dtype=object)

    return data_sets(
        read, (".txt",), directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split,
        subset, follow_links, verbose,
    )  # fmt: skip
