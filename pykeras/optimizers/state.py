"""The variables of an optimizer: made for each weight, saved, restored."""

import contextlib
import types

from pykeras import initializers, ops
from pykeras.variables import Variable


class State:
    """Slots and other variables, in Keras 3's names and order, as a part of Optimizer."""

    def _track(self, variable):
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)

    def _untrack(self, variable):
        self._variables = [known for known in self._variables if known is not variable]

    @property
    def variables(self):
        """Iteration count, learning rate, averages and accumulators where asked for, then the slots."""
        return list(self._variables)

    weights = variables

    def add_variable(self, shape, initializer="zeros", dtype=None, aggregation="none", layout=None, name=None):
        """A variable of the optimizer's own."""
        variable = Variable(initializers.get(initializer), shape=tuple(shape), dtype=dtype, trainable=False, name=name)
        self._track(variable)
        return variable

    def add_variable_from_reference(self, reference_variable, name=None, initializer="zeros", **kwargs):
        """A variable of a weight's shape and dtype, named ``<path of the weight>_<name>``.

        Args:
            reference_variable: the weight.
            name: what the variable holds.
            initializer: its first values.
        """
        path = (getattr(reference_variable, "path", None) or reference_variable.name).replace("/", "_")
        return self.add_variable(
            reference_variable.shape, initializer, reference_variable.dtype, name=f"{path}_{name or 'variable'}"
        )

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        """One variable for each weight: a list of them, or a tuple of lists for several names (and initializers).

        Raises:
            ValueError: when there are as many initializers neither as names nor one.
        """
        if isinstance(name, str):
            return [self.add_variable_from_reference(v, name, initializer) for v in trainable_variables]
        several = isinstance(initializer, (list, tuple))
        initial = list(initializer) if several else [initializer] * len(name)
        if len(initial) != len(name):
            raise ValueError(f"{self.name}: got {len(name)} names of variables and {len(initial)} initializers")
        lists: tuple = tuple([] for _ in name)
        for variable in trainable_variables:
            for place, each in enumerate(name):
                lists[place].append(self.add_variable_from_reference(variable, each, initial[place]))
        return lists

    def slot_initializer(self, slot):
        """Initializer of a slot; zeros unless an optimizer says otherwise."""
        return "zeros"

    def add_slot(self, variable, slot):
        """The variable called ``slot`` that is kept for a weight; one like it unless an optimizer says otherwise."""
        return self.add_variable_from_reference(variable, slot, self.slot_initializer(slot))

    def build(self, variables):
        """Make the variables that are kept for the weights.

        Args:
            variables: the weights the optimizer will change.

        Raises:
            ValueError: when it was built for other weights.
        """
        variables = list(variables)
        if self.built:
            self._check_known(variables)
            return
        self._trainable_variables = variables
        self._index = places(variables)
        if len(self._index) != len(variables):
            raise ValueError(f"{type(self).__name__}: a variable is listed twice among the variables to optimize")
        self._build_averages(variables)
        self._accumulated_gradients = []
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = self.add_optimizer_variables(variables, "gradient_accumulator")
        self._slots = [types.SimpleNamespace() for _ in variables]
        for names in self.slots:
            for variable, slots in zip(variables, self._slots, strict=True):
                for name in (names,) if isinstance(names, str) else names:
                    setattr(slots, name, self.add_slot(variable, name))
        self.built = True

    def _check_known(self, variables):
        for variable in variables:
            if id(variable) not in self._index:
                known = ", ".join(v.path for v in self._trainable_variables[:5])
                raise ValueError(
                    f"Unknown variable {variable.path!r} of shape {tuple(variable.shape)}: this optimizer was built "
                    f"for {len(self._trainable_variables)} other variables ({known}, ...). Make a new optimizer for "
                    "other variables, or build it with all of them: optimizer.build(variables)"
                )

    def _get_variable_index(self, variable):
        return self._index[id(variable)]

    def assign(self, variable, value):
        """``variable ← value``."""
        variable.assign(ops.cast(value, variable.dtype))

    def assign_add(self, variable, value):
        """``variable ← variable + value``."""
        variable.assign_add(ops.cast(value, variable.dtype))

    def assign_sub(self, variable, value):
        """``variable ← variable - value``."""
        variable.assign_sub(ops.cast(value, variable.dtype))

    def __setstate__(self, state):
        """Restore what was pickled or copied; variables are new objects then."""
        self.__dict__.update(state)
        if self.built:
            self._index = places(self._trainable_variables)

    def get_weights(self):
        """Values of the variables as NumPy arrays."""
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights):
        """Set the variables from arrays, in the order of :meth:`get_weights`.

        Raises:
            ValueError: when number or shapes differ, or the optimizer has not been built.
        """
        weights = list(weights)
        if not self.built:
            raise ValueError(f"{self.name} has no variables yet: call optimizer.build(variables) first")
        variables = self.variables
        if len(weights) != len(variables):
            raise ValueError(f"{self.name}: expected {len(variables)} arrays, got {len(weights)}")
        for variable, value in zip(variables, weights, strict=True):
            if tuple(value.shape) != tuple(variable.shape):
                raise ValueError(f"{variable.path}: expected shape {tuple(variable.shape)}, got {tuple(value.shape)}")
            variable.assign(value)

    def save_own_variables(self, store):
        """Write the variables to a mapping under ``"0"``, ``"1"``, ..."""
        for place, variable in enumerate(self.variables):
            store[str(place)] = variable.numpy()

    def load_own_variables(self, store):
        """Read what :meth:`save_own_variables` wrote.

        Raises:
            ValueError: when the number of variables differs.
        """
        if len(store) != len(self.variables):
            raise ValueError(
                f"{self.name} has {len(self.variables)} variables, the saved state {len(store)}: build the optimizer "
                "for the same model and options before loading"
            )
        self.set_weights([store[str(place)][()] for place in range(len(store))])


@contextlib.contextmanager
def only_if(condition, variables):
    """What the block assigns to the variables holds where ``condition``, a scalar tensor, is true.

    The block always runs, so that one recording of it serves every step.
    """
    before = [variable.value for variable in variables]
    yield
    for variable, old in zip(variables, before, strict=True):
        if variable.value is not old:
            variable.assign(ops.where(condition, variable.value, old))


def places(variables):
    """Identity of each variable to its place."""
    return {id(variable): place for place, variable in enumerate(variables)}
