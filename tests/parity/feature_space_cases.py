"""Feature spaces, what they adapt to and are called on, for the recorder and its test. Data, so that JSON holds it."""

DATA = {
    "price": [0.5, 2.0, -1.25, 7.5, 3.0, 0.0, 11.0, 4.5],
    "depth": [1.0, 1.5, 2.0, 8.0, 16.0, 16.5, 20.0, 40.0],
    "age": [3, 7, 7, 12, 3, 3, 40, 7],
    "zone": [0, 1, 2, 0, 1, 2, 3, 100],
    "kind": ["b", "a", "a", "ü", "c", "a", "b", "한"],
    "city": ["Seoul", "Bonn", "Seoul", "", "Lima", "Bonn", "Lima", "Oslo"],
}
NEW = {
    "price": [1.0, 9.0, -3.0], "depth": [0.0, 17.0, 3.5], "age": [7, 8, 40], "zone": [5, 1, 100],
    "kind": ["a", "z", "b"], "city": ["Lima", "Rome", "Seoul"],
}  # fmt: skip


def case(features, crosses=None, **options):
    """Names to type names or (method, arguments); crosses: tuples of names or (names, arguments of ``cross``)."""
    return {"features": features, "crosses": crosses, "options": options}


CASES = {
    "all_names": case(
        {"price": "float", "depth": "float_discretized", "age": "integer_categorical", "zone": "integer_hashed",
         "kind": "string_categorical", "city": "string_hashed"},
        [("kind", "age"), ("city", "zone")], crossing_dim=9, hashing_dim=6, num_discretization_bins=3,
    ),
    "floats": case({"price": "float_normalized", "depth": "float_rescaled", "age": "float_normalized"}),
    "parameters": case(
        {"price": ("float_rescaled", {"scale": 2.0, "offset": -1.0}), "depth": ("float_discretized", {"num_bins": 4}),
         "age": ("integer_categorical", {"max_tokens": 4, "num_oov_indices": 2}),
         "kind": ("string_categorical", {"max_tokens": 3, "name": "sort"}), "zone": ("integer_hashed", {"num_bins": 5}),
         "city": ("string_hashed", {"num_bins": 4})},
        [(("depth", "kind"), {"crossing_dim": 7}), (("age", "city"), {"crossing_dim": 5, "output_mode": "one_hot"})],
    ),
    "dict": case(
        {"price": "float_normalized", "kind": "string_categorical", "zone": "integer_hashed"}, [("kind", "zone")],
        output_mode="dict", crossing_dim=4, hashing_dim=3,
    ),
    "dict_of_integers": case(
        {"depth": ("float_discretized", {"num_bins": 3, "output_mode": "int"}),
         "age": ("integer_categorical", {"output_mode": "int"}),
         "kind": ("string_categorical", {"output_mode": "int"}),
         "city": ("string_hashed", {"num_bins": 11, "output_mode": "int"})},
        [(("kind", "age"), {"crossing_dim": 13, "output_mode": "int"})], output_mode="dict",
    ),
}  # fmt: skip


def made(space, entry):
    """The space of a case, of whichever Keras."""
    features = {
        name: spec if isinstance(spec, str) else getattr(space, spec[0])(**spec[1])
        for name, spec in entry["features"].items()
    }
    crosses = [
        space.cross(cross[0], **cross[1]) if len(cross) == 2 and isinstance(cross[1], dict) else cross
        for cross in entry["crosses"] or ()
    ]
    return space(features, crosses=crosses or None, **entry["options"])


def of(entry, data):
    """The part of the data that a case takes."""
    return {name: data[name] for name in entry["features"]}
