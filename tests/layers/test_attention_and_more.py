"""Embedding, attention, normalization, noise, merging and Lambda layers: what real Keras's numbers do not show."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops, random

X = np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")


# ---- embedding -----------------------------------------------------------------------------------


def test_embedding_names_what_is_out_of_range():
    layer = layers.Embedding(5, 3, name="words")
    with pytest.raises(IndexError, match=r'Embedding "words": index 7 is out of range for an axis of size 5'):
        layer(np.array([[1, 7]]))
    with pytest.raises(IndexError, match=r'Embedding "words": index -1 is out of range'):
        layer(np.array([[-1]]))


def test_embedding_out_of_range_in_a_replayed_step():
    model = pykeras.Sequential([layers.Embedding(5, 3, name="words"), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((4, 2), "int64")
    model.fit(x, np.zeros((4, 1)), batch_size=2, epochs=2, verbose=0)
    with pytest.raises(IndexError, match=r'"words": index 9 is out of range for an axis of size 5'):
        model.fit(x * 9, np.zeros((4, 1)), batch_size=2, verbose=0)


def test_embedding_takes_weights_and_input_length():
    table = np.arange(6.0, dtype="float32").reshape(3, 2)
    for weights in (table, [table]):
        layer = layers.Embedding(3, 2, weights=weights, input_length=2)
        np.testing.assert_array_equal(layer(np.array([[2, 0]])).numpy(), table[None, [2, 0]])
    with pytest.raises(ValueError, match=r"expected inputs of shape \(None, 2\), as input_length says, got \(1, 3\)"):
        layer(np.array([[2, 0, 1]]))
    model = pykeras.Sequential([layers.Embedding(3, 2, input_length=4), layers.Flatten(), layers.Dense(1)])
    assert model.output_shape == (None, 1) and model.count_params() == 3 * 2 + 9
    assert layers.Embedding.from_config(layer.get_config()).get_config() == layer.get_config()


def test_embedding_gradient_adds_up():
    layer = layers.Embedding(4, 2)
    with pykeras.GradientTape() as tape:
        total = ops.sum(layer(np.array([[1, 1, 3]])))
    (slope,) = tape.gradient(total, layer.trainable_variables)
    np.testing.assert_array_equal(slope.numpy(), [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_what_is_not_there_says_so():
    for make in (lambda **k: layers.Embedding(3, 2, **k), lambda **k: layers.Dense(3, **k),
                 lambda **k: layers.EinsumDense("ab,bc->ac", 3, **k)):  # fmt: skip
        with pytest.raises(NotImplementedError, match="not supported; weights are"):
            make(quantization_config="int8")
    for name, arguments in (("JaxLayer", [print]), ("FlaxLayer", [print]), ("TorchModuleWrapper", [print]),
                            ("TFSMLayer", ["a path"]), ("DenseFeatures", [[]])):  # fmt: skip
        with pytest.raises(NotImplementedError, match=name):
            getattr(layers, name)(*arguments)


# ---- attention -----------------------------------------------------------------------------------


def test_blocked_and_stored_attention_agree_and_say_no_alike():
    q, k = np.random.default_rng(1).normal(size=(2, 2, 200, 4, 6)).astype("float32")
    mask = np.random.default_rng(2).random((2, 1, 200, 200)) > 0.2
    for options in ({}, {"mask": mask}, {"is_causal": True}, {"mask": mask[:1, 0, 0], "is_causal": True, "scale": 2.0}):
        got = [ops.dot_product_attention(q, k, k, flash_attention=f, **options).numpy() for f in (None, True, False)]
        np.testing.assert_array_equal(got[0], got[1])
        np.testing.assert_allclose(got[0], got[2], rtol=2e-4, atol=2e-5)
    with pytest.raises(ValueError, match="flash_attention=True goes with neither"):
        ops.dot_product_attention(q, k, k, bias=0.0, flash_attention=True)
    with pytest.raises(ValueError, match=r"key: expected 4 axes"):
        ops.dot_product_attention(q, k[0], k)
    with pytest.raises(ValueError, match="does not broadcast"):
        ops.dot_product_attention(q, k, k, mask=mask[:, :, :3], flash_attention=False)
    capped = ops.dot_product_attention(q, k, k, attn_logits_soft_cap=1e-6).numpy()
    np.testing.assert_allclose(capped, np.broadcast_to(k.mean(1, keepdims=True), k.shape), atol=1e-4)


def test_blocked_attention_stores_no_scores():
    """The program of a model's forward pass needs less memory than its scores would."""
    from pykeras.training.step import Step

    x = ops.convert_to_tensor(np.ones((1, 2048, 1, 4), "float32"))
    step = Step(lambda x: ops.dot_product_attention(x, x, x) * 1.0)
    for _ in range(3):
        step(x)
    (program,) = step.programs()
    assert program.memory_bytes < 2048 * 2048 * 4 / 8


def test_multi_head_attention_masks_of_an_embedding():
    words = np.array([[1, 2, 0, 0], [3, 1, 2, 0]])
    inputs = pykeras.Input((4,), dtype="int32")
    embedded = layers.Embedding(5, 8, mask_zero=True)(inputs)
    attended = layers.MultiHeadAttention(2, 4)(embedded, embedded)
    pooled = layers.GlobalAveragePooling1D()(attended)
    model = pykeras.Model(inputs, pooled)
    changed = words.copy()
    before = model.predict(words, verbose=0)
    embedding = model.layers[1]
    table = embedding.get_weights()[0]
    table[0] += 5.0  # what stands for padding must not matter
    embedding.set_weights([table])
    np.testing.assert_allclose(model.predict(changed, verbose=0), before, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("eager", [False, True])
def test_a_transformer_block_learns_the_same_eagerly_and_replayed(eager):
    pykeras.utils.set_random_seed(3)
    inputs = pykeras.Input((6,), dtype="int32")
    x = layers.Embedding(7, 8)(inputs)
    y = layers.MultiHeadAttention(2, 4, dropout=0.1)(x, x, use_causal_mask=True)
    x = layers.LayerNormalization()(layers.add([x, y]))
    y = layers.EinsumDense("abc,cd->abd", (None, 8), bias_axes="d", activation="gelu")(layers.GaussianNoise(0.1)(x))
    x = layers.RMSNormalization()(layers.add([x, layers.SpatialDropout1D(0.1)(y)]))
    x = layers.GroupNormalization(2)(layers.AlphaDropout(0.1)(layers.GaussianDropout(0.1)(x)))
    outputs = layers.Dense(7, activation="softmax")(x)
    model = pykeras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=eager)
    words = np.random.default_rng(0).integers(0, 7, (12, 6))
    history = model.fit(words, np.roll(words, -1, 1), batch_size=4, epochs=3, shuffle=False, verbose=0)
    losses.setdefault("seen", history.history["loss"])
    assert history.history["loss"] == losses["seen"] and losses["seen"][-1] < losses["seen"][0]


losses: dict = {}


def test_attention_dropout_and_flash():
    layer = layers.MultiHeadAttention(2, 4, dropout=0.5, seed=1)
    still = layer(X, X).numpy()
    np.testing.assert_array_equal(layer(X, X).numpy(), still)
    assert not np.allclose(layer(X, X, training=True).numpy(), still)
    _, scores = layer(X, X, return_attention_scores=True, training=True)
    np.testing.assert_allclose(scores.numpy().sum(-1), 1.0, rtol=1e-5)
    with pytest.raises(ValueError, match="flash_attention=True: scores must be stored"):
        layers.MultiHeadAttention(2, 4, dropout=0.5, flash_attention=True)
    flash = layers.GroupQueryAttention(4, 4, 2, flash_attention=True)
    assert flash(X, X).shape == X.shape
    with pytest.raises(ValueError, match="scores are not stored"):
        flash(X, X, return_attention_scores=True)
    with pytest.raises(ValueError, match="multiple of num_key_value_heads"):
        layers.GroupQueryAttention(4, 3, 2)
    nothing = np.zeros((2, 5, 5), bool)
    np.testing.assert_array_equal(layers.MultiHeadAttention(1, 2, dropout=0.1)(X, X, attention_mask=nothing)[:, 0], 0)
    attention = layers.Attention(dropout=0.5)
    assert not np.allclose(attention([X, X], training=True).numpy(), attention([X, X]).numpy())
    with pytest.raises(ValueError, match="must be called on a list of query, value"):
        attention(X)


# ---- noise ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer, mean, deviation",
    [
        (layers.GaussianNoise(0.5, seed=1), 2.0, 0.5),
        (layers.GaussianDropout(0.2, seed=1), 2.0, 2 * 0.5),
        (layers.Dropout(0.2, seed=1), 2.0, 2 * 0.5),
    ],
)
def test_noise_has_the_mean_and_deviation(layer, mean, deviation):
    x = np.full((400, 50), 2.0, "float32")
    y = layer(x, training=True).numpy()
    assert y.mean() == pytest.approx(mean, abs=0.03) and y.std() == pytest.approx(deviation, abs=0.03)
    np.testing.assert_array_equal(layer(x).numpy(), x)
    np.testing.assert_array_equal(layer(x, training=False).numpy(), x)
    again = layer(x, training=True).numpy()
    assert not np.array_equal(again, y)


def test_alpha_dropout_keeps_mean_and_variance():
    x = random.normal((500, 100), seed=3).numpy()
    y = layers.AlphaDropout(0.3, seed=2)(x, training=True).numpy()
    assert y.mean() == pytest.approx(0, abs=0.02) and y.std() == pytest.approx(1, abs=0.02)
    whole_rows = layers.AlphaDropout(0.5, noise_shape=(None, 1), seed=2)(x[:40] * 0, training=True).numpy()
    assert (whole_rows.std(1) < 1e-5).all() and len(np.unique(whole_rows.round(4))) == 2


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("first", [False, True])
def test_spatial_dropout_drops_whole_channels(rank, first):
    if rank == 1 and first:
        return
    options = {} if rank == 1 else {"data_format": "channels_first" if first else "channels_last"}
    layer = getattr(layers, f"SpatialDropout{rank}D")(0.5, seed=4, **options)
    y = layer(np.ones((6, 4, *[4] * rank), "float32"), training=True).numpy()
    y = y if first else np.moveaxis(y, -1, 1)
    per_channel = y.reshape(6, 4, -1)
    assert (per_channel.min(-1) == per_channel.max(-1)).all()
    assert set(np.unique(y)) == {0.0, 2.0}
    with pytest.raises(ValueError, match=f"expected {rank + 2} axes"):
        layer(np.ones((2, 3)))


# ---- normalization, merging, functions -----------------------------------------------------------


def test_normalization_errors():
    with pytest.raises(ValueError, match="6 channels .* do not divide into 4 groups"):
        layers.GroupNormalization(4)(np.ones((2, 6)))
    with pytest.raises(ValueError, match="axis 3 is out of range"):
        layers.LayerNormalization(axis=3)(np.ones((2, 6)))
    with pytest.raises(ValueError, match="names an axis twice"):
        layers.LayerNormalization(axis=[1, -1])(np.ones((2, 6)))
    with pytest.raises(ValueError, match="size of axis -1 must be known"):
        layers.RMSNormalization()(pykeras.Input((None,)))
    with pytest.raises(ValueError, match="has neither kernel nor embeddings"):
        layers.SpectralNormalization(layers.ReLU())(np.ones((2, 6)))


def test_spectral_normalization_reaches_norm_one():
    layer = layers.SpectralNormalization(layers.Dense(4), power_iterations=5)
    x = np.ones((2, 6), "float32")
    for _ in range(10):
        layer(x, training=True)
    assert np.linalg.norm(layer.layer.kernel.numpy(), 2) == pytest.approx(1, abs=1e-4)
    kernel = layer.layer.kernel.numpy()
    layer(x)
    np.testing.assert_array_equal(layer.layer.kernel.numpy(), kernel)


def test_dot_errors_and_function():
    a, b = np.ones((2, 3, 4), "float32"), np.ones((2, 5, 4), "float32")
    assert layers.dot([a, b], axes=2).shape == (2, 3, 5)
    with pytest.raises(ValueError, match=r"axis 1 of \(2, 3, 4\) and axis 1 of \(2, 5, 4\) differ in size"):
        layers.Dot(1)([a, b])
    with pytest.raises(ValueError, match="batch axis"):
        layers.Dot((0, 1))
    with pytest.raises(ValueError, match="expected 2 inputs, got 3"):
        layers.Dot(2)([a, b, b])


def test_lambda_shapes_masks_and_files(tmp_path):
    double = layers.Lambda(lambda x, factor=2: x * factor, arguments={"factor": 3})
    model = pykeras.Sequential([pykeras.Input((2,)), double, layers.Dense(1, kernel_initializer="ones")])
    assert model(np.ones((1, 2))).numpy().item() == 6.0
    path = tmp_path / "model.keras"
    model.save(path)
    with pytest.raises(ValueError, match="safe_mode=False"):
        pykeras.models.load_model(path)
    again = pykeras.models.load_model(path, safe_mode=False)
    assert again(np.ones((1, 2))).numpy().item() == 6.0
    shaped = layers.Lambda(lambda x: ops.convert_to_tensor(x.numpy().sum(-1)), output_shape=())
    assert shaped(pykeras.Input((3,))).shape == (None,)
    with pytest.raises(TypeError, match="output_shape"):
        layers.Lambda(lambda x: x.numpy())(pykeras.Input((3,)))
    masked = layers.Lambda(lambda x, mask=None: x * ops.expand_dims(ops.cast(mask, x.dtype), -1))
    y = masked(X, mask=np.array([[True] * 5, [False] * 5]))
    np.testing.assert_array_equal(y.numpy()[1], 0)


def test_pipeline_and_activity():
    pipeline = layers.Pipeline([layers.ReLU(), layers.Dense(2, kernel_initializer="ones")])
    np.testing.assert_array_equal(pipeline(np.array([[-1.0, 2.0]])).numpy(), [[2.0, 2.0]])
    assert [type(each).__name__ for each in layers.Pipeline.from_config(pipeline.get_config()).layers] == [
        "ReLU",
        "Dense",
    ]
    with pytest.raises(ValueError, match="layers: expected layers, got 3"):
        layers.Pipeline([3])
    np.testing.assert_array_equal(layers.ThresholdedReLU(1.0)(np.array([0.5, 1.5])).numpy(), [0.0, 1.5])


@pytest.mark.parametrize("equation, shape, message", [
    ("ab,bc", 3, "expected 'inputs,kernel->outputs'"),
    ("abc,cd->abd", 3, "does not fit inputs of 2 axes"),
    ("ab,cd->ad", 3, "known neither"),
])  # fmt: skip
def test_einsum_dense_errors(equation, shape, message):
    with pytest.raises(ValueError, match=message):
        layers.EinsumDense(equation, shape)(np.ones((2, 4)))


def test_einsum_errors_and_orders():
    with pytest.raises(ValueError, match="has sizes 3 and 4"):
        ops.einsum("ab,bc->ac", np.ones((2, 3)), np.ones((4, 5)))
    with pytest.raises(ValueError, match="names 1 operands, got 2"):
        ops.einsum("ab->a", np.ones((2, 3)), np.ones((4, 5)))
    with pytest.raises(ValueError, match="does not name the axes"):
        ops.einsum("ab->a", np.ones((2, 3, 4)))
    with pytest.raises(ValueError, match="each once"):
        ops.einsum("ab->aa", np.ones((2, 3)))
    rng = np.random.default_rng(0)
    for text, *shapes in [
        ("ij,jk->ik", (3, 4), (4, 5)), ("bji,bjk->bik", (2, 4, 3), (2, 4, 5)), ("btnh,bsnh->bnts", *[(2, 3, 4, 5)] * 2),
        ("...x,xy->...y", (2, 3, 4), (4, 5)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("ij->ji", (3, 4)),
        ("i,j->ij", (3,), (4,)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ab,ab->a", (2, 3), (2, 3)),
        ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 6)), ("aab,b->a", (3, 3, 2), (2,)), ("ab,cb->ac", (2, 1), (3, 4)),
        ("ab,b", (2, 3), (3,)), ("abc,bd,cd->a", (2, 3, 4), (3, 5), (4, 5)),
    ]:  # fmt: skip
        values = [rng.normal(size=s) for s in shapes]
        np.testing.assert_allclose(ops.einsum(text, *values).numpy(), np.einsum(text, *values), rtol=1e-12, atol=1e-12)
        symbols = [
            pykeras.KerasTensor((None, *v.shape[1:]) if len(v.shape) > 2 else v.shape, "float64") for v in values
        ]
        assert len(ops.einsum(text, *symbols).shape) == np.einsum(text, *values).ndim


def test_custom_gradient_jvp_and_vectorize():
    @ops.custom_gradient
    def clipped(x):
        return x * 2.0, lambda upstream: ops.clip(upstream, -0.1, 0.1)

    x = ops.convert_to_tensor(np.array([1.0, 2.0]))
    with pykeras.GradientTape() as tape:
        tape.watch(x)
        total = ops.sum(clipped(x) * np.array([5.0, -0.05]))
    np.testing.assert_allclose(tape.gradient(total, x).numpy(), [0.1, -0.05])
    value, slope = ops.jvp(lambda a, b: ops.sin(a) * b, (np.float64(0.3), np.float64(2.0)), (1.0, 0.5))
    assert float(slope) == pytest.approx(np.cos(0.3) * 2 + np.sin(0.3) * 0.5)
    inner = ops.vectorize(lambda a, b: ops.sum(a * b), signature="(n),(n)->()")
    np.testing.assert_allclose(inner(np.ones((2, 3)), np.arange(3.0)).numpy(), [3.0, 3.0])
    with pytest.raises(TypeError, match="complex"):
        ops.polar(1.0, 2.0)
    with pytest.raises(ValueError, match="complex"):
        ops.eig(np.array([[0.0, 1.0], [-1.0, 0.0]]))
    with pytest.raises(ValueError, match="cholesky"):
        ops.cholesky(-np.eye(2))


# ---- attention of images and other inputs of many axes --------------------------------------------


@pytest.mark.parametrize("make", [
    lambda: layers.Attention(), lambda: layers.Attention(use_scale=True, score_mode="concat"),
    layers.AdditiveAttention,
])  # fmt: skip
@pytest.mark.parametrize("causal", [False, True])
def test_attention_over_the_last_but_one_of_many_axes(make, causal):
    draw = np.random.default_rng(3)
    query, value = (draw.normal(size=(2, 3, n, 4)).astype("float32") for n in (5, 6))
    layer = make()
    result, scores = layer([query, value], return_attention_scores=True, use_causal_mask=causal)
    assert result.shape == (2, 3, 5, 4) and scores.shape == (2, 3, 5, 6)
    for row in range(3):
        one = layer([query[:, row], value[:, row]], use_causal_mask=causal)
        np.testing.assert_allclose(result[:, row].numpy(), one.numpy(), rtol=1e-5, atol=1e-6)
    symbols = [pykeras.Input(x.shape[1:]) for x in (query, value)]
    assert layer(symbols).shape == (None, 3, 5, 4)


ONES = np.ones((2, 3, 4), "float32")


@pytest.mark.parametrize("call, message", [
    (lambda: layers.Attention()(ONES), "must be called on a list"),
    (lambda: layers.AdditiveAttention()(ONES), "must be called on a list"),
    (lambda: layers.Attention()([ONES] * 4), "length 2 or 3, got 4"),
    (lambda: layers.AdditiveAttention()([ONES] * 2, mask=ONES[..., 0]), "layer mask must be a list"),
    (lambda: layers.Attention()([ONES] * 2, mask=[None]), "length 2 or 3"),
    (lambda: layers.Attention()([ONES[0], ONES[0]]), "3 or more axes"),
    (lambda: layers.MultiHeadAttention(2, 4, output_shape=8.0), "output_shape"),
    (lambda: layers.MultiHeadAttention(2, 4)(ONES, ONES, ONES[:, :2]), "must be equal"),
    (lambda: layers.MultiHeadAttention(2, 4).compute_output_shape((2, 3, 4), (2, 3, 4), (2, 2, 4)), "must be equal"),
    (lambda: layers.GroupedQueryAttention(4, 2, 1)(ONES, ONES, ONES[:, :2]), "must be equal"),
    (lambda: layers.GroupedQueryAttention(4, 2, 1).compute_output_shape((2, 3, 4), (2, 3, 5)), "must be equal"),
])  # fmt: skip
def test_attention_of_inputs_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()
