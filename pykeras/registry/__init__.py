"""Names to objects and back: registries, custom objects, and the configuration dictionaries of Keras 3 and Keras 2.

One ``Registry`` per family (layers, losses, ...) holds what a name may stand for. A configuration read from a file
only ever resolves to something in these registries or to what the caller passed as ``custom_objects`` (or
registered); a module named in a configuration is never imported, and code inside one (a lambda) runs only with
``safe_mode=False``.
"""

from pykeras.registry.custom import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from pykeras.registry.lambdas import (
    dump_function,
    enable_unsafe_deserialization,
    in_safe_mode,
    load_function,
    safe_mode_scope,
)
from pykeras.registry.names import Registry, registries, suggest
from pykeras.registry.objects import (
    deserialize,
    deserialize_keras_object,
    serialize,
    serialize_keras_object,
)
from pykeras.registry.scopes import (
    collecting,
    in_keras2_form,
    is_self_contained,
    keras2_form,
    object_sharing,
    self_contained,
)

__all__ = [
    "CustomObjectScope",
    "Registry",
    "collecting",
    "custom_object_scope",
    "deserialize",
    "deserialize_keras_object",
    "dump_function",
    "enable_unsafe_deserialization",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "in_keras2_form",
    "in_safe_mode",
    "is_self_contained",
    "keras2_form",
    "load_function",
    "object_sharing",
    "register_keras_serializable",
    "registries",
    "safe_mode_scope",
    "self_contained",
    "serialize",
    "serialize_keras_object",
    "suggest",
]
