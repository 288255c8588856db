"""Files below a directory with their labels: what the ``*_dataset_from_directory`` functions share."""

from __future__ import annotations

import os

import numpy as np

from pykeras import check, ops
from pykeras.utils.dataset import from_indices

LABEL_MODES = ("int", "categorical", "binary", None)


def data_sets(
    read, formats, directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset,
    follow_links, verbose,
):  # fmt: skip
    """One data set of the files below a directory, or two for the subset "both".

    Arguments:
        read: function from a list of paths to a batch of what the files hold.
        formats: endings of file names that count.
        directory, ...: see ``image_dataset_from_directory``.
    """
    _check(labels, label_mode, class_names, validation_split, subset, shuffle, seed)
    if labels is None or label_mode is None:
        labels = label_mode = None
    seed = np.random.randint(10**6) if seed is None else check.non_negative_int("seed", seed)
    paths, labels, names = index(directory, labels, formats, class_names, follow_links)
    if verbose:
        print(f"Found {len(paths)} files" + ("." if names is None else f" belonging to {len(names)} classes."))
    if label_mode == "binary" and len(names) != 2:
        raise ValueError(f'label_mode: "binary" needs two classes, {directory} has {len(names)}: {names}')
    if shuffle:  # once, so that what is split off last is of all classes
        order = np.random.RandomState(seed).permutation(len(paths))
        paths, labels = [paths[i] for i in order], None if labels is None else labels[order]
    results = []
    held_out = int((validation_split or 0) * len(paths))
    for part in ("training", "validation") if subset == "both" else (subset,):
        kept = slice(None)
        if part is not None:
            kept = slice(len(paths) - held_out) if part == "training" else slice(len(paths) - held_out, None)
            if verbose:
                print(f"Using {len(paths[kept])} files for {part}.")
        if not paths[kept]:
            share = "" if part is None else f" for {part} ({len(paths)} in all, validation_split={validation_split})"
            raise ValueError(f"{directory}: no files{share} that end in {', '.join(formats)}")
        load = _loader(read, paths[kept], None if labels is None else encoded(labels[kept], label_mode, names))
        mixed = shuffle and not (subset == "both" and part == "validation")
        dataset = from_indices(load, len(paths[kept]), batch_size, mixed, seed)
        dataset.class_names, dataset.file_paths = names, paths[kept]
        results.append(dataset)
    return results if subset == "both" else results[0]


def _loader(read, paths, labels):
    def load(numbers):
        batch = read([paths[i] for i in numbers])
        return batch if labels is None else (batch, ops.convert_to_tensor(labels[numbers]))

    return load


def encoded(labels, label_mode, names):
    """Class numbers as int32, as a column of floats ("binary") or as one-hot rows ("categorical")."""
    if label_mode == "int":
        return labels.astype("int32")
    if label_mode == "binary":
        return labels.astype("float32")[:, None]
    return (labels[:, None] == np.arange(len(names))).astype("float32")


def index(directory, labels, formats, class_names=None, follow_links=False):
    """Paths in alphabetical order, class numbers and class names.

    Arguments:
        labels: "inferred" for the names of the directories, None, or a list with a class number for each path.

    Raises:
        ValueError: class names that are no directories; a list of another length than there are files.
    """
    directory = os.fspath(directory)
    if not os.path.isdir(directory):
        raise ValueError(f"directory: {directory} is not a directory")
    if isinstance(labels, str):
        found = sorted(e.name for e in os.scandir(directory) if e.is_dir() and not e.name.startswith("."))
        names = found if class_names is None else list(class_names)
        if not set(names) <= set(found):
            raise ValueError(f"class_names: {names} are not all among the directories of {directory}: {found}")
        places = [os.path.join(directory, name) for name in names]
    else:
        names, places = None, [directory]
    groups = [list(_files(place, formats, follow_links)) for place in places]
    paths = [path for group in groups for path in group]
    if labels is None:
        return paths, None, None
    if isinstance(labels, str):
        return paths, np.repeat(np.arange(len(groups)), list(map(len, groups))), names
    if len(labels) != len(paths):
        raise ValueError(f"labels: expected one for each of the {len(paths)} files in {directory}, got {len(labels)}")
    return paths, np.array([check.integer("labels", label) for label in labels]), [str(x) for x in sorted(set(labels))]


def _files(place, formats, follow_links):
    for root, _, names in sorted(os.walk(place, followlinks=follow_links)):
        yield from (os.path.join(root, name) for name in sorted(names) if name.lower().endswith(formats))


def _check(labels, label_mode, class_names, validation_split, subset, shuffle, seed):
    if labels is not None and labels != "inferred":
        if not isinstance(labels, (list, tuple)):
            raise ValueError(f'labels: expected "inferred", None or a list of class numbers, got {labels!r}')
    if class_names is not None and labels != "inferred":
        raise ValueError('class_names: only with labels="inferred"')
    check.one_of("label_mode", label_mode, LABEL_MODES)
    check.one_of("subset", subset, ("training", "validation", "both", None))
    if (validation_split is None) != (subset is None):
        raise ValueError("validation_split and subset: give both or none")
    if validation_split is not None and not 0 < check.number("validation_split", validation_split) < 1:
        raise ValueError(f"validation_split: expected a share between 0 and 1, got {validation_split}")
    if validation_split is not None and shuffle and seed is None:
        raise ValueError(
            "seed: needed with validation_split and shuffle, so that the training part and the validation part, "
            "which are made by two calls, do not overlap"
        )


def only_tf(data_format_name):
    """Refuse data sets of other libraries."""
    if check.one_of("format", data_format_name, ("tf", "grain")) == "grain":
        raise ValueError('format: data sets of the package "grain" are not made here; "tf" gives ours')
