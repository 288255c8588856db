"""Keras 2's functions for configurations."""

from pykeras import registry


def serialize_keras_object(instance):
    """The configuration of an object as Keras 2 writes it: ``{"class_name", "config"}``, or a function's name.

    Example:
        >>> from pykeras import regularizers, utils
        >>> utils.legacy.serialize_keras_object(regularizers.L2(0.5))
        {'class_name': 'L2', 'config': {'l2': 0.5}}
    """
    with registry.keras2_form():
        return registry.serialize(instance)


def deserialize_keras_object(identifier, module_objects=None, custom_objects=None, printable_module_name="object"):
    """The object of a name or of a configuration as Keras 2 wrote it.

    Arguments:
        identifier: name, configuration dictionary, function, or None.
        module_objects: dict from name to class or function, looked at after ``custom_objects``.
        custom_objects: dict from name to the caller's class or function.
        printable_module_name: what the object is called in messages.

    Raises:
        ValueError: an unknown name (near ones are suggested), or something that is none of these.

    Example:
        >>> from pykeras import regularizers, utils
        >>> config = {"class_name": "L2", "config": {"l2": 0.5}}
        >>> utils.legacy.deserialize_keras_object(config, {"L2": regularizers.L2}).get_config()
        {'l2': 0.5}
    """
    if identifier is None or callable(identifier):
        return identifier
    known = {**(module_objects or {}), **(custom_objects or {})}
    if isinstance(identifier, dict):
        return registry.deserialize(identifier, known)
    if not isinstance(identifier, str):
        raise ValueError(f"Cannot interpret {identifier!r} as a {printable_module_name}")
    found = registry.get_registered_object(identifier, custom_objects, module_objects)
    if found is None:
        hint = registry.suggest(identifier, known)
        raise ValueError(
            f'Unknown {printable_module_name} "{identifier}"' + (f": did you mean {hint}?" if hint else "")
        )
    return found() if isinstance(found, type) else found
