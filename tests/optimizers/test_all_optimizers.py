"""What holds for every optimizer, and what the composed ones add; their steps are held by ``tests/parity``."""

import copy
import inspect

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops, optimizers
from pykeras.training.step import Step

COMPOSED = (optimizers.LossScaleOptimizer, optimizers.MultiOptimizer)
ALL = [c for c in vars(optimizers).values() if inspect.isclass(c) and issubclass(c, optimizers.Optimizer)]
ALL = [c for c in ALL if c not in (optimizers.Optimizer, *COMPOSED)]
SCHEDULES = {
    "ExponentialDecay": (0.1, 10, 0.5),
    "InverseTimeDecay": (0.1, 10, 0.5),
    "PolynomialDecay": (0.1, 10),
    "PiecewiseConstantDecay": ([2], [0.1, 0.01]),
    "CosineDecay": (0.1, 10),
    "CosineDecayRestarts": (0.1, 10),
}


def weights():
    return [pykeras.Variable([[1.0, 2.0], [-1.0, 0.5]], name="kernel"), pykeras.Variable([3.0], name="bias")]


def gradients():
    return [ops.convert_to_tensor([[1.0, -1.0], [0.25, 2.0]]), ops.convert_to_tensor([0.5])]


def ids(cls):
    return cls.__name__


@pytest.mark.parametrize("cls", ALL, ids=ids)
def test_config_round_trip(cls):
    optimizer = cls(0.25, weight_decay=0.1, clipvalue=2.0, use_ema=True, gradient_accumulation_steps=3, decay=0.5)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(again) is cls and again.get_config() == optimizer.get_config()
    assert set(inspect.signature(cls).parameters) - {"kwargs"} <= set(optimizer.get_config())


@pytest.mark.parametrize("cls", ALL, ids=ids)
@pytest.mark.parametrize("name", ["lower", "class"])
def test_get_by_name(cls, name):
    assert type(optimizers.get(cls.__name__.lower() if name == "lower" else cls.__name__)) is cls


@pytest.mark.parametrize("cls", ALL, ids=ids)
def test_learning_rate_set_during_training_is_seen_by_the_next_replayed_step(cls):
    twins = [(cls(0.01), weights()) for _ in range(2)]
    steps = []
    for (optimizer, variables), eagerly in zip(twins, (True, False), strict=True):
        run = lambda batch, optimizer=optimizer, variables=variables: optimizer.apply(batch, variables)  # noqa: E731
        steps.append(Step(run, run_eagerly=eagerly))
    for number in range(6):
        for (optimizer, _), step in zip(twins, steps, strict=True):
            if number == 2:
                optimizer.learning_rate = 0.5
            if number == 3:
                optimizer.learning_rate.assign(0.125)
            if number == 4:
                optimizer.lr = 0.0
            step(gradients())
        for mine, other in zip(twins[0][1], twins[1][1], strict=True):
            np.testing.assert_array_equal(mine.numpy(), other.numpy())
    assert steps[1].programs()


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_in_a_replayed_step(name):
    schedule = getattr(optimizers.schedules, name)(*SCHEDULES[name])
    bias = pykeras.Variable([0.0])
    optimizer = optimizers.SGD(schedule)
    step = Step(lambda gradient: optimizer.apply([gradient], [bias]))
    expected = 0.0
    for number in range(6):
        expected -= float(schedule(number))
        step(ops.ones((1,)))
        assert float(bias[0]) == pytest.approx(expected, rel=1e-5)
    assert step.programs()


# these two make the weights anew of their slots in the first step, whatever they were
@pytest.mark.parametrize("cls", [c for c in ALL if c.__name__ not in ("Ftrl", "ScheduleFreeAdamW")], ids=ids)
def test_weights_without_decay(cls):
    """With gradients of zero only the decay moves a weight (and Lion's sign of zero nothing)."""
    kernel, bias = weights()
    optimizer = cls(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.apply([ops.zeros((2, 2)), ops.zeros((1,))], [kernel, bias])
    np.testing.assert_allclose(bias.numpy(), [3.0], rtol=1e-6)
    np.testing.assert_allclose(kernel.numpy(), [[0.75, 1.5], [-0.75, 0.375]], rtol=1e-5)


@pytest.mark.parametrize("cls", ALL, ids=ids)
def test_stateless_apply(cls):
    optimizer, variables = cls(0.1), weights()
    optimizer.build(variables)
    twin, twins = cls(0.1), weights()
    before = [v.numpy() for v in (*optimizer.variables, *variables)]
    state = [v.value for v in optimizer.variables], [v.value for v in variables]
    for _ in range(2):
        new_weights, new_state = optimizer.stateless_apply(state[0], gradients(), state[1])
        state = new_state, new_weights
        twin.apply(gradients(), twins)
    for old, variable in zip(before, (*optimizer.variables, *variables), strict=True):
        np.testing.assert_array_equal(old, variable.numpy())
    for got, variable in zip((*state[0], *state[1]), (*twin.variables, *twins), strict=True):
        np.testing.assert_array_equal(got.numpy(), variable.numpy())
    with pytest.raises(ValueError, match="expected values of 2 weights"):
        optimizer.stateless_apply([], gradients(), state[1])


def test_minimize_with_function_and_with_tape():
    variable, optimizer = pykeras.Variable(2.0), optimizers.SGD(0.25)
    optimizer.minimize(lambda: variable * variable, [variable])
    assert float(variable) == 1.0
    with pykeras.GradientTape() as tape:
        loss = variable * variable
    optimizer.minimize(loss, [variable], tape=tape)
    assert float(variable) == 0.5
    with pytest.raises(ValueError, match="needs the tape"):
        optimizer.minimize(loss, [variable])


def test_apply_gradients_knows_its_keywords():
    variable = pykeras.Variable(1.0)
    pairs = [(ops.convert_to_tensor(1.0), variable)]
    optimizers.SGD().apply_gradients(pairs, name="step", experimental_aggregate_gradients=False)
    with pytest.raises(TypeError, match="unexpected keyword argument 'nam'"):
        optimizers.SGD().apply_gradients(pairs, nam="step")


def test_variables_of_several_names_and_initializers():
    optimizer, variables = optimizers.SGD(), weights()
    first, second = optimizer.add_optimizer_variables(variables, ["a", "b"], ["zeros", "ones"])
    assert [v.path for v in first] == ["sgd/kernel_a", "sgd/bias_a"] or first[0].path.endswith("kernel_a")
    assert float(second[1][0]) == 1.0 and float(first[1][0]) == 0.0
    with pytest.raises(ValueError, match="2 names of variables and 1 initializers"):
        optimizer.add_optimizer_variables(variables, ["a", "b"], ["zeros"])


def test_variables_made_of_one_tensor_stay_two_in_a_recorded_step():
    first = pykeras.Variable([1.0])
    second = pykeras.Variable(first.value)
    step = Step(lambda x: (first.assign_add(x), second.assign_sub(x)))
    for _ in range(3):
        step(ops.ones((1,)))
    assert float(first[0]) == 4.0 and float(second[0]) == -2.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.Ftrl(learning_rate_power=0.5), "learning_rate_power: expected a number of 0 or less"),
        (lambda: optimizers.Ftrl(l1_regularization_strength=-1.0), "l1_regularization_strength: expected a number of"),
        (lambda: optimizers.Lion(beta_1=0.0), "beta_1: expected a positive number"),
        (lambda: optimizers.Adagrad(initial_accumulator_value=-1), "initial_accumulator_value: expected a number of"),
        (lambda: optimizers.AdamW(weight_decay=None), "weight_decay: expected a number of 0 or more, got None"),
        (lambda: optimizers.schedules.CosineDecay(0.1, 0), "decay_steps: expected a positive number"),
        (lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), clipnorm=1.0), "set it on the `inner_optimizer`"),
        (lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), dynamic=False), "loss_scale_factor instead"),
        (lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), scale=2.0), "has no argument 'scale'"),
    ],
)
def test_arguments_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# LossScaleOptimizer and MultiOptimizer


def test_loss_scale_grows_and_shrinks_in_replayed_steps():
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(1.0), initial_scale=4.0, dynamic_growth_steps=2)
    variable = pykeras.Variable([0.0])
    step = Step(lambda gradient: optimizer.apply([gradient], [variable]))
    scales, values = [], []
    for gradient in (4.0, 4.0, 8.0, np.inf, np.nan, 2.0, 2.0):
        step(ops.convert_to_tensor([np.float32(gradient)]))
        scales.append(float(optimizer.dynamic_scale))
        values.append(float(variable[0]))
    assert scales == [4.0, 8.0, 8.0, 4.0, 2.0, 2.0, 4.0]
    assert values == [-1.0, -2.0, -3.0, -3.0, -3.0, -4.0, -5.0]
    assert int(optimizer.iterations) == 5
    assert float(optimizer.scale_loss(ops.convert_to_tensor(3.0))) == 12.0
    optimizer.learning_rate = 0.5
    assert float(optimizer.inner_optimizer.lr) == float(optimizer.lr) == 0.5


def test_loss_scale_optimizer_trains_a_model_like_the_inner_one():
    x, y = np.random.default_rng(0).normal(size=(32, 3)), np.ones((32, 1))
    results = []
    for wrap in (lambda o: o, optimizers.LossScaleOptimizer):
        pykeras.utils.set_random_seed(3)
        model = pykeras.Sequential([pykeras.Input((3,)), layers.Dense(1)])
        model.compile(wrap(optimizers.Adam(0.1)), "mse")
        results.append(model.fit(x, y, batch_size=8, epochs=3, verbose=0).history["loss"])
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5)


def test_multi_optimizer_config_and_state():
    chosen = optimizers.OptimizerMap(optimizers.Adam(0.1), {"bias": optimizers.SGD(0.5, momentum=0.9)})
    optimizer, variables = optimizers.MultiOptimizer(chosen), weights()
    optimizer.apply(gradients(), variables)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    again.build(weights())
    again.set_weights(optimizer.get_weights())
    for mine, other in zip(optimizer.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert [type(o).__name__ for o in again.optimizers] == ["SGD", "Adam"]
    twin = copy.deepcopy(optimizer)
    twin.apply(gradients())
    assert int(twin.iterations) == 2 and int(optimizer.iterations) == 1


def test_multi_optimizer_has_no_learning_rate():
    optimizer = optimizers.MultiOptimizer(lambda variable: slow)
    slow = optimizers.SGD(0.5)
    with pytest.raises(AttributeError, match="no learning rate of its own"):
        optimizer.learning_rate = 0.1
    assert not hasattr(optimizer, "learning_rate")
    optimizer.apply(gradients(), variables := weights())
    assert float(variables[1][0]) == 2.75 and optimizer.optimizers == [slow]


def test_optimizer_map():
    one, other = optimizers.SGD(), optimizers.Adam()
    chosen = optimizers.OptimizerMap(one, {".*kernel": other})
    assert chosen["dense/kernel"] is other and chosen["dense/bias"] is one and len(chosen) == 1
    with pytest.raises(ValueError, match="has an optimizer already"):
        chosen[".*kernel"] = one
    chosen["dense.*"] = one
    with pytest.raises(ValueError, match="matched by"):
        chosen["dense/kernel"]
    with pytest.raises(ValueError, match="cannot be one of several"):
        chosen["x"] = optimizers.LossScaleOptimizer(one)
    with pytest.raises(TypeError, match="expected an Optimizer as default_optimizer"):
        optimizers.OptimizerMap("sgd")
    del chosen["dense.*"]
    assert list(chosen) == [".*kernel"]


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "SGD"])
@pytest.mark.parametrize("shape", [(700, 40), (90, 1), (3, 20000)])
def test_gradients_of_looked_up_rows_are_never_stored_whole(name, shape):
    rng = np.random.default_rng(4)
    start = rng.normal(size=shape).astype("float32")
    batches = [ops.convert_to_tensor(rng.integers(0, shape[0], (4, 6))) for _ in range(4)]
    results = []
    for eagerly in (True, False):
        matrix = pykeras.Variable(start)
        optimizer = getattr(optimizers, name)(0.1)
        optimizer.build([matrix])

        def train(rows, matrix=matrix, optimizer=optimizer):
            with pykeras.GradientTape() as tape:
                loss = ops.sum(ops.square(ops.take(matrix, rows, axis=0)))
            optimizer.apply([tape.gradient(loss, matrix)], [matrix])

        step = Step(train, run_eagerly=eagerly)
        for rows in batches:
            step(rows)
        results.append([variable.numpy() for variable in (matrix, *optimizer.variables)])
    for mine, other in zip(*results, strict=True):
        np.testing.assert_array_equal(mine, other)
    calls = step.programs()[0].calls
    assert "take_grad" not in calls and sum(call.startswith("take_grad+") for call in calls) == 1
