"""HDF5 files that lead elsewhere, lie about their size, or fill the memory."""

import json

import h5py
import numpy as np
import pytest
from saving.hostile import as_every_format, small

from pykeras import layers, models, saving

KERNELS = {"save": "model_weights/one/one/kernel:0", "save_weights": "layers/dense/vars/0"}


def replace(file, path, value):
    del file[path]
    file[path] = value


def outside(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.ones((4, 3), "float32")
    return str(tmp_path / "other.h5")


@pytest.mark.parametrize("save", KERNELS)
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["external", "soft", "hard"])
def test_links_at_any_step(kind, depth, save, hdf5, tmp_path):
    other = outside(tmp_path)

    def change(file):
        path = "/".join(KERNELS[save].split("/")[:depth])
        if kind == "hard":
            file["more"] = file[path]
        elif kind == "soft":
            file.move(path, "moved")
            file[path] = h5py.SoftLink("/moved")
        else:
            replace(file, path, h5py.ExternalLink(other, "/x"))

    with pytest.raises(ValueError, match="Link.*refused|links from several places.*refused"):
        small().load_weights(hdf5(change, save))


@pytest.mark.parametrize("save", KERNELS)
@pytest.mark.parametrize("kind", ["external", "virtual"])
def test_values_that_lie_elsewhere(kind, save, hdf5, tmp_path):
    other = outside(tmp_path)
    (tmp_path / "secret").write_bytes(bytes(48))

    def change(file):
        path = KERNELS[save]
        del file[path]
        if kind == "external":
            file.create_dataset(path, (4, 3), "float32", external=[(str(tmp_path / "secret"), 0, 48)])
        else:
            layout = h5py.VirtualLayout((4, 3), "float32")
            layout[:] = h5py.VirtualSource(other, "x", (4, 3))
            file.create_virtual_dataset(path, layout)

    with pytest.raises(ValueError, match="outside of the file; refused"):
        small().load_weights(hdf5(change, save))


@pytest.mark.parametrize("save", KERNELS)
def test_a_dataset_that_declares_petabytes(save, hdf5):
    def change(file):
        del file[KERNELS[save]]
        file.create_dataset(KERNELS[save], (2**25, 2**25), "float64", chunks=(1024, 1024))

    with pytest.raises(ValueError, match=r"shape \(4, 3\).*\(33554432, 33554432\)"):
        small().load_weights(hdf5(change, save))


def huge():
    """A configuration whose weights would take 40 TB."""
    config = json.loads(small().to_json())
    config["config"]["layers"][1]["config"]["units"] = 2_500_000_000_000
    return config


@pytest.mark.parametrize("kind", ["keras", "h5", "json", "yaml"])
def test_a_configuration_that_declares_terabytes(kind, archive, hdf5):
    with pytest.raises(ValueError, match=r"takes 40,000,000,000,000 bytes, but .* allows"):
        as_every_format(huge(), archive, hdf5)[kind]()


@pytest.mark.parametrize("save", KERNELS)
def test_compressed_zeros(save, tmp_path, monkeypatch):
    """A small array in one chunk that unpacks to far more."""
    monkeypatch.setattr(saving.limits, "free_bytes", 2**20)
    model = models.Sequential([layers.Input((4,)), layers.Dense(3, name="one")])
    path = tmp_path / ("c.weights.h5" if save == "save_weights" else "c.h5")
    getattr(model, save)(path)
    with h5py.File(path, "a") as file:
        del file[KERNELS[save]]
        data = file.create_dataset(KERNELS[save], (4, 3), "float32", chunks=(2**10, 2**10), maxshape=(None, None),
                                   compression="gzip")  # fmt: skip
        data[:] = 0
    with pytest.raises(ValueError, match="decompression bomb"):
        model.load_weights(path)


def test_names_of_layers_are_no_paths(tmp_path):
    for name in ("../../evil", "/etc/evil", "a/../b"):
        model = models.Sequential([layers.Input((4,)), layers.Dense(2, name=name)])
        for suffix in ("keras", "h5", "weights.h5"):
            path = tmp_path / f"m.{suffix}"
            if suffix == "weights.h5":
                model.save_weights(path)
                model.load_weights(path)
            else:
                model.save(path)
                assert models.load_model(path, compile=False).layers[0].name == name
    assert not (tmp_path.parent / "evil").exists() and not (tmp_path.parent.parent / "evil").exists()
