"""Fixtures that make a file hostile."""

import zipfile

import h5py
import pytest
from saving.hostile import small


@pytest.fixture
def archive(tmp_path):
    """A ``.keras`` file to be changed: ``archive(change)`` gives its path; ``change`` gets the members as a dict."""
    small().save(tmp_path / "honest.keras")
    with zipfile.ZipFile(tmp_path / "honest.keras") as file:
        members = {name: file.read(name) for name in file.namelist()}

    def make(change):
        change(members)
        with zipfile.ZipFile(tmp_path / "changed.keras", "w") as file:
            for name, content in members.items():
                file.writestr(name, content)
        return tmp_path / "changed.keras"

    return make


@pytest.fixture
def hdf5(tmp_path):
    """An HDF5 file to be changed: ``hdf5(change)`` gives its path; ``change`` gets the open file."""

    def make(change, save="save"):
        path = tmp_path / ("changed.weights.h5" if save == "save_weights" else "changed.h5")
        getattr(small(), save)(path)
        with h5py.File(path, "a") as file:
            change(file)
        return path

    return make
