"""Weights in several files, as Keras 3 writes them with ``max_shard_size``: a ``.weights.json`` and shards beside it."""

from __future__ import annotations

import contextlib
import os
import tempfile

from pykeras.saving import files, keras_archive
from pykeras.saving.archive import Named
from pykeras.saving.limits import limits


@contextlib.contextmanager
def joined(path):
    """One HDF5 file, on disk but without a name there, of all that the shards hold.

    Arguments:
        path: of the ``.weights.json``.

    Raises:
        FileNotFoundError: a shard is missing.
        ValueError: no such index, or shards that it names elsewhere than beside it.
    """
    path = os.fspath(path)
    size = os.path.getsize(path)
    if size > limits.config_bytes:
        raise ValueError(f"{path} has {size:,} bytes, at most {limits.config_bytes:,}")
    with open(path, encoding="utf8", errors="replace") as file:
        weight_map = keras_archive.parse_json(file.read(), path).get("weight_map")
    if not isinstance(weight_map, dict):
        raise ValueError(f"{path}: expected a 'weight_map' from weights to the files that hold them")
    named = [each if isinstance(each, list) else [each] for each in weight_map.values()]
    with tempfile.TemporaryFile() as whole, files.hdf5().File(whole, "w") as target:
        for name in dict.fromkeys(name for each in named for name in each):
            if not isinstance(name, str) or name != os.path.basename(name) or "\\" in name or not name.endswith(".h5"):
                raise ValueError(f"{path}: names the shard {name!r}; expected an .h5 file beside it")
            with files.reading(os.path.join(os.path.dirname(path), name)) as shard:
                _copy(shard, target)
        target.require_group("vars")  # the model's own, by which such files are known
        target.close()
        whole.seek(0)
        yield Named(whole, path)


def _copy(source, target):
    """Arrays and names of objects, added to what is there."""
    for key in files.names(source):
        inner = files.member(source, key)
        if hasattr(inner, "keys"):
            group = target.require_group(key)
            name = files.read_text(inner, "name")
            if name is not None:
                group.attrs["name"] = name
            _copy(inner, group)
        elif key not in target:
            target.create_dataset(key, data=files.array(source, key))
