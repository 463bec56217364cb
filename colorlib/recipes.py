"""What a run is asked to do: the paper's values, other ways to learn, and three sizes.

A recipe is a `TrainingConfig`. Its defaults are the paper's; a tier says how large the run is, a
preset how it learns, and whatever is named one by one counts more than both.

Chapter: 05_training. Source: paper, sections 3.1 and 4.3.
"""

import dataclasses
import difflib
import inspect
import os

from colorlib.files import UserError
from colorlib.network import NetworkConfig


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """What one run does. The defaults are the paper's where it says (section 3.1 and 4.3).

    Attributes
    ----------
    tier : {"smoke", "lab", "full"}
        Where the values that nobody chose come from, see `TIERS`.
    preset : {"paper", "modern"} or None
        How to learn, see `PRESETS`. None: as the tier says.
    photo_set : str
        "commons" (the bundled photos) or the folder of a prepared set.
    extractor : str
        Row of `extractors.EXTRACTORS` that provides the class scores.
    size : int
        Side of the photos in pixels, a multiple of 64. The paper's is 256.
    epochs, batch_size : int
    learning_rate : float
        Of Adam.
    schedule : {"constant", "cosine"}
        "cosine" lets the learning rate fall to zero along half a cosine wave.
    warmup : float
        Share of the steps in which the learning rate first rises from zero; "cosine" only.
    average : float
        Keep, measure and draw the running average of the weights, in which each step leaves
        this share of the old average, such as 0.999. 0: the weights themselves.
    patience : int
        Stop after so many epochs without a lower validation loss, and keep the weights of the
        best epoch. 0: never stop early, keep the last.
    weight_decay : float
        Share of each weight, times the learning rate, taken away at every step. The paper
        uses none; on a few thousand photos it delays learning by heart.
    transforms : int
        How many of `augment.TRANSFORMS` are used, from the first: 2 or 8.
    shift, brightness : float
        See `augment.augment`.
    score_dropout : float
        Share of the class scores hidden at random, so that the network cannot know each
        photo by its scores. The paper has none.
    precision : str
        Keras dtype policy: "float32", "mixed_bfloat16" or "mixed_float16".
    jit_compile : bool or None
        Compile the step (XLA, or PyTorch's inductor). None: what suits backend and device.
    steps_per_execution : int or None
        Steps that run before Python looks again. None: 32 on a GPU, where waiting for Python
        takes longer than a step, and 1 elsewhere.
    devices : {"one", "all"}
        Share each batch among all GPUs, see `devices`.
    on_device : bool or None
        Keep all photos in the device's memory. None: if they take less than 4 GB.
    limit : int or None
        Use only so many training photos and a quarter as many validation photos.
    start_from : str or None
        Weights to start from (see `weights.load_network`).
    checkpoint_seconds : float
        Least time between two checkpoints.
    seed : int
    network : network.NetworkConfig
    """

    tier: str = "full"
    preset: str | None = None
    photo_set: str = "commons"
    extractor: str = "vgg16"
    size: int = 256
    epochs: int = 2000
    batch_size: int = 32
    learning_rate: float = 0.001
    schedule: str = "constant"
    warmup: float = 0.0
    average: float = 0.0
    patience: int = 0
    weight_decay: float = 0.0
    transforms: int = 8
    shift: float = 0.1
    brightness: float = 0.2
    score_dropout: float = 0.0
    precision: str = "float32"
    jit_compile: bool | None = None
    steps_per_execution: int | None = None
    devices: str = "one"
    on_device: bool | None = None
    limit: int | None = None
    start_from: str | None = None
    checkpoint_seconds: float = 60.0
    seed: int = 0
    network: NetworkConfig = dataclasses.field(default_factory=NetworkConfig)

    def __post_init__(self):
        # Values arrive from notebooks and command lines: catch mistakes before hours are spent.
        for name, least in (
            ("size", 64),
            ("epochs", 1),
            ("batch_size", 1),
            ("patience", 0),
            ("steps_per_execution", 1),
        ):
            value = getattr(self, name)
            if name == "steps_per_execution" and value is None:  # what suits the device
                continue
            if not isinstance(value, int) or value < least:
                raise UserError(f"{name} is {value!r}; it takes a whole number from {least} on")
        for name in ("warmup", "average"):
            if not 0 <= getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)!r}; it must be in 0 <= x < 1")
        if self.size % 64:
            near = -(-self.size // 64) * 64
            raise UserError(f"size is {self.size}; it must be a multiple of 64, such as {near}")
        for name, choices in (
            ("schedule", ("constant", "cosine")),
            ("transforms", (2, 8)),
            ("precision", ("float32", "mixed_bfloat16", "mixed_float16")),
            ("devices", ("one", "all")),
        ):
            if getattr(self, name) not in choices:
                raise UserError(f"{name} is {getattr(self, name)!r}; choose one of {choices}")


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
        "average": 0.99,
        "patience": 30,
        "weight_decay": 0.1,
        "score_dropout": 0.5,
    },
}


def config_from(parameters):
    """Make the configuration from a notebook's parameters.

    Parameters
    ----------
    parameters : dict
        Any fields of `TrainingConfig`; None means "as the tier says", and no tier means
        the environment variable COLORLIB_TIER, else "lab". In a notebook this is
        `globals()` right after the cell tagged `parameters`: what is not a plain value or
        starts with an underscore is passed over, and so are, when these cells are run again,
        the variables that the notebook has made in between.

    Returns
    -------
    TrainingConfig

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
    tier = plain.pop("tier", None) or os.environ.get("COLORLIB_TIER", "lab")
    if tier not in TIERS:
        raise UserError(f"unknown tier {tier!r}; choose one of {', '.join(TIERS)}")
    fields = [field.name for field in dataclasses.fields(TrainingConfig)]
    if any(isinstance(value, TrainingConfig) for value in plain.values()):  # run again
        plain = {name: plain[name] for name in fields if name in plain}
    for name in plain:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(fields)}"
            raise UserError(f"unknown parameter {name!r}; {hint}")
    chosen = {name: value for name, value in plain.items() if value is not None}
    preset = chosen.get("preset")
    if preset and preset not in PRESETS:
        raise UserError(f"unknown preset {preset!r}; choose one of {', '.join(PRESETS)}")
    return TrainingConfig(**{"tier": tier, **TIERS[tier], **PRESETS.get(preset, {}), **chosen})
