"""What a hostile file might try, one test each: a clear error, and nothing run, imported, read or filled up."""

import base64
import io
import json
import marshal
import pickle
import stat
import zipfile

import h5py
import numpy as np
import pytest

import pykeras
from pykeras import layers, models, saving

RAN = []


def small():
    return models.Sequential([layers.Input((4,)), layers.Dense(3, name="one"), layers.Dense(2, name="two")])


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


def as_every_format(config, archive, hdf5):
    """Functions that read a configuration in each format there is."""

    def put(members):
        members["config.json"] = json.dumps(config)

    def attribute(file):
        file.attrs["model_config"] = json.dumps(config)

    yaml = pytest.importorskip("yaml")
    path, path5 = archive(put), hdf5(attribute)
    return {
        "keras": lambda **safe: models.load_model(path, **safe),
        "h5": lambda **safe: models.load_model(path5, **safe),
        "json": lambda **safe: models.model_from_json(json.dumps(config), **safe),
        "yaml": lambda **safe: models.model_from_yaml(yaml.safe_dump(config), **safe),
        "from_config": lambda **safe: models.Sequential.from_config(config["config"]),
        "model_from_config": lambda **safe: models.model_from_config(config),
        "deserialize": lambda **safe: saving.deserialize_keras_object(config, **safe),
    }


def with_layer(**entry):
    config = json.loads(small().to_json())
    config["config"]["layers"][1] = entry
    return config


def lambda_config():
    code = base64.b64encode(marshal.dumps((lambda x: x).__code__)).decode()
    return {"class_name": "__lambda__", "config": {"value": [code, None, None]}}


FORMATS = ("keras", "h5", "json", "yaml", "from_config", "model_from_config", "deserialize")


@pytest.mark.parametrize("safe", [{}, {"safe_mode": True}, {"safe_mode": None}])
@pytest.mark.parametrize("kind", FORMATS)
def test_code_in_a_configuration_is_not_loaded(kind, safe, archive, hdf5):
    """Marshalled code as an activation: also with ``safe_mode=None``, which fails closed."""
    entry = json.loads(small().to_json())["config"]["layers"][1]
    entry["config"]["activation"] = lambda_config()
    with pytest.raises(ValueError, match="would run code from the file: refused"):
        as_every_format(with_layer(**entry), archive, hdf5)[kind](**safe)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("module, name", [
    ("os", "system"), ("builtins", "eval"), ("subprocess", "Popen"), ("keras.utils", "get_file"),
    ("keras.config", "enable_unsafe_deserialization"), ("keras.layers", "TorchModuleWrapper"),
    ("keras.layers", "TFSMLayer"), ("keras.src.saving.saving_lib", "load_model"), ("pykeras.registry", "load_function"),
])  # fmt: skip
def test_a_module_is_not_imported_and_a_function_not_called(kind, module, name, archive, hdf5):
    entry = {"module": module, "class_name": name, "registered_name": name, "config": {"name": "x"}}
    with pytest.raises((TypeError, ValueError), match="not known|no known name|not available|cannot be made"):
        as_every_format(with_layer(**entry), archive, hdf5)[kind]()


PLACES = {
    "initializer": lambda c, e: c["config"]["layers"][1]["config"].update(kernel_initializer=e),
    "regularizer": lambda c, e: c["config"]["layers"][1]["config"].update(kernel_regularizer=e),
    "activation": lambda c, e: c["config"]["layers"][1]["config"].update(activation=e),
    "policy": lambda c, e: c["config"]["layers"][1]["config"].update(dtype=e),
    "loss": lambda c, e: c.update(compile_config={"optimizer": "sgd", "loss": e}),
    "losses": lambda c, e: c.update(compile_config={"optimizer": "sgd", "loss": [e]}),
    "metrics": lambda c, e: c.update(compile_config={"optimizer": "sgd", "loss": "mse", "metrics": [[e]]}),
    "optimizer": lambda c, e: c.update(compile_config={"optimizer": e, "loss": "mse"}),
    "schedule": lambda c, e: c.update(compile_config={"loss": "mse", "optimizer": {
        "class_name": "SGD", "config": {"learning_rate": e}}}),
    "list": lambda c, e: c["config"]["layers"][1]["config"].update(activation=[e]),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("entry", [
    {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "os>system"},
    lambda_config(),
], ids=["class", "function", "get_file", "lambda"])  # fmt: skip
def test_it_is_refused_wherever_it_stands(place, entry, archive):
    config = json.loads(small().to_json())
    PLACES[place](config, entry)
    path = archive(lambda members: members.update({"config.json": json.dumps(config)}))
    with pytest.raises((TypeError, ValueError)):
        models.load_model(path)


def test_a_string_names_registered_things_alone(archive):
    for name in ("get_file", "os.system", "enable_unsafe_deserialization", "__import__"):
        config = json.loads(small().to_json())
        config["config"]["layers"][1]["config"]["activation"] = name
        path = archive(lambda members, config=config: members.update({"config.json": json.dumps(config)}))
        with pytest.raises((TypeError, ValueError), match="Unknown activation"):
            models.load_model(path)


def test_an_op_names_ops_alone():
    for name in ("map", "cond", "core", "__builtins__", "convert_to_numpy"):
        config = {"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "name": "a"}, "name": "a", "inbound_nodes": []},
            {"class_name": "FunctionOperation", "config": {"name": "f", "function": name}, "name": "f", "inbound_nodes": [
                {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}], "kwargs": {}}]}],
            "input_layers": [["a", 0, 0]], "output_layers": [["f", 0, 0]]}}  # fmt: skip
        with pytest.raises((ValueError, TypeError), match="not known here"):
            models.model_from_config(config)


def test_arrays_in_configurations_have_plain_dtypes():
    for dtype in ("U900000000", "(30000,30000)f8", "O", "S1000000000", "V1000000000"):
        with pytest.raises(TypeError, match="expected one of"):
            saving.deserialize_keras_object({"class_name": "__numpy__", "config": {"value": [1], "dtype": dtype}})


def test_yaml_makes_no_objects():
    pytest.importorskip("yaml")
    for tag in ("!!python/object/apply:os.system [id]", "!!python/name:os.system", "!!python/object:os.path {}",
                "!!python/object/new:os.system [id]"):  # fmt: skip
        with pytest.raises(ValueError, match="would make objects, which is refused"):
            models.model_from_yaml(f"class_name: Sequential\nconfig: {tag}\n")


def test_yaml_references_do_not_multiply():
    pytest.importorskip("yaml")
    text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    text += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
    for bomb in (text, "class_name: &a [*a]\nconfig: {}\n"):
        with pytest.raises(ValueError, match="refers to itself"):
            models.model_from_yaml(bomb)


# ---- zip ------------------------------------------------------------------------------------------------------------


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


# ---- HDF5 -----------------------------------------------------------------------------------------------------------

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


def test_nesting_without_end(archive):
    def change(members):
        members["config.json"] = '{"class_name": "a", "config": ' + '{"a": ' * 100_000 + "1" + "}" * 100_000 + "}"

    with pytest.raises(ValueError, match="no JSON|cannot interpret"):
        models.load_model(archive(change))
    deep = {"class_name": "Sequential", "config": {"name": "m", "layers": []}}
    for _ in range(5000):
        deep = {"class_name": "Sequential", "config": {"name": "m", "layers": [deep]}}
    with pytest.raises(ValueError, match="cannot interpret"):
        models.model_from_config(deep)


def test_clone_of_a_hostile_model():
    """``get_config`` of a layer is the caller's code, but what it returns goes through the same gate."""

    class Hostile(layers.Dense):
        def get_config(self):
            return {**super().get_config(), "activation": lambda_config()}

    model = models.Sequential([layers.Input((4,)), Hostile(2)])
    with pytest.raises(ValueError, match="refused"):
        models.clone_model(model)


def test_code_runs_only_when_asked_for(archive):
    entry = json.loads(small().to_json())["config"]["layers"][1]
    entry["config"]["activation"] = lambda_config()
    path = archive(lambda members: members.update({"config.json": json.dumps(with_layer(**entry))}))
    assert pykeras.saving.load_model(path, safe_mode=False).layers[0].units == 3
