"""``python -m pykeras inspect`` and ``convert``, KerasFileEditor, and every family through every format."""

import h5py
import numpy as np
import pytest
from parity import file_models

import pykeras
from pykeras import layers, models, saving
from pykeras.__main__ import main


def small(name="out"):
    model = models.Sequential(
        [layers.Input((3,)), layers.Dense(4, name="first"), layers.Dense(2, name=name)], name="small"
    )
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("name", file_models.MODELS)
def test_every_family_goes_through_every_format(name, tmp_path):
    """keras -> h5 -> keras2's archive -> h5 of Keras 3 -> keras: the same predictions, and one more step, at each stop."""
    from pykeras.saving.conversion import convert

    model = file_models.MODELS[name](pykeras)
    x, y = file_models.data(model)
    for _ in range(2):
        file_models.train(model, x, y)
    model.save(tmp_path / "0.keras")
    wanted = file_models.predict(model, x)
    file_models.train(model, x, y)
    steps = (("1.h5", "keras2"), ("2.keras", "keras2"), ("3.h5", "keras3"), ("4.keras", "keras3"))
    source = "0.keras"
    for target, dialect in steps:
        convert(tmp_path / source, tmp_path / target, dialect)
        again = models.load_model(tmp_path / target)
        for a, b in zip(file_models.predict(again, x), wanted, strict=True):
            np.testing.assert_array_equal(a, b)
        file_models.train(again, x, y)
        for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
        source = target


def test_inspect(tmp_path, capsys):
    model = small()
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.h5")
    model.save_weights(tmp_path / "m.weights.h5")
    model.save_weights(tmp_path / "w.h5")
    (tmp_path / "m.json").write_text(model.to_json())
    assert main(["inspect", *(str(path) for path in sorted(tmp_path.iterdir()))]) == 0
    out = capsys.readouterr().out
    for wanted in (".keras archive (Keras 3 form)", "HDF5, a whole model", "weights by paths of attributes",
                   "Keras 2's layout", "configuration as JSON", 'Sequential "small"', "Dense                    first",
                   "optimizer Adam, loss mse", "layers/dense_1/vars/0", "float32  (4, 2)", "26 values without the optimizer's",
                   f"pykeras {pykeras.__version__}"):  # fmt: skip
        assert wanted in out, wanted


def test_convert(tmp_path, capsys):
    model = small()
    model.save(tmp_path / "m.keras")
    x = np.ones((1, 3), "f4")
    assert main(["convert", str(tmp_path / "m.keras"), str(tmp_path / "m.h5"), "--for", "keras2"]) == 0
    np.testing.assert_array_equal(
        models.load_model(tmp_path / "m.h5").predict(x, verbose=0), model.predict(x, verbose=0)
    )
    assert main(["convert", str(tmp_path / "m.h5"), str(tmp_path / "m.json")]) == 0
    assert models.model_from_json((tmp_path / "m.json").read_text()).count_params() == 26
    capsys.readouterr()
    for source, target, message in (("m.json", "n.keras", "no weights"), ("m.keras", "n.txt", "a name ending"),
                                    ("none.keras", "n.h5", "no file"),
                                    ("m.keras", "n.weights.h5", "save_weights")):  # fmt: skip
        assert main(["convert", str(tmp_path / source), str(tmp_path / target)]) == 1
        assert message in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.h5", "m.json", "m.keras"]


def test_editor(tmp_path, capsys):
    model = small()
    path, edited = tmp_path / "m.weights.h5", tmp_path / "e.weights.h5"
    model.save_weights(path)
    editor = saving.KerasFileEditor(path)
    assert editor.compare(model) == {"status": "success", "error_count": 0, "match_count": 6}
    editor.rename_object("layers/dense_1", "moved")
    with pytest.raises(ValueError, match="a name that is free"):
        editor.rename_object("moved", "dense")
    with pytest.raises(ValueError, match="nowhere"):
        editor.delete_object("dense_7")
    assert editor.compare(model)["status"] == "error"
    editor.delete_weight("moved", "1")
    editor.add_weights("moved", {"1": np.ones(2, "f4")})
    editor.rename_object("moved", "dense_1")
    editor.add_object("layers/more", {"0": np.zeros(3)})
    editor.delete_object("layers/more")
    capsys.readouterr()
    editor.summary()
    assert "dense_1" in capsys.readouterr().out
    editor.save(edited)
    again = small()
    again.load_weights(edited)
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])
    np.testing.assert_array_equal(again.get_weights()[3], [1, 1])
    with pytest.raises(ValueError, match="weights.h5"):
        editor.save(tmp_path / "e.keras")
    model.save(tmp_path / "m.keras")
    assert saving.KerasFileEditor(tmp_path / "m.keras").config["class_name"] == "Sequential"
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(ValueError, match="expected a .keras or .weights.h5"):
        saving.KerasFileEditor(tmp_path / "other.h5")
