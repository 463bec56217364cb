"""What a run is, and where it happens to be: the paper's values, other ways to learn, three sizes.

A `Recipe` is what a run *is*: change it, and it is another run. `Hardware` is where it happens to
run: another folder, device or machine may go on with it. The defaults are the paper's; a tier says
how large the run is, a preset how it learns, and whatever is named one by one counts more.

Chapter: 05_training. Source: paper, sections 3.1 and 4.3.
"""

import dataclasses
import difflib
import inspect
import os

from colorlib import designs, extractors
from colorlib.files import UserError
from colorlib.images import LARGEST_SIDE


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What one run does. The defaults are the paper's where it says (section 3.1 and 4.3).

    Attributes
    ----------
    tier : {"smoke", "lab", "full"}
        Where the values that nobody chose come from, see `TIERS`.
    preset : {"paper", "modern"} or None
        How to learn, see `PRESETS`. None: as the tier says.
    design : str
        Row of `designs.DESIGNS`: which network.
    options : dict
        What is chosen of that design's options; the others keep their defaults.
    extractor : str
        Row of `extractors.EXTRACTORS` that provides the class scores, if the design needs any.
    size : int
        Side of the photos in pixels, a multiple of 64. The paper's is 256.
    epochs, batch_size : int
    learning_rate : float
        Of Adam.
    schedule : {"constant", "cosine"}
        "cosine" lets the learning rate fall to zero along half a cosine wave.
    warmup : float
        Share of the steps in which the learning rate first rises from zero; "cosine" only.
    ema : float
        Keep, measure and draw the exponential moving average of the weights, in which each step
        leaves this share of the old average, such as 0.999. 0: the weights themselves.
    patience : int
        Stop after so many epochs without a lower validation loss, and keep the weights of the
        best epoch. 0: never stop early, keep the last.
    weight_decay : float
        Share of each weight, times the learning rate, taken away at every step. The paper
        uses none; on a few thousand photos it delays learning by heart.
    transforms : int
        How many of `augment.TRANSFORMS` are used, from the first: 2 or 8.
    shift, brightness, zoom : float
        See `augment.augment`.
    mix : float
        Largest share of another photo that is mixed into each, see `augment.mixed`.
    score_dropout : float
        Share of the class scores hidden at random, so that the network cannot know each
        photo by its scores. The paper has none.
    limit : int or None
        Use only so many training photos and a quarter as many validation photos.
    start_from : str or None
        Weights to start from (see `weights.load_network`).
    seed : int
    """

    tier: str = "full"
    preset: str | None = None
    design: str = "paper"
    options: dict = dataclasses.field(default_factory=dict)
    extractor: str = "vgg16"
    size: int = 256
    epochs: int = 2000
    batch_size: int = 32
    learning_rate: float = 0.001
    schedule: str = "constant"
    warmup: float = 0.0
    ema: float = 0.0
    patience: int = 0
    weight_decay: float = 0.0
    transforms: int = 8
    shift: float = 0.1
    brightness: float = 0.2
    zoom: float = 0.0
    mix: float = 0.0
    score_dropout: float = 0.0
    limit: int | None = None
    start_from: str | None = None
    seed: int = 0

    def __post_init__(self):
        _check_all(self)
        designs.options_of(self.design, self.options)


@dataclasses.dataclass(frozen=True)
class Hardware:
    """Where a run happens to be. All of it may be another when the run goes on.

    Attributes
    ----------
    photo_set : str
        "commons" (the bundled photos) or the folder of a prepared set.
    precision : str
        Keras dtype policy: "float32", "mixed_bfloat16" or "mixed_float16".
    jit_compile : bool or None
        Compile the step (XLA, or PyTorch's inductor). None: what suits backend and device.
    steps_per_execution : int or None
        Steps that run before Python looks again. None: 32 on a GPU, where waiting for Python
        takes longer than a step, and 1 elsewhere.
    devices : {"one", "all"}
        Share each batch among all devices, see `devices`.
    on_device : bool or None
        Keep all photos in the device's memory. None: if they take less than 4 GB.
    checkpoint_seconds : float
        Least time between two checkpoints.
    """

    photo_set: str = "commons"
    precision: str = "float32"
    jit_compile: bool | None = None
    steps_per_execution: int | None = None
    devices: str = "one"
    on_device: bool | None = None
    checkpoint_seconds: float = 60.0

    def __post_init__(self):
        _check_all(self)


# --- what each value may be; values arrive from notebooks and command lines ---


def _whole(least, step=1, most=2**31 - 1):
    def take(value):
        number = int(value)
        if isinstance(value, bool) or number != float(value) or number % step:
            raise ValueError
        if not least <= number <= most:
            raise ValueError
        return number

    if step > 1:
        return take, f"a multiple of {step} up to {most}"
    return take, f"a whole number from {least} on, below 2**31"


def _number(low, high=float("inf")):
    def take(value):
        if isinstance(value, bool) or not low <= float(value) < high:
            raise ValueError
        return float(value)

    return take, f"a number from {low:g}" + (f" to below {high:g}" if high < 1e9 else " on")


def _one_of(*choices):
    def take(value):
        return choices[choices.index(value)]  # 8 for 8.0; what is no choice is a ValueError

    return take, f"one of {', '.join(map(str, choices))}"


def _truth(value):
    said = {"true": True, "false": False}.get(str(value).strip().lower())
    if said is None:
        raise ValueError
    return said


def _options(value):
    if not (isinstance(value, dict) and all(isinstance(name, str) for name in value)):
        raise ValueError
    return value


def _name(value):
    # A folder may be called 2019, which a notebook's parameter or a shell makes a number of.
    if isinstance(value, bool) or not isinstance(value, (str, int, os.PathLike)) or value == "":
        raise ValueError
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


CHECKS = {
    "tier": _one_of("smoke", "lab", "full"),
    "preset": _one_of("paper", "modern"),
    "design": (_name, "the name of a design"),
    "options": (_options, "a dictionary such as {'ab_divisor': 110.0}"),
    "extractor": _one_of(*extractors.EXTRACTORS),
    "size": _whole(64, step=64, most=LARGEST_SIDE),
    "epochs": _whole(1),
    "batch_size": _whole(1),
    "learning_rate": _number(0.0),
    "schedule": _one_of("constant", "cosine"),
    "warmup": _number(0.0, 1.0),
    "ema": _number(0.0, 1.0),
    "patience": _whole(0),
    "weight_decay": _number(0.0),
    "transforms": _one_of(2, 8),
    "shift": _number(0.0, 1.0),
    "brightness": _number(0.0, 1.0),
    "zoom": _number(0.0, 1.0),
    "mix": _number(0.0, 1.0),
    "score_dropout": _number(0.0, 1.0),
    "limit": _whole(1),
    "start_from": (_name, "the path of a network"),
    "seed": _whole(0),
    "photo_set": (_name, "the folder of a photo set"),
    "precision": _one_of("float32", "mixed_bfloat16", "mixed_float16"),
    "jit_compile": (_truth, "True or False"),
    "steps_per_execution": _whole(1),
    "devices": _one_of("one", "all"),
    "on_device": (_truth, "True or False"),
    "checkpoint_seconds": _number(0.0),
}


def _check_all(values):
    """Check every field before hours are spent, and give it its own type."""
    for field in dataclasses.fields(values):
        value = getattr(values, field.name)
        if value is None and field.default is None:
            continue
        take, kind = CHECKS[field.name]
        try:
            object.__setattr__(values, field.name, take(value))  # frozen for all others
        except (ValueError, TypeError, OverflowError):
            raise UserError(f"{field.name} is {value!r:.80}; it takes {kind}") from None


# What the three tiers change: `smoke` proves in seconds that everything runs, `lab` shows
# colours on two CPU cores within ten minutes, `full` is the paper's schedule on a GPU. A few
# hundred photos are soon learned by heart, so `lab` hides most class scores and decays its weights.
TIERS = {
    "smoke": {
        "extractor": "efficientnet_lite0",
        "size": 64,
        "epochs": 2,
        "batch_size": 8,
        "transforms": 2,
        "limit": 32,
    },
    "lab": {
        "extractor": "efficientnet_lite0",
        "size": 64,
        "epochs": 25,
        "schedule": "cosine",
        "weight_decay": 0.1,
        "transforms": 2,
        "brightness": 0.1,
        "score_dropout": 0.7,
    },
    "full": {},
}

# How to learn. "paper" is section 4.3: a rate that never changes, and the weights as they are in
# the end. "modern" is what has become usual since: larger batches, a rate that rises and then
# falls, weights that decay a little, the average of the last weights, and an end when new photos
# no longer gain. The values are ours; both curves are on the results page.
PRESETS = {
    "paper": {
        "epochs": 2000,
        "batch_size": 32,
        "learning_rate": 0.001,
        "schedule": "constant",
        "weight_decay": 0.0,
        "score_dropout": 0.0,
    },
    "modern": {
        "epochs": 200,
        "batch_size": 128,
        "learning_rate": 0.002,
        "schedule": "cosine",
        "warmup": 0.05,
        "ema": 0.99,
        "patience": 30,
        "weight_decay": 0.1,
        "score_dropout": 0.5,
    },
}


def recipe_from(parameters: dict) -> tuple[Recipe, Hardware]:
    """Make recipe and hardware from a notebook's parameters.

    Parameters
    ----------
    parameters : dict
        Any fields of `Recipe` and `Hardware`; None means "as the tier says", and no tier means
        the environment variable COLORLIB_TIER, else "lab". In a notebook this is
        `globals()` right after the cell tagged `parameters`: what is not a plain value or
        starts with an underscore is passed over, and so are, when these cells are run again,
        the variables that the notebook has made in between.

    Returns
    -------
    Recipe, Hardware

    Raises
    ------
    UserError
        For an unknown tier, an unknown name (papermill alone would only warn) or a value
        of the wrong kind.
    """
    plain = {
        name: value
        for name, value in parameters.items()
        if not (callable(value) or inspect.ismodule(value))
        and not name.startswith("_")
        and name not in ("In", "Out", "run_folder")
    }
    parts = [[field.name for field in dataclasses.fields(kind)] for kind in (Recipe, Hardware)]
    fields = [name for names in parts for name in names]
    if any(isinstance(value, (Recipe, Hardware)) for value in plain.values()):  # run again
        plain = {name: plain[name] for name in fields if name in plain}
    for name in plain:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(fields)}"
            raise UserError(f"unknown parameter {name!r:.80}; {hint}")
    chosen = {name: value for name, value in plain.items() if value is not None}
    tier = chosen.pop("tier", None) or os.environ.get("COLORLIB_TIER") or "lab"
    for name, value in (("tier", tier), ("preset", chosen.get("preset", "paper"))):
        known = {"tier": TIERS}.get(name, PRESETS)
        if not isinstance(value, str) or value not in known:
            raise UserError(f"unknown {name} {value!r:.80}; choose one of {', '.join(known)}")
    design = designs.design_named(chosen.get("design", "paper"))
    own = design.recipes.get(tier, {})
    values = {"tier": tier, **TIERS[tier], **own, **PRESETS.get(chosen.get("preset"), {}), **chosen}
    recipe, hardware = (
        kind(**{name: values[name] for name in names if name in values})
        for kind, names in zip((Recipe, Hardware), parts, strict=True)
    )
    if "features" in design.needs:
        seen = tuple(maps[-1] for maps in extractors.feature_shapes(recipe.extractor, recipe.size))
        if getattr(designs.options_of(recipe.design, recipe.options), "maps", seen) != seen:
            raise UserError(f"extractor {recipe.extractor}: give options {{'maps': {seen}}}, too")
    return recipe, hardware
