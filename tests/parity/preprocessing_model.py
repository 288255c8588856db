"""A model with preprocessing layers inside and its data, for files that real Keras writes and ours."""

import numpy as np

TEXTS = np.array([["The cat sat."], ["a dog, the dog!"], ["no cat"], ["한국어 문장"]], object)
WORDS = np.array([["red", "blue"], ["blue", "green"], ["red", "red"], ["none", "red"]], object)
IDS = np.array([[3], [12], [7], [3]], np.int64)
NUMBERS = np.array([[0.5, 3.0], [1.5, -2.0], [2.5, 9.0], [-1.0, 0.0]], np.float32)
DATA = {"texts": TEXTS, "words": WORDS, "ids": IDS, "numbers": NUMBERS}


def build(keras, given=False):
    """The model; ``given`` vocabularies are told to constructors instead of found in data."""
    layers = keras.layers

    def adapted(layer, data):
        if not given or isinstance(layer, layers.Normalization):
            layer.adapt(data)
        return layer

    def vocabulary(*tokens):
        return {"vocabulary": list(tokens)} if given else {}

    texts = layers.Input((1,), dtype="string", name="texts")
    words = layers.Input((2,), dtype="string", name="words")
    ids = layers.Input((1,), dtype="int64", name="ids")
    numbers = layers.Input((2,), name="numbers")
    vectorize = layers.TextVectorization(output_sequence_length=4, name="vectorize", **vocabulary("cat", "the", "dog"))
    sequence = layers.Embedding(20, 3, name="embedding")(adapted(vectorize, TEXTS)(texts))
    colours = layers.StringLookup(output_mode="multi_hot", name="colours", **vocabulary("red", "blue"))
    lookup = layers.IntegerLookup(name="lookup", **vocabulary(3, 7))
    bins = layers.Discretization(bin_boundaries=[0.0, 2.0], output_mode="multi_hot", name="bins")
    hashing = layers.Hashing(5, output_mode="multi_hot", salt=[1, 2], name="hashing")
    features = [
        layers.GlobalAveragePooling1D(name="average")(sequence),
        adapted(colours, WORDS)(words),
        layers.Flatten(name="flatten")(layers.Embedding(20, 2, name="ids_embedding")(adapted(lookup, IDS)(ids))),
        adapted(layers.Normalization(name="normalization"), NUMBERS)(numbers),
        bins(numbers),
        hashing(words),
    ]
    outputs = layers.Dense(2, name="dense")(layers.Concatenate(name="concatenate")(features))
    return keras.Model([texts, words, ids, numbers], outputs, name="prepared")


def give_weights(model):
    """Weights of which everybody knows what they are; those of Normalization stay."""
    random = np.random.RandomState(0)
    for name in ("embedding", "ids_embedding", "dense"):
        layer = model.get_layer(name)
        layer.set_weights([random.uniform(-1, 1, w.shape).astype("float32") for w in layer.get_weights()])


def inputs_of(convert=lambda x: x):
    return [convert(DATA[name]) for name in ("texts", "words", "ids", "numbers")]
