"""What Keras 2's models had beside Keras 3's: fit_generator and its kin, and properties that few programs read."""

from pykeras import tree
from pykeras.variables import Variable


class Keras2:
    """The part of a model that programs written for Keras 2 know."""

    def fit_generator(
        self,
        generator,
        steps_per_epoch=None,
        epochs=1,
        verbose=1,
        callbacks=None,
        validation_data=None,
        validation_steps=None,
        validation_freq=1,
        class_weight=None,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
        shuffle=True,
        initial_epoch=0,
    ):
        """:meth:`fit` on a generator or sequence of batches; the arguments are those of ``fit``."""
        return self.fit(
            generator,
            steps_per_epoch=steps_per_epoch,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=validation_data,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            class_weight=class_weight,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
        )

    def evaluate_generator(
        self,
        generator,
        steps=None,
        callbacks=None,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
        verbose=0,
    ):
        """:meth:`evaluate` on a generator or sequence of batches."""
        return self.evaluate(
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
        )

    def predict_generator(
        self,
        generator,
        steps=None,
        callbacks=None,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
        verbose=0,
    ):
        """:meth:`predict` on a generator or sequence of batches."""
        return self.predict(
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
        )

    @property
    def state_updates(self):
        """Always empty: layers update their states while they are called, nothing is left to run."""
        return []

    @property
    def distribute_strategy(self):
        """None: training is not distributed over devices."""

    @property
    def distribute_reduction_method(self):
        """``"auto"``: there is one device, and nothing to reduce over others."""
        return "auto"

    @property
    def autotune_steps_per_execution(self):
        """False: the loop over batches runs in C++ and leaves nothing to tune.

        Setting it True raises ValueError.
        """
        return False

    @autotune_steps_per_execution.setter
    def autotune_steps_per_execution(self, value):
        if value:
            raise ValueError(
                "autotune_steps_per_execution: the loop over batches runs in C++ already, there is nothing to tune; "
                "steps_per_execution only says how often callbacks' hooks for batches are called"
            )

    def get_weight_paths(self):
        """Each weight by the attributes that lead to it, such as ``"encoder.dense.kernel"``.

        Layers of Sequential and functional models are named; elements of lists have their number.

        Example:
            >>> import pykeras
            >>> model = pykeras.Sequential([pykeras.layers.Dense(1, input_dim=2, name="out")])
            >>> sorted(model.get_weight_paths())
            ['out.bias', 'out.kernel']
        """
        found = {}
        self._check_has_weights()
        _walk(self, (), found, set())
        return found

    def save_spec(self, dynamic_batch=True):
        """What a call takes: ``(positional arguments, keyword arguments)`` as KerasTensors; None when it is not known.

        Args:
            dynamic_batch: whether the axis of samples is None instead of the size it was built with.
        """
        from pykeras.keras_tensor import KerasTensor

        if getattr(self, "inputs", None):
            given = [self._inputs_struct] if hasattr(self, "_inputs_struct") else [self.inputs]
            given = [part[0] if isinstance(part, list) and len(part) == 1 else part for part in given]
        elif shapes := getattr(self, "_build_shapes", None):
            given = list(tree.map_shape_structure(lambda shape: KerasTensor(shape), shapes).values())
        else:
            return None

        def described(tensor):
            shape = (None, *tensor.shape[1:]) if dynamic_batch else tuple(tensor.shape)
            return KerasTensor(shape, tensor.dtype, name=getattr(tensor, "name", None))

        return [tree.map_structure(described, part) for part in given], {}


def _walk(owner, path, found, seen):
    """Put the variables under ``owner`` into ``found``, by path."""
    if isinstance(owner, Variable):
        if all(owner is not variable for variable in found.values()):
            found[".".join(path)] = owner
        return
    if id(owner) in seen:
        return
    seen.add(id(owner))
    if isinstance(owner, dict):
        children = owner.items()
    elif isinstance(owner, (list, tuple)):
        children = enumerate(owner)
    elif hasattr(owner, "_flatten_layers"):
        # Sequential and functional models have their layers by name, others by attribute
        if hasattr(owner, "add") or "_graph" in vars(owner):
            named = {layer.name: layer for layer in owner.layers}
        else:
            named = {name: value for name, value in vars(owner).items() if not name.startswith("_")}
        children = [*((variable.name, variable) for variable in owner._own_variables()), *named.items()]
    else:
        return
    for name, child in children:
        _walk(child, (*path, str(name)), found, seen)
