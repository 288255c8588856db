"""Arguments, variables, learning rates and state of optimizers; their steps are held by ``tests/parity``."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import pykeras
from pykeras import ops, optimizers

ALL = (optimizers.SGD, optimizers.RMSprop, optimizers.Adam)


def weights():
    return [pykeras.Variable([[1.0, 2.0]], name="kernel"), pykeras.Variable([3.0], name="bias")]


def gradients():
    return [ops.convert_to_tensor([[1.0, -1.0]]), ops.convert_to_tensor([0.5])]


@pytest.mark.parametrize(
    ("name", "cls"), [("sgd", "SGD"), ("SGD", "SGD"), ("adam", "Adam"), ("Adam", "Adam"), ("rmsprop", "RMSprop")]
)
def test_get_by_name(name, cls):
    assert type(optimizers.get(name)).__name__ == cls


def test_unknown_name_suggests_near_ones():
    with pytest.raises(ValueError, match=r'Unknown optimizer "adm".*"Adam"'):
        optimizers.get("adm")


def test_only_optimizers_are_optimizers():
    with pytest.raises(ValueError, match="as an optimizer"):
        optimizers.get(len)


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
def test_unknown_keyword_is_a_type_error(cls):
    with pytest.raises(TypeError, match=f"{cls.__name__} has no argument 'learning_rat': did you mean 'learning_rate'"):
        cls(learning_rat=0.1)
    with pytest.raises(TypeError, match="its arguments are"):
        cls(zzz=0.1)


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
def test_signature_shows_shared_arguments(cls):
    assert {"learning_rate", "clipnorm", "use_ema", "gradient_accumulation_steps", "name"} <= set(
        inspect.signature(cls).parameters
    )


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
def test_config_round_trip(cls):
    optimizer = cls(0.25, weight_decay=0.1, clipvalue=2.0, use_ema=True, gradient_accumulation_steps=3, decay=0.5)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(again) is cls
    assert again.get_config() == optimizer.get_config()
    assert again.decay == 0.5


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"clipnorm": -1.0}, "clipnorm: expected a positive number, got -1"),
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of `clipnorm`, `clipvalue` and `global_clipnorm`"),
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps: expected 2 or more, got 1"),
        ({"ema_momentum": 2.0, "use_ema": True}, "ema_momentum: expected a number from 0 to 1"),
        ({"decay": -1.0}, "expected decay of 0 or more"),
        ({"momentum": 2.0}, "momentum: expected a number from 0 to 1"),
    ],
)
def test_values_out_of_range(kwargs, message):
    with pytest.raises(ValueError, match=message):
        optimizers.SGD(**kwargs)


def test_learning_rate_must_be_a_number():
    with pytest.raises(ValueError, match="expected learning_rate to be a number"):
        optimizers.SGD("0.1")


def test_lr_is_learning_rate():
    optimizer = optimizers.SGD(lr=0.5)
    assert float(optimizer.lr) == 0.5
    optimizer.lr = 0.25
    assert float(optimizer.learning_rate) == 0.25
    optimizer.learning_rate.assign(0.125)
    assert float(optimizer.lr) == 0.125


def test_decay_divides_the_rate():
    optimizer, (kernel, bias) = optimizers.SGD(lr=1.0, decay=1.0), weights()
    for expected in (3.0 - 0.5, 3.0 - 0.5 - 0.25, 3.0 - 0.5 - 0.25 - 0.5 / 3):
        optimizer.apply(gradients(), [kernel, bias])
        assert float(bias[0]) == pytest.approx(expected)


def test_schedule_as_learning_rate():
    schedule = optimizers.schedules.ExponentialDecay(1.0, 1, 0.5)
    optimizer, (_, bias) = optimizers.SGD(schedule), weights()
    for expected in (2.5, 2.25, 2.125):
        optimizer.apply([gradients()[1]], [bias])
        assert float(bias[0]) == expected
    assert float(optimizer.learning_rate) == 0.125
    with pytest.raises(TypeError, match="cannot be set to 0.1"):
        optimizer.learning_rate = 0.1
    again = optimizers.SGD.from_config(optimizer.get_config())
    assert float(again.learning_rate) == 1.0


def test_function_as_learning_rate():
    optimizer, (_, bias) = optimizers.SGD(lambda: 2.0), weights()
    optimizer.apply([gradients()[1]], [bias])
    assert float(bias[0]) == 2.0


def test_number_of_gradients_must_fit():
    with pytest.raises(ValueError, match="got 1 gradients for 2 variables"):
        optimizers.SGD().apply(gradients()[:1], weights())


def test_no_gradient_at_all():
    with pytest.raises(ValueError, match="No gradient for any variable \\(kernel, bias\\)"):
        optimizers.SGD().apply([None, None], weights())


def test_a_missing_gradient_warns_and_leaves_the_weight():
    kernel, bias = weights()
    with pytest.warns(UserWarning, match="No gradient for the variables kernel"):
        optimizers.Adam().apply([None, gradients()[1]], [kernel, bias])
    assert kernel.numpy().tolist() == [[1.0, 2.0]] and float(bias[0]) < 3.0


def test_unknown_variable():
    optimizer = optimizers.SGD()
    optimizer.build(weights())
    with pytest.raises(ValueError, match=r"Unknown variable 'other' of shape \(1,\)"):
        optimizer.apply([gradients()[1]], [pykeras.Variable([1.0], name="other")])


def test_apply_needs_variables_before_build():
    with pytest.raises(ValueError, match="build it first"):
        optimizers.SGD().apply(gradients())


def test_apply_gradients_takes_pairs():
    optimizer, variables = optimizers.SGD(1.0), weights()
    assert int(optimizer.apply_gradients(zip(gradients(), variables, strict=True))) == 1
    assert variables[0].numpy().tolist() == [[0.0, 3.0]]


def test_excluded_from_weight_decay():
    kernel, bias = weights()
    optimizer = optimizers.SGD(1.0, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.apply([ops.zeros((1, 2)), ops.zeros((1,))], [kernel, bias])
    assert kernel.numpy().tolist() == [[0.5, 1.0]] and bias.numpy().tolist() == [3.0]
    with pytest.raises(ValueError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_list=[bias])


def test_state_goes_to_another_optimizer():
    first, second = optimizers.Adam(0.5, amsgrad=True), optimizers.Adam(amsgrad=True)
    variables = weights()
    first.apply(gradients(), variables)
    store = {}
    first.save_own_variables(store)
    second.build(weights())
    second.load_own_variables(store)
    for mine, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    with pytest.raises(ValueError, match="has 2 variables, the saved state 8"):
        optimizers.SGD().load_own_variables(store)


def test_set_weights_checks_shapes():
    optimizer = optimizers.SGD(momentum=0.5)
    with pytest.raises(ValueError, match="no variables yet"):
        optimizer.set_weights([])
    optimizer.build(weights())
    values = optimizer.get_weights()
    with pytest.raises(ValueError, match="expected 4 arrays, got 1"):
        optimizer.set_weights(values[:1])
    with pytest.raises(ValueError, match=r"kernel_momentum: expected shape \(1, 2\), got \(2,\)"):
        optimizer.set_weights([*values[:2], np.zeros(2), values[3]])


def test_keras3_subclass():
    class Signed(optimizers.Optimizer):
        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.counts = [self.add_variable_from_reference(v, "count") for v in variables]

        def update_step(self, gradient, variable, learning_rate):
            count = self.counts[self._get_variable_index(variable)]
            self.assign_add(count, 1.0)
            self.assign_sub(variable, learning_rate * ops.sign(gradient))

    optimizer, variables = Signed(learning_rate=0.5), weights()
    optimizer.apply(gradients(), variables)
    assert variables[0].numpy().tolist() == [[0.5, 2.5]]
    assert optimizer.variables[-1].path.endswith("bias_count") and float(optimizer.counts[1][0]) == 1.0


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))], ids=["copied", "pickled"])
def test_copies_go_on_by_themselves(twin_of):
    optimizer, variables = optimizers.Adam(0.1), weights()
    optimizer.apply(gradients(), variables)
    twin = twin_of(optimizer)
    twin.apply(gradients())
    assert int(twin.iterations) == 2 and int(optimizer.iterations) == 1
    optimizer.apply(gradients())
    for mine, other in zip(optimizer.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_legacy_names():
    assert optimizers.legacy.Adam(lr=0.1).get_config()["learning_rate"] == pytest.approx(0.1)


def test_legacy_nadam_keeps_its_schedule():
    again = optimizers.deserialize(optimizers.serialize(optimizers.legacy.Nadam(0.1)))
    assert again.schedule_decay == 0.004 and optimizers.Nadam().schedule_decay == 1.0
    assert "schedule_decay" not in optimizers.Nadam().get_config()


def test_float64_weights_are_changed_in_float64():
    variable = pykeras.Variable(np.array([1.0]), dtype="float64", name="w")
    optimizers.Adam(0.1).apply([ops.convert_to_tensor(np.array([0.3]))], [variable])
    assert variable.dtype == "float64"
    assert float(variable[0]) == pytest.approx(0.9, rel=1e-5)


def test_loss_is_scaled():
    assert float(optimizers.SGD(loss_scale_factor=8.0).scale_loss(ops.convert_to_tensor(2.0))) == 16.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda s: s.PiecewiseConstantDecay([1], [1.0]), "one value more than boundaries"),
        (lambda s: s.PiecewiseConstantDecay([2, 1], [1.0, 2.0, 3.0]), "boundaries that rise"),
        (lambda s: s.ExponentialDecay(0.1, 0, 0.5), "decay_steps: expected a positive number"),
    ],
)
def test_schedules_check_their_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make(optimizers.schedules)
