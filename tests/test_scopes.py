"""StatelessScope, SymbolicScope, RematScope, name_scope; policies by path."""

import threading

import numpy as np
import pytest

import pykeras
from pykeras import dtype_policies, ops, scopes, stateless


def test_values_given_and_assigned_last_as_long_as_the_block():
    given, assigned, untouched = (pykeras.Variable([1.0, 2.0]) for _ in range(3))
    with pykeras.StatelessScope([(given, [3, 4])]) as scope:
        assert stateless.get_stateless_scope() is scope
        assert scope.get_current_value(assigned) is None
        assigned.assign(given * 2)
        assigned.assign_add([1.0, 1.0])
        scope.add_update((given, [0.5, 0.5]))
        assert assigned.tolist() == [7.0, 9.0] and given.tolist() == [0.5, 0.5]
        assert scope.get_current_value(assigned).tolist() == [7.0, 9.0]
    assert given.tolist() == assigned.tolist() == [1.0, 2.0]
    assert scope.get_current_value(assigned).tolist() == [7.0, 9.0]
    assert scope.get_current_value(untouched) is None
    assert set(scope.state_mapping) == {id(given), id(assigned)}
    assert not stateless.in_stateless_scope()


def test_scopes_nest_and_end_with_errors():
    v = pykeras.Variable(1.0)
    with pykeras.StatelessScope([(v, 2.0)]):
        with pytest.raises(RuntimeError, match="stop"), pykeras.StatelessScope([(v, 3.0)]) as inner:
            v.assign(4.0)
            raise RuntimeError("stop")
        assert float(v) == 2.0 and float(inner.get_current_value(v)) == 4.0
    assert float(v) == 1.0


def test_gradients_reach_the_values_of_a_scope():
    v = pykeras.Variable([1.0, 1.0])
    start = ops.convert_to_tensor([2.0, 3.0])
    with pykeras.GradientTape() as tape:
        tape.watch(start)
        with pykeras.StatelessScope([(v, start)]):
            v.assign(v * v)
            total = ops.sum(v * 5)
    assert tape.gradient(total, start).tolist() == [20.0, 30.0]


def test_stateless_calls_are_differentiable_by_the_weights_passed():
    layer = pykeras.layers.Dense(1, kernel_initializer="ones")
    layer.build((None, 2))
    x = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")

    def loss(weights):
        return ops.sum(layer.stateless_call(weights, [], x)[0])

    value, slopes = pykeras.value_and_grad(loss)([np.full((2, 1), 2.0, "float32"), np.zeros(1, "float32")])
    assert float(value) == 20.0
    assert [slope.tolist() for slope in slopes] == [[[4.0], [6.0]], [2.0]]
    assert layer.kernel.tolist() == [[1.0], [1.0]]


def test_a_scope_collects_losses_and_keeps_statistics_and_seeds():
    layer = pykeras.layers.Dense(1, activity_regularizer="l2")
    model = pykeras.Sequential([layer, pykeras.layers.BatchNormalization(), pykeras.layers.Dropout(0.5, seed=3)])
    model.build((None, 2))
    before = [v.numpy() for v in model.variables]
    with pykeras.StatelessScope(collect_losses=True) as scope:
        model(np.ones((4, 2), "float32"), training=True)
    assert len(scope.losses) == 1 and len(scope.state_mapping) == 3
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_a_scope_belongs_to_its_thread():
    v, seen = pykeras.Variable(0.0), []
    with pykeras.StatelessScope():
        thread = threading.Thread(target=lambda: seen.append(stateless.in_stateless_scope()))
        thread.start()
        thread.join()
        v.assign(1.0)
    assert seen == [False] and float(v) == 0.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: pykeras.StatelessScope([("kernel", 1.0)]),
        lambda: pykeras.StatelessScope([(pykeras.Variable([1.0]), [1.0, 2.0])]),
        lambda: pykeras.StatelessScope(initialize_variables=False),
        lambda: pykeras.RematScope("sometimes"),
    ],
)
def test_what_scopes_refuse(make):
    with pytest.raises(ValueError, match="Scope"):
        make()


def test_a_scope_serves_one_block():
    scope = pykeras.StatelessScope()
    with scope:
        pass
    with pytest.raises(RuntimeError, match="one block"), scope:
        pass
    with pytest.raises(RuntimeError, match="add_update"):
        scope.add_update((pykeras.Variable(1.0), 2.0))


def test_symbolic_scope_is_told_in_it_and_while_layers_describe_themselves():
    seen = []

    class Asking(pykeras.layers.Layer):
        def call(self, x):
            seen.append(scopes.in_symbolic_scope())
            return x

    layer = Asking()
    layer(pykeras.Input((2,)))
    layer(np.ones((1, 2)))
    with pykeras.SymbolicScope():
        seen.append(scopes.in_symbolic_scope())
    seen.append(scopes.in_symbolic_scope())
    assert seen == [True, False, True, False]


def test_remat_changes_no_value():
    assert scopes.get_current_remat_mode() is None
    with pykeras.RematScope("activations"), pykeras.RematScope("list_of_layers", layer_names=["a"]) as inner:
        assert scopes.get_current_remat_mode() is inner
        result = pykeras.remat(lambda x, scale=1.0: x * scale)(np.array([1.0, 2.0]), scale=3.0)
    assert result.tolist() == [3.0, 6.0] and scopes.get_current_remat_mode() is None


def test_names_follow_caller_and_parent():
    with pykeras.name_scope("a", caller=layer_like) as outer, pykeras.name_scope("a", caller=layer_like):
        assert outer.name == "a" and scopes.current_path() == "a"
        with pykeras.name_scope("a", caller=layer_like, deduplicate=False):
            assert scopes.current_path() == "a/a"
        with pykeras.name_scope("c", override_parent="/x/y"), pykeras.name_scope("d"):
            assert scopes.current_path() == "x/y/c/d"
    assert scopes.current_path() == ""


layer_like = object()


def test_policies_by_path():
    policies = dtype_policies.DTypePolicyMap(policy_map={"model/exact": "float64", "model/e.*": "float32"})
    policies["wide.*"] = dtype_policies.DTypePolicy("float64")
    assert [policies[key].name for key in ("model/exact", "model/else", "wider", "other")] == [
        "float64", "float32", "float64", "float32",
    ]  # fmt: skip
    assert "wider" not in policies and len(policies) == 3 and policies.name == "map_float32"
    assert dtype_policies.get(dtype_policies.serialize(policies)) == policies
    layer = pykeras.layers.Dense(1, dtype=policies, name="wide_one")
    assert layer(np.ones((1, 2))).dtype == layer.kernel.dtype == layer.compute_dtype == "float64"
    again = pykeras.layers.Dense.from_config(layer.get_config())
    assert again.dtype_policy == policies and again.dtype == "float64"
    del policies["wide.*"]
    assert layer.dtype == "float32"


@pytest.mark.parametrize(
    ("error", "wrong"),
    [
        (ValueError, lambda m: m.__setitem__("a", "float64")),
        (ValueError, lambda m: m.__setitem__("b", 123)),
        (TypeError, lambda m: m.__setitem__(1, "float64")),
        (ValueError, lambda m: m.update({"x.*": "float32", ".*y": "float32"}) or m["xy"]),
        (KeyError, lambda m: m.pop("b")),
        (TypeError, lambda m: dtype_policies.DTypePolicyMap(policy_map=[1])),
        (ValueError, lambda m: dtype_policies.DTypePolicyMap("float15")),
        (TypeError, lambda m: dtype_policies.DTypePolicy(3)),
        (ValueError, lambda m: dtype_policies.DTypePolicy("")),
        (ValueError, lambda m: dtype_policies.get(12345)),
        (ValueError, lambda m: pykeras.random.SeedGenerator(1, width=2)),
        (ValueError, lambda m: pykeras.random.uniform((2,), seed="one")),
    ],
)
def test_what_policies_and_seeds_refuse(error, wrong):
    with pytest.raises(error):
        wrong(dtype_policies.DTypePolicyMap(policy_map={"a": "float32"}))
