"""Records what real Keras makes of ten steps of each optimizer and a hundred of each schedule.

usage: KERAS_BACKEND=numpy python record_optimizers.py     (with Keras 3; writes fixtures/optimizers.npz)
"""

import pathlib
import warnings

import keras
import numpy as np
import packed

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
RANDOM = np.random.default_rng(20)
STEPS, KEPT = 10, (0, 1, 4, 9)
SHAPES = {"kernel": (3, 2), "bias": (2,), "cube": (2, 2, 2)}


def floats(shape):
    return RANDOM.uniform(-1, 1, shape).astype("float32")


COMMON = [
    {"weight_decay": 0.01},
    {"clipnorm": 0.5},
    {"clipvalue": 0.2},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.8},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 8.0},
    {"gradient_accumulation_steps": 2},
    {"gradient_accumulation_steps": 3, "clipnorm": 0.3, "weight_decay": 0.01},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 2},
]
BETAS = {"beta_1": 0.5, "beta_2": 0.9}
OPTIMIZERS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [
        {},
        {"momentum": 0.9},
        {"centered": True},
        {"rho": 0.5, "epsilon": 1e-3, "momentum": 0.5, "centered": True},
    ],
    "Adam": [{}, {"amsgrad": True}, {**BETAS, "epsilon": 1e-3}, {"learning_rate": 0.1}],
    "AdamW": [{}, {"weight_decay": 0.1, "amsgrad": True}, {**BETAS, "epsilon": 1e-3}],
    "Adadelta": [{}, {"learning_rate": 1.0}, {"rho": 0.5, "epsilon": 1e-3}],
    "Adafactor": [
        {},
        {"learning_rate": 0.5},
        {"relative_step": False, "learning_rate": 0.9},
        {"beta_2_decay": -0.5, "epsilon_1": 1e-3, "epsilon_2": 0.5, "clip_threshold": 0.4},
    ],
    "Adagrad": [{}, {"initial_accumulator_value": 0.0, "epsilon": 1e-2}],
    "Adamax": [{}, {**BETAS, "epsilon": 1e-3}],
    "Ftrl": [
        {},
        {"learning_rate_power": -0.3, "beta": 0.1},
        {"l1_regularization_strength": 0.3, "l2_regularization_strength": 0.2},
        {"l2_shrinkage_regularization_strength": 0.2, "initial_accumulator_value": 0.5},
    ],
    "Lamb": [{}, {**BETAS, "epsilon": 1e-3}],
    "Lion": [{}, {"beta_1": 0.5, "beta_2": 0.7}],
    "Muon": [
        {},
        {"nesterov": False, "ns_steps": 3, "momentum": 0.5, "rms_rate": None},
        {"exclude_layers": ["ker"], "adam_lr_ratio": 0.5, "adam_weight_decay": None, "adam_beta_1": 0.5},
        {"muon_a": 2.0, "muon_b": -1.5, "muon_c": 0.5, "weight_decay": None, "epsilon": 1e-3, "adam_beta_2": 0.9},
    ],
    "Nadam": [{}, {**BETAS, "epsilon": 1e-3}],
    "ScheduleFreeAdamW": [{}, {"warmup_steps": 4, "weight_decay": 0.1}, {**BETAS, "epsilon": 1e-3}],
}
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5, "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "power": 2.0}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "cycle": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 50, "end_learning_rate": 0.05, "power": 0.5}),
    ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [1.0, 0.5, 0.1]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 60}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 60, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 60, "warmup_target": 0.1, "warmup_steps": 15}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 60, "warmup_target": 0.1, "alpha": 0.3}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 9}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 9, "t_mul": 1.0, "m_mul": 0.8}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.5, "alpha": 0.1}),
]


def flat(values):
    return np.concatenate([np.asarray(keras.ops.convert_to_numpy(value), "float32").ravel() for value in values])


def run(optimizer, start, gradients, constrained=False):
    """The weights after some of the steps, those after the end of training, and the optimizer's variables."""
    config = keras.optimizers.serialize(optimizer)
    variables = [keras.Variable(value, name=name) for name, value in zip(SHAPES, start, strict=True)]
    if constrained:
        variables[0].constraint = keras.constraints.NonNeg()
    steps = []
    optimizer.build(variables)
    for step in gradients:
        step = [keras.ops.convert_to_tensor(g) for g in step]
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):  # whose apply() JAX cannot run
            states = [v.value for v in optimizer.variables], step, [v.value for v in variables]
            results = optimizer.stateless_apply(*states)
            for variable, value in zip((*variables, *optimizer.variables), (*results[0], *results[1]), strict=True):
                variable.assign(value)
        else:
            optimizer.apply(step, variables)
        steps.append(flat(variables))
    optimizer.finalize_variable_values(variables)
    return {
        "config": config,
        "constrained": constrained,
        "steps": np.stack([steps[number] for number in KEPT]),
        "final": flat(variables),
        "names": [v.path.rsplit("/", 1)[-1] for v in optimizer.variables],
        "variables": flat(optimizer.variables),
    }


def composed():
    """Optimizers made of others, and learning rates that change."""
    o = keras.optimizers
    decay = o.schedules.ExponentialDecay(0.1, 2, 0.5)
    yield o.LossScaleOptimizer(o.Adam(0.05), initial_scale=16.0, dynamic_growth_steps=3)
    yield o.LossScaleOptimizer(o.SGD(0.05, momentum=0.5, clipnorm=0.5, weight_decay=0.1), dynamic_growth_steps=2)
    yield o.MultiOptimizer(o.OptimizerMap(o.Adam(0.05), {"b.*": o.SGD(0.1, momentum=0.9)}))
    yield o.MultiOptimizer(o.OptimizerMap(o.Lion(0.05), {"cube": o.Adagrad(0.1)}), loss_scale_factor=4.0)
    yield o.SGD(decay)
    yield o.Adam(decay, gradient_accumulation_steps=2)


def main():
    warnings.simplefilter("ignore")
    start = [floats(shape) for shape in SHAPES.values()]
    gradients = [[floats(shape) for shape in SHAPES.values()] for _ in range(STEPS)]
    cases = []
    for name, own in OPTIMIZERS.items():
        for kwargs in (*own, *COMMON):
            for constrained in (False, True) if not kwargs else (False,):
                optimizer = getattr(keras.optimizers, name)(**{"learning_rate": 0.05, **kwargs})
                cases.append({"options": kwargs, **run(optimizer, start, gradients, constrained)})
    broken = [[g.copy() for g in step] for step in gradients]
    broken[4][1][0] = np.inf
    broken[6][0][1, 1] = np.nan
    composites = []
    for optimizer in composed():
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        composites.append({"broken": scaled, **run(optimizer, start, broken if scaled else gradients)})
    schedules = []
    for name, kwargs in SCHEDULES:
        schedule = getattr(keras.optimizers.schedules, name)(**kwargs)
        config = keras.optimizers.schedules.serialize(schedule)
        values = np.array([float(schedule(step)) for step in range(100)])
        schedules.append({"config": config, "values": values})
    content = {
        "keras": keras.__version__,
        "kept": KEPT,
        "start": start,
        "gradients": gradients,
        "broken": broken,
        "cases": cases,
        "composites": composites,
        "schedules": schedules,
    }
    packed.save(HERE / "optimizers.npz", content)


if __name__ == "__main__":
    main()
