"""Graphs drawn, sources of tensors, configurations, batches as tuples, embeddings of a changed vocabulary."""

import json
import shutil

import numpy as np
import pytest

import pykeras
from pykeras import Input, layers, utils


def nested():
    inner = pykeras.Sequential([Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(2)], name="inner")
    a, b = Input((4,), name="a"), Input((2,), name="b")
    return pykeras.Model([a, b], layers.Add(name="sum")([inner(a), b]) * 2.0, name="outer")


def boxes_and_arrows(dot):
    boxes = {node.get_name(): node.get_label() for node in dot.get_nodes() if node.get_label()}
    arrows = {(edge.get_source(), edge.get_destination()) for edge in dot.get_edges()}
    for inside in dot.get_subgraphs():
        more = boxes_and_arrows(inside)
        boxes, arrows = boxes | more[0], arrows | more[1]
    return boxes, arrows


@pytest.mark.parametrize(("expand", "boxes", "arrows"), [(False, 5, 4), (True, 6, 5)])
def test_graph_of_a_model(expand, boxes, arrows):
    pytest.importorskip("pydot")
    dot = utils.model_to_dot(
        nested(), expand_nested=expand, show_shapes=True, show_dtype=True, show_trainable=True,
        show_layer_activations=True, rankdir="LR",
    )  # fmt: skip
    found, lines = boxes_and_arrows(dot)
    assert len(found) == boxes and len(lines) == arrows
    assert {end for line in lines for end in line} == set(found)
    text = " ".join(found.values())
    for part in ("sum (Add)", "Input shape: (None, 4)", "Output dtype: float32", "Trainable", "[(None, 2), (None, 2)]"):
        assert part in text
    assert ("Activation: relu" in text) == expand and "rankdir=LR" in dot.to_string()


def test_graph_files(tmp_path):
    pytest.importorskip("pydot")
    assert utils.plot_model(nested(), tmp_path / "m.dot") is None
    assert "(Dense)" not in (tmp_path / "m.dot").read_text() and "digraph" in (tmp_path / "m.dot").read_text()
    if shutil.which("dot"):
        utils.plot_model(nested(), tmp_path / "m.png", expand_nested=True)
        assert (tmp_path / "m.png").read_bytes()[:4] == b"\x89PNG"
    else:
        with pytest.raises(ImportError, match="Graphviz"):
            utils.plot_model(nested(), tmp_path / "m.png")


def test_what_graphviz_refuses(tmp_path, monkeypatch):
    pydot = pytest.importorskip("pydot")

    def write(self, path, **kwargs):
        raise AssertionError('Format: "xyz" not recognized')

    monkeypatch.setattr(pydot.Dot, "write", write)
    with pytest.raises(ValueError, match=r"did not write .*m\.xyz: Format"):
        utils.plot_model(nested(), tmp_path / "m.xyz")


def test_graph_errors():
    with pytest.raises(ValueError, match="is not built"):
        utils.model_to_dot(pykeras.Sequential([layers.Dense(1)]))
    with pytest.raises(ValueError, match="unknown arguments: layer_range"):
        utils.model_to_dot(nested(), layer_range=1)
    with pytest.raises(ValueError, match="rankdir"):
        utils.plot_model(nested(), rankdir="XY")


def test_a_subclass_is_one_box():
    pytest.importorskip("pydot")

    class Own(pykeras.Model):
        def call(self, x):
            return x + 1

    model = Own()
    model(np.zeros((2, 3)))
    found, lines = boxes_and_arrows(utils.model_to_dot(model))
    assert len(found) == 1 and not lines and "Own" in next(iter(found.values()))


def test_source_inputs():
    a = Input((2,))
    assert utils.get_source_inputs(a)[0] is a and utils.get_source_inputs(3) == 3
    deep = a
    for _ in range(2000):  # no recursion
        deep = deep + 1
    assert [t is a for t in utils.get_source_inputs(deep)] == [True]


def test_config():
    config = utils.Config(a=1)
    config.b = [2]
    config["items"] = 3
    config.update({"c": 4}, d=5)
    assert config.pop("d") == 5 and config.pop("x", 0) == 0 and config.get("x", 7) == 7 and "a" in config
    assert dict(config.items()) == config.as_dict() == json.loads(config.to_json())
    assert list(config) == list(config.keys()) and len(config) == 4 and config == utils.Config(**config.as_dict())
    del config["items"], config.c
    config.freeze()
    assert config.frozen
    for act in (lambda: setattr(config, "a", 2), lambda: config.pop("a"), lambda: config.update(a=2)):
        with pytest.raises(ValueError, match="frozen"):
            act()
    config.unfreeze()
    config.a = 2
    assert config.a == 2 and repr(config) == "<Config {'a': 2, 'b': [2]}>"
    with pytest.raises(AttributeError, match="did you mean learning"):
        _ = utils.Config(learning=1).lerning
    with pytest.raises(AttributeError, match="is a method"):
        config.keys = 1


def test_batches_as_tuples():
    assert utils.pack_x_y_sample_weight([1]) == ([1],) and utils.pack_x_y_sample_weight(1, 2) == (1, 2)
    assert (
        utils.unpack_x_y_sample_weight([1, 2, 3]) == (1, 2, 3) and utils.unpack_x_y_sample_weight({"a": 1})[1] is None
    )
    with pytest.raises(ValueError, match="tuple of 4"):
        utils.unpack_x_y_sample_weight((1, 2, 3, 4))


def test_embeddings_of_a_changed_vocabulary(tmp_path):
    (tmp_path / "old.txt").write_text("a\nb\n")
    base = np.arange(4.0).reshape(2, 2)
    found = utils.warmstart_embedding_matrix(tmp_path / "old.txt", ["c", "b"], base, np.full((2, 2), 9.0))
    assert found.tolist() == [[9, 9], [2, 3]]
    drawn = utils.warmstart_embedding_matrix(["a", "b"], ["x"], base)
    assert drawn.shape == (1, 2) and np.abs(drawn).max() <= 0.05
    with pytest.raises(ValueError, match="each of the 3 words"):
        utils.warmstart_embedding_matrix(["a", "b", "c"], ["x"], base)
    with pytest.raises(ValueError, match=r"shape \(1, 2\), got \(2, 2\)"):
        utils.warmstart_embedding_matrix(["a", "b"], ["x"], base, base)
