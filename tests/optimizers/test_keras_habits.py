"""What users of Keras do with optimizers besides training."""

import numpy as np

import pykeras
from pykeras import ops, optimizers


def test_a_number_is_scaled_like_a_loss():
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(), initial_scale=8.0)
    assert float(optimizer.scale_loss(0.5)) == 4.0
    assert float(optimizer.scale_loss(ops.array(0.5))) == 4.0


def test_what_replaces_a_weight_is_not_averaged_over_steps():
    kept, trained = pykeras.Variable([1.0, 2.0]), pykeras.Variable([1.0, 2.0])
    kept.overwrite_with_gradient = True
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2)
    for size in (1.0, 2.0):
        optimizer.apply([ops.full((2,), size)] * 2, [kept, trained])
    np.testing.assert_allclose(kept.numpy(), [2.0, 2.0])
    np.testing.assert_allclose(trained.numpy(), [-0.5, 0.5])


def test_a_schedule_of_epochs_drives_several_optimizers():
    slow, fast = optimizers.SGD(0.5), optimizers.SGD(2.0)
    model = pykeras.Sequential([pykeras.layers.Input((2,)), pykeras.layers.Dense(1, name="last")])
    model.compile(optimizers.MultiOptimizer(optimizers.OptimizerMap(slow, {".*bias": fast})), "mse")
    callback = pykeras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    model.fit(np.ones((2, 2)), np.ones((2, 1)), epochs=2, verbose=0, callbacks=[callback])
    assert (float(slow.learning_rate), float(fast.learning_rate)) == (0.125, 0.5)


def test_variables_made_in_a_scope_are_found_by_their_path():
    with pykeras.name_scope("encoder"):
        weight = pykeras.Variable([1.0], name="kernel")
    chosen = optimizers.OptimizerMap(optimizers.Adam(), {"^encoder/.*": optimizers.SGD(name="own")})
    assert weight.path == "encoder/kernel"
    assert chosen(weight).name == "own"
