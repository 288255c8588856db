"""Utilities. Each family is a file of its own, loaded when one of its names is first used."""

from pykeras import lazy

# Name -> module it comes from.
_EXPORTS = {
    "get_file": "pykeras.utils.downloads",
    "normalize": "pykeras.utils.numerical",
    "to_categorical": "pykeras.utils.numerical",
    "to_ordinal": "pykeras.utils.numerical",
    "array_to_img": "pykeras.utils.images",
    "img_to_array": "pykeras.utils.images",
    "load_img": "pykeras.utils.images",
    "save_img": "pykeras.utils.images",
    "image_dataset_from_directory": "pykeras.utils.image_directories",
    "text_dataset_from_directory": "pykeras.utils.text_directories",
    "audio_dataset_from_directory": "pykeras.utils.audio_directories",
    "timeseries_dataset_from_array": "pykeras.utils.timeseries",
    "split_dataset": "pykeras.utils.dataset",
    "pack_x_y_sample_weight": "pykeras.utils.data_tuples",
    "unpack_x_y_sample_weight": "pykeras.utils.data_tuples",
    "Config": "pykeras.utils.config",
    "FeatureSpace": "pykeras.utils.feature_space",
    "model_to_dot": "pykeras.utils.drawing",
    "plot_model": "pykeras.utils.drawing",
    "get_source_inputs": "pykeras.utils.graphs",
    "warmstart_embedding_matrix": "pykeras.utils.vocabulary",
    "pad_sequences": "pykeras.utils.sequences",
    "set_random_seed": "pykeras.utils.seeds",
    "clear_session": "pykeras.utils.session",
    "Progbar": "pykeras.utils.progbar",
    "PyDataset": "pykeras.utils.py_dataset",
    "Sequence": "pykeras.utils.sequence",
    "GeneratorEnqueuer": "pykeras.utils.enqueuers",
    "OrderedEnqueuer": "pykeras.utils.enqueuers",
    "SequenceEnqueuer": "pykeras.utils.enqueuers",
    "CustomObjectScope": "pykeras.registry",
    "custom_object_scope": "pykeras.registry",
    "deserialize_keras_object": "pykeras.registry",
    "get_custom_objects": "pykeras.registry",
    "get_registered_name": "pykeras.registry",
    "get_registered_object": "pykeras.registry",
    "register_keras_serializable": "pykeras.registry",
    "serialize_keras_object": "pykeras.registry",
    "disable_interactive_logging": "pykeras.config",
    "enable_interactive_logging": "pykeras.config",
    "is_interactive_logging_enabled": "pykeras.config",
    "disable_traceback_filtering": "pykeras.config",
    "enable_traceback_filtering": "pykeras.config",
    "is_traceback_filtering_enabled": "pykeras.config",
    "is_keras_tensor": "pykeras.keras_tensor",
    "standardize_dtype": "pykeras.dtypes",
}

_MODULES = ("bounding_boxes", "legacy")

__all__ = sorted({*_EXPORTS, *_MODULES})

__getattr__, __dir__ = lazy.namespace(__name__, _EXPORTS, _MODULES)
