"""Weights of a file looked at and changed without the model they belong to."""

from __future__ import annotations

import os

import numpy as np

from pykeras.saving import archive, files, keras_archive, state
from pykeras.saving.places import places

_VARIABLES = "vars"


class KerasFileEditor:
    """The weights of a ``.keras`` or ``.weights.h5`` file, as objects (paths) that hold numbered arrays.

    Arguments:
        filepath: of the file; ``.keras`` files are read, but only ``.weights.h5`` is written.

    Attributes:
        weights_dict: nested dict of names to dicts and arrays; an object's own arrays stand in it as ``"0"``, ``"1"``.
        metadata, config: of a ``.keras`` file, as dicts; None otherwise.

    Raises:
        ValueError: no such file format, or a hostile file.
        OSError: no such file, or a damaged one.

    Example:
        >>> import os, tempfile, pykeras
        >>> path = os.path.join(tempfile.mkdtemp(), "m.weights.h5")
        >>> pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,))]).save_weights(path)
        >>> editor = KerasFileEditor(path)
        >>> editor.rename_object("dense", "renamed")
        >>> editor.summary()
        layers
          renamed
            0  float32 (3, 2)
            1  float32 (2,)
    """

    def __init__(self, filepath):
        self.filepath = os.fspath(filepath)
        self.metadata = self.config = None
        with open(self.filepath, "rb") as file:
            zipped = file.read(len(archive.SIGNATURE)) == archive.SIGNATURE
        if not zipped:
            with files.reading(self.filepath) as file:
                self._read(file)
            return
        with archive.Archive(self.filepath) as opened:
            self.config = keras_archive.parse(opened.text(keras_archive.CONFIG), self.filepath)
            self.metadata = keras_archive.metadata(opened)
            with opened.unpacked(keras_archive.WEIGHTS) as weights, files.reading(weights) as file:
                self._read(file)

    def _read(self, file):
        if not state.holds_state(file):
            raise ValueError(f"{self.filepath}: expected a .keras or .weights.h5 file; .h5 files of Keras 2 are converted "
                             "with python -m pykeras convert")  # fmt: skip
        self.weights_dict = _tree(file)

    def summary(self):
        """Prints objects and arrays."""
        _print(self.weights_dict, 0)

    def compare(self, reference_model):
        """What a model would miss in the file, and the file in the model, printed.

        Arguments:
            reference_model: a built model.

        Returns:
            Dict of ``status`` (``"success"`` or ``"error"``), ``error_count`` and ``match_count``.
        """
        wanted = {}
        for path, owner in places(reference_model):
            if hasattr(owner, "save_own_variables"):
                store = {}
                owner.save_own_variables(store)
                wanted.update({f"{path}/{key}".strip("/"): np.shape(value) for key, value in store.items()})
        found = {path: array.shape for path, array in _flat(self.weights_dict).items()}
        problems = [f"{path}: in the model {wanted[path]}, not in the file" for path in wanted if path not in found]
        problems += [f"{path}: in the file {found[path]}, not in the model" for path in found
                     if path not in wanted and "seed_generator" not in path]  # fmt: skip
        both = [path for path in wanted if path in found]
        problems += [f"{path}: in the model {wanted[path]}, in the file {found[path]}" for path in both
                     if tuple(wanted[path]) != tuple(found[path])]  # fmt: skip
        for problem in problems:
            print(problem)
        matches = sum(tuple(wanted[path]) == tuple(found[path]) for path in both)
        print(f"{matches} weights agree, {len(problems)} do not")
        return {"status": "error" if problems else "success", "error_count": len(problems), "match_count": matches}

    def rename_object(self, object_name, new_name):
        """Gives an object another name.

        Arguments:
            object_name: name, or path when the name is there several times.
            new_name: name without ``/``.

        Raises:
            ValueError: no such object, several, or a name that is taken.
        """
        parent, name = self._find(object_name)
        if "/" in new_name or not new_name or new_name in parent:
            raise ValueError(f"new_name: expected a name that is free, without '/', got {new_name!r}")
        renamed = {new_name if key == name else key: value for key, value in parent.items()}
        parent.clear()
        parent.update(renamed)

    def delete_object(self, object_name):
        """Takes an object out, with all it holds; see ``rename_object``."""
        parent, name = self._find(object_name)
        del parent[name]

    def add_object(self, object_path, weights):
        """Puts an object in.

        Arguments:
            object_path: path of the new object, below objects that are there.
            weights: dict from ``"0"``, ``"1"``, ... to arrays, or to such dicts.

        Raises:
            ValueError: no dict, or a path below nothing, or one that is taken.
        """
        parent, _, name = object_path.strip("/").rpartition("/")
        owner = self._at(parent) if parent else self.weights_dict
        if not name or name in owner:
            raise ValueError(f"object_path: {object_path!r} is there already")
        owner[name] = _checked(weights)

    def add_weights(self, object_name, weights):
        """Puts arrays into an object, in place of those of the same names."""
        parent, name = self._find(object_name)
        parent[name].update(_checked(weights))

    def delete_weight(self, object_name, weight_name):
        """Takes an array out of an object.

        Raises:
            ValueError: no such object or array.
        """
        parent, name = self._find(object_name)
        if weight_name not in parent[name]:
            raise ValueError(
                f"{object_name!r} has no weight {weight_name!r}; it has {', '.join(parent[name]) or 'none'}"
            )
        del parent[name][weight_name]

    def save(self, filepath):
        """Writes the weights as they are now into a ``.weights.h5`` file.

        Raises:
            ValueError: another suffix.
        """
        if not os.fspath(filepath).endswith(".weights.h5"):
            raise ValueError(f"filepath: expected a name ending in .weights.h5, got {filepath}")
        with files.writing(filepath) as file:
            _write(file, self.weights_dict)

    resave_weights = save

    def _at(self, path):
        found = self.weights_dict
        for step in path.split("/"):
            if not isinstance(found, dict) or not isinstance(found.get(step), dict):
                raise ValueError(f"{self.filepath} has no object {path!r}")
            found = found[step]
        return found

    def _find(self, name):
        """The dict that holds an object, and its name there."""
        if "/" in name:
            parent, _, last = name.strip("/").rpartition("/")
            self._at(name.strip("/"))
            return (self._at(parent) if parent else self.weights_dict), last
        found = list(_holders(self.weights_dict, name))
        if len(found) != 1:
            how = "several times; give the whole path" if found else "nowhere"
            raise ValueError(f"the object {name!r} is {how} in {self.filepath}")
        return found[0], name


def _tree(group):
    """Nested dicts of a group; what ``vars`` holds stands beside the objects."""
    found = {}
    for name in files.names(group):
        inner = files.member(group, name)
        if not hasattr(inner, "keys"):
            found[name] = files.array(group, name)
        elif name == _VARIABLES:
            found.update(_tree(inner))
        else:
            found[name] = _tree(inner)
    return found


def _flat(tree, path=""):
    found = {}
    for name, value in tree.items():
        here = f"{path}/{name}".strip("/")
        found.update(_flat(value, here) if isinstance(value, dict) else {here: value})
    return found


def _holders(tree, name):
    if isinstance(tree.get(name), dict):
        yield tree
    for value in tree.values():
        if isinstance(value, dict):
            yield from _holders(value, name)


def _checked(weights):
    if not isinstance(weights, dict):
        raise ValueError(f"weights: expected a dict from names to arrays, got {type(weights).__name__}")
    return {str(k): _checked(v) if isinstance(v, dict) else np.asarray(v) for k, v in weights.items()}


def _print(tree, depth):
    for name, value in tree.items():
        end = "" if isinstance(value, dict) else f"  {value.dtype} {value.shape}"
        print(f"{'  ' * depth}{name}{end}")
        if isinstance(value, dict):
            _print(value, depth + 1)


def _write(group, tree):
    own = group.create_group(_VARIABLES)
    for name, value in tree.items():
        if isinstance(value, dict):
            _write(group.create_group(name), value)
        else:
            own.create_dataset(name, data=value)
