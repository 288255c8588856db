"""Archives that try to leave their folder or to fill the memory."""

import io
import pickle
import stat
import zipfile

import numpy as np
import pytest
from saving.hostile import small

from pykeras import models, saving

RAN = []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "assets/../../evil", "..\\evil", "C:evil", "assets\\x"])
def test_members_that_leave_the_archive(name, archive, tmp_path):
    path = archive(lambda members: members.update({name: b"x"}))
    with pytest.raises(ValueError, match="leads out of the archive; refused"):
        models.load_model(path)
    assert not (tmp_path.parent / "evil").exists()


def test_members_that_are_links(archive, tmp_path):
    path = archive(lambda members: None)
    info = zipfile.ZipInfo("assets/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(info, "/etc/passwd")
    with pytest.raises(ValueError, match="symbolic link; refused"):
        models.load_model(path)


def test_a_member_that_is_there_twice(archive):
    path = archive(lambda members: None)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("config.json", "{}")
    with pytest.raises(ValueError, match="there twice"):
        models.load_model(path)


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5", "assets/zeros"])
def test_members_that_unpack_to_far_more(name, archive, monkeypatch):
    monkeypatch.setattr(saving.limits, "free_bytes", 2**20)
    path = archive(lambda members: None)
    with zipfile.ZipFile(path) as file:
        members = {each: file.read(each) for each in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each, content in {**members, name: bytes(2 << 20)}.items():
            file.writestr(each, content)
    with pytest.raises(ValueError, match="decompression bomb"):
        models.load_model(path)
    with pytest.raises(ValueError, match="decompression bomb"):
        small().load_weights(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_cannot_be_unpacked_in_small_pieces(method, archive):
    """A gigabyte of zeros is some hundred bytes of bzip2, which Python unpacks at once whatever size is declared."""
    path = archive(lambda members: None)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(zipfile.ZipInfo("assets/a"), bytes(1 << 20), method)
    with pytest.raises(ValueError, match="never uses.*refused"):
        models.load_model(path)


def test_a_member_that_declares_less_than_it_holds(archive, monkeypatch):
    """The size in the directory is patched to 10 bytes: no more than these are unpacked, and the sum is wrong."""
    path = archive(lambda members: None)
    with zipfile.ZipFile(path) as file:
        members = {each: file.read(each) for each in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each, content in members.items():
            file.writestr(each, content)
    raw = bytearray(path.read_bytes())
    place = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"config.json"))
    raw[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises((ValueError, OSError), match="damaged"):
        models.load_model(path)


def test_the_limits_can_be_set(archive, monkeypatch):
    path = archive(lambda members: None)
    monkeypatch.setattr(saving.limits, "config_bytes", 10)
    with pytest.raises(ValueError, match="at most 10"):
        models.load_model(path)
    monkeypatch.setattr(saving.limits, "members", 2)
    with pytest.raises(ValueError, match="at most 2"):
        models.load_model(path)


def test_weights_as_npz_with_pickles_are_not_read(archive):
    class Evil:
        def __reduce__(self):
            return RAN.append, (1,)

    def change(members):
        del members["model.weights.h5"]
        buffer = io.BytesIO()
        np.savez(buffer, x=np.array([Evil()], dtype=object))
        members["model.weights.npz"] = buffer.getvalue()
        members["config.pkl"] = pickle.dumps(Evil())

    with pytest.raises(ValueError, match="no 'model.weights.h5'"):
        models.load_model(archive(change))
    assert not RAN
