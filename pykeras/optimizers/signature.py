"""One list of the arguments that all optimizers share: in their signatures, configurations and error messages."""

import inspect

from pykeras.registry import suggest

SHARED = (
    "weight_decay",
    "clipnorm",
    "global_clipnorm",
    "clipvalue",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)

# what tf.keras writes in configurations beside the arguments that mean something here
IGNORED = ("jit_compile", "is_legacy_optimizer")


def merge(cls, base):
    """Show the shared arguments in the signature of an optimizer whose constructor passes ``**options`` on."""
    if "__init__" not in vars(cls) or not cls.takes_shared_arguments:
        return
    own = list(inspect.signature(cls.__init__).parameters.values())[1:]
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in own):
        cls.__signature__ = inspect.Signature(own)
        return
    names = {parameter.name for parameter in own}
    shared = [p for p in inspect.signature(base.__init__).parameters.values() if p.name in (*SHARED, "name")]
    shared = [p.replace(kind=p.KEYWORD_ONLY) for p in shared if p.name not in names]
    named = [parameter for parameter in own if parameter.kind is not parameter.VAR_KEYWORD]
    rest = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    cls.__signature__ = inspect.Signature([*named, *shared, rest])


def refuse_unknown(cls, given):
    """Raise TypeError for a keyword that is no argument of the optimizer, naming the near ones."""
    unknown = [name for name in given if name not in IGNORED]
    if not unknown:
        return
    known = [name for name in inspect.signature(cls).parameters if name != "kwargs"] + ["lr", "decay"]
    near = ", ".join(repr(name) for name in suggest(unknown[0], known))
    hint = f": did you mean {near}?" if near else f"; its arguments are {', '.join(known)}"
    raise TypeError(f"{cls.__name__} has no argument {unknown[0]!r}{hint}")
