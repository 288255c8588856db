"""The file of BackupAndRestore: variables as arrays, everything else as JSON, replaced as a whole."""

import contextlib
import glob
import json
import os
import shutil
import warnings
import zipfile

import numpy as np


class Backup:
    """``latest.npz`` in a folder, with ``previous.npz`` beside it when ``double`` is set."""

    def __init__(self, folder, double=False):
        self.folder, self.double = folder, double
        self.path, self.previous = os.path.join(folder, "latest.npz"), os.path.join(folder, "previous.npz")

    def write(self, state, variables, callbacks):
        """Replace the file by one with this state (plain data), these variables and what callbacks keep."""
        from pykeras.saving import atomic

        os.makedirs(self.folder, exist_ok=True)
        arrays = {f"variable{number}": variable.numpy() for number, variable in enumerate(variables)}
        kept = [_kept(callback, f"callback{number}", arrays) for number, callback in enumerate(callbacks)]
        described = [[variable.path, list(variable.shape)] for variable in variables]
        arrays["state"] = np.array(json.dumps({**state, "variables": described, "callbacks": kept}))
        with atomic.replacing(self.path) as temporary:
            with open(temporary, "wb") as file:
                np.savez(file, **arrays)
            if self.double and os.path.exists(self.path):
                with atomic.replacing(self.previous) as twin:
                    shutil.copyfile(self.path, twin)

    def read(self):
        """State and arrays of the last file that can be read; None when there is none."""
        for path in (self.path, self.previous):
            if not os.path.exists(path):
                continue
            try:
                with open(path, "rb") as file, np.load(file) as stored:
                    arrays = {name: stored[name] for name in stored.files}
                return json.loads(str(arrays.pop("state"))), arrays
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
                warnings.warn(f"BackupAndRestore: {path} cannot be read ({error})", stacklevel=5)
        return None

    def delete(self):
        """Remove the files, and what a killed process left half written."""
        left = glob.glob(os.path.join(glob.escape(self.folder), ".*.npz.*.part"))
        for path in (self.path, self.previous, *left):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    @staticmethod
    def fits(variables, state):
        """Whether these are as many variables, of the same shapes, as were written."""
        return [list(variable.shape) for variable in variables] == [shape for _, shape in state["variables"]]

    @classmethod
    def assign(cls, variables, state, arrays, path):
        """Set the variables.

        Raises:
            ValueError: when they are others than were written.
        """
        if not cls.fits(variables, state):
            written = ", ".join(f"{name} {tuple(shape)}" for name, shape in state["variables"][:5])
            present = ", ".join(f"{variable.path} {tuple(variable.shape)}" for variable in variables[:5])
            raise ValueError(
                f"BackupAndRestore: {path} belongs to another training: it holds {len(state['variables'])} variables "
                f"({written}, ...), this one has {len(variables)} ({present}, ...); use another backup_dir or remove it"
            )
        for number, variable in enumerate(variables):
            variable.assign(arrays[f"variable{number}"])

    @staticmethod
    def assign_callbacks(callbacks, state, arrays):
        """Set what callbacks keep, where the same callbacks are there."""
        for callback, (kind, values) in zip(callbacks, state["callbacks"], strict=False):
            if kind != type(callback).__name__:
                continue
            for name, value in values.items():
                if isinstance(value, dict):
                    value = [arrays[key] for key in value["arrays"]]
                setattr(callback, name, value)


def _kept(callback, label, arrays):
    """Class and kept attributes of a callback as plain data; lists of arrays go to ``arrays``."""
    values = {}
    for name in getattr(callback, "kept", ()):
        value = getattr(callback, name)
        if isinstance(value, list):
            keys = [f"{label}/{name}/{number}" for number in range(len(value))]
            arrays.update(zip(keys, value, strict=True))
            value = {"arrays": keys}
        values[name] = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    return [type(callback).__name__, values]
