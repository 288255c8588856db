"""Names, reductions, weights and subclasses of losses; their numbers are held by ``tests/parity``."""

import numpy as np
import pytest

from pykeras import losses, ops

ALIASES = {
    "mse": losses.mean_squared_error,
    "MSE": losses.mean_squared_error,
    "mean_squared_error": losses.mean_squared_error,
    "mae": losses.mean_absolute_error,
    "MAPE": losses.mean_absolute_percentage_error,
    "msle": losses.mean_squared_logarithmic_error,
    "bce": losses.binary_crossentropy,
    "kld": losses.kl_divergence,
    "kullback_leibler_divergence": losses.kl_divergence,
    "logcosh": losses.log_cosh,
    "huber_loss": losses.huber,
    "categorical_crossentropy": losses.categorical_crossentropy,
    "sparse_categorical_crossentropy": losses.sparse_categorical_crossentropy,
}
CLASSES = [value for value in vars(losses).values() if isinstance(value, type) and issubclass(value, losses.Loss)]
CLASSES = [cls for cls in CLASSES if cls not in (losses.Loss, losses.LossFunctionWrapper)]


@pytest.mark.parametrize("name", ALIASES)
def test_get_by_alias(name):
    assert losses.get(name) is ALIASES[name]


def test_get_by_class_name_object_and_none():
    assert isinstance(losses.get("MeanSquaredError"), losses.MeanSquaredError)
    loss = losses.Huber()
    assert losses.get(loss) is loss
    assert losses.get(None) is None


def test_unknown_name_suggests_near_ones():
    with pytest.raises(ValueError, match=r'Unknown loss "mean_sqared_error".*mean_squared_error'):
        losses.get("mean_sqared_error")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_config_round_trip(cls):
    loss = cls(reduction="sum", name="mine")
    again = losses.deserialize(losses.serialize(loss))
    assert type(again) is cls
    assert again.get_config() == loss.get_config()
    assert again.reduction == "sum" and again.name == "mine"


def test_config_keeps_options():
    loss = losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1, axis=0)
    again = losses.BinaryCrossentropy.from_config(loss.get_config())
    assert again.get_config()["label_smoothing"] == 0.1 and again.get_config()["from_logits"] is True


def test_wrapped_function_round_trip():
    loss = losses.LossFunctionWrapper(losses.huber, delta=0.5)
    again = losses.LossFunctionWrapper.from_config(loss.get_config())
    assert again.fn is losses.huber
    assert float(again([[0.0]], [[2.0]])) == float(loss([[0.0]], [[2.0]]))


def test_reductions():
    y_true, y_pred = np.zeros((2, 2)), np.array([[1.0, 1.0], [3.0, 3.0]])
    expected = {"sum_over_batch_size": 5.0, "mean": 5.0, "sum": 10.0, "auto": 5.0}
    for reduction, value in expected.items():
        assert float(losses.MeanSquaredError(reduction=reduction)(y_true, y_pred)) == value
    assert losses.MeanSquaredError(reduction=None)(y_true, y_pred).numpy().tolist() == [1.0, 9.0]


def test_unknown_reduction():
    with pytest.raises(ValueError, match="`reduction`: expected one of 'sum_over_batch_size'.*got 'average'"):
        losses.MeanSquaredError(reduction="average")


def test_weights_of_samples_count_for_all_their_places():
    y_true, y_pred = np.zeros((2, 2, 1)), np.ones((2, 2, 1))
    values = losses.MeanSquaredError(reduction="none")(y_true, y_pred, sample_weight=[1.0, 3.0])
    assert values.numpy().tolist() == [[1.0, 1.0], [3.0, 3.0]]


def test_labels_of_rank_one_meet_a_column():
    loss = losses.MeanSquaredError()
    assert float(loss(np.array([1.0, 2.0]), np.array([[1.0], [4.0]]))) == 2.0
    assert float(loss(np.array([[1.0], [4.0]]), np.array([1.0, 2.0]))) == 2.0


def test_extreme_predictions_stay_finite():
    values = losses.binary_crossentropy([[1.0, 0.0]], [[0.0, 1.0]])
    assert np.isfinite(values.numpy()).all()
    assert np.isfinite(losses.categorical_crossentropy([[1.0, 0.0]], [[0.0, 1.0]]).numpy()).all()
    assert np.isfinite(losses.log_cosh([[0.0]], [[1e4]]).numpy()).all()


def test_integers_are_taken_as_numbers():
    assert float(losses.mean_squared_error([[0, 2]], [[1, 5]])[0]) == 5.0


def test_label_smoothing_is_checked():
    with pytest.raises(ValueError, match="label_smoothing must lie between 0 and 1, got 2"):
        losses.CategoricalCrossentropy(label_smoothing=2)


def test_subclass_with_call():
    class Offset(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(ops.abs(y_true - y_pred), axis=-1) + 1.0

    loss = Offset()
    assert loss.name.startswith("offset")
    assert float(loss([[0], [0]], [[1], [3]], sample_weight=[1.0, 0.0])) == 1.0


def test_subclass_without_call():
    with pytest.raises(NotImplementedError, match="Empty has no call"):
        type("Empty", (losses.Loss,), {})()([[0.0]], [[0.0]])


def test_ignored_class_leaves_the_mean():
    probabilities = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    all_but_one = losses.SparseCategoricalCrossentropy()([1, 0], probabilities[[0, 2]])
    ignoring = losses.SparseCategoricalCrossentropy(ignore_class=-1)([1, -1, 0], probabilities)
    assert float(ignoring) == pytest.approx(float(all_but_one))


def test_dtype():
    assert losses.MeanSquaredError(dtype="float64")([[0.0]], [[1.0]]).dtype == "float64"


def test_mask_of_a_result_leaves_places_out():
    class Half(losses.Loss):
        def call(self, y_true, y_pred):
            values = ops.squeeze(y_pred, -1)
            values._keras_mask = ops.convert_to_tensor([True, False])
            return values

    assert float(Half()([[0.0], [0.0]], [[3.0], [100.0]])) == 3.0


def test_ctc_of_short_sequences_by_hand():
    """Two frames spell "1" as 11, 1- or -1: 3 of 4 equally likely paths; two different labels fill both frames."""
    scores = np.zeros((3, 2, 3), "float32")
    values = losses.ctc(np.array([[1, 0], [1, 2], [0, 0]]), scores).numpy()
    np.testing.assert_allclose(values, -np.log([3 / 9, 1 / 9, 1 / 9]), rtol=1e-5)
    assert losses.ctc([[1, 1]], scores[:1]).numpy()[0] > 1e4  # equal labels need a blank between them
    with pytest.raises(ValueError, match="ctc: expected labels of shape"):
        losses.ctc([1], scores)


def test_circle_compares_with_references():
    embeddings = np.array([[1.0, 0.0], [0.0, 1.0]], "float32")
    alone = losses.circle([0, 1], embeddings, embeddings[::1].argmax(1), embeddings, remove_diagonal=False)
    np.testing.assert_allclose(alone, losses.circle([0, 1], embeddings, remove_diagonal=False), rtol=1e-6)


def test_generalized_crossentropy_checks_q():
    with pytest.raises(ValueError, match="q: expected a number between 0 and 1, got 1"):
        losses.CategoricalGeneralizedCrossEntropy(q=1)
