"""What a run is asked to do, and what a value may be: said before anything is written."""

import dataclasses
import math

import numpy as np
import pytest

from colorlib import recipes, training
from colorlib.files import UserError
from colorlib.optimizers import optimizer_for


def recipe_of(parameters):
    return recipes.recipe_from(parameters)[0]


def test_tiers():
    assert set(recipes.TIERS) == {"smoke", "lab", "full"}
    full = recipe_of({"tier": "full"})
    paper = (full.size, full.epochs, full.batch_size, full.learning_rate, full.extractor)
    assert paper == (256, 2000, 32, 0.001, "vgg16")
    assert full.transforms == 8
    assert repr(recipe_of({"tier": "lab", "transforms": 8.0}).transforms) == "8"
    chosen = recipe_of({"tier": "lab", "size": 128, "seed": None})
    assert chosen == dataclasses.replace(recipe_of({"tier": "lab"}), size=128)


def test_presets():
    paper = recipe_of({"tier": "full", "preset": "paper"})
    assert paper == dataclasses.replace(recipe_of({"tier": "full"}), preset="paper")
    modern = recipe_of({"tier": "lab", "preset": "modern", "epochs": 7})
    assert (modern.batch_size, modern.schedule, modern.ema) == (128, "cosine", 0.99)
    assert (modern.epochs, modern.size) == (7, 64)


def test_the_rate_rises_and_falls():
    """Against the formula, at every step."""
    config = recipe_of({"tier": "lab", "warmup": 0.1, "learning_rate": 0.5})
    rate = optimizer_for(config, 100)._learning_rate
    rising = [0.5 * step / 10 for step in range(10)]
    falling = [0.25 * (1 + np.cos(np.pi * step / 90)) for step in range(91)]
    assert np.allclose([float(rate(step)) for step in range(101)], rising + falling, atol=1e-6)


def test_the_notebooks_first_cells_can_be_run_again():
    """Then `globals()` holds all that later cells have made, too."""
    parameters = {"tier": "lab", "epochs": None, "seed": 3}
    first = recipe_of(parameters)
    later = parameters | {"recipe": first, "photos": [1], "cost": 0.02, "epochs": 5}
    assert recipe_of(later) == dataclasses.replace(first, epochs=5)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tier": "quick"}, "unknown tier 'quick'; choose one of smoke, lab, full"),
        ({"tier": 1}, "unknown tier 1; choose one of smoke, lab, full"),
        ({"tier": "lab", "epoch": 3}, "unknown parameter 'epoch'; did you mean 'epochs'"),
        ({"tier": "lab", "zzz": [1]}, "unknown parameter 'zzz'"),
        ({"tier": "lab", "size": 100}, "size is 100; it takes a multiple of 64"),
        ({"tier": "lab", "size": "big"}, "size is 'big'"),
        ({"tier": "lab", "epochs": 0}, "epochs is 0"),
        ({"tier": "lab", "precision": "float8"}, "precision is 'float8'"),
        ({"tier": "lab", "transforms": 3}, "transforms is 3"),
        ({"tier": "lab", "preset": "best"}, "unknown preset 'best'; choose one of paper, modern"),
        ({"tier": "lab", "ema": 1}, "ema is 1"),
        ({"tier": "lab", "warmup": -0.1}, "warmup is -0.1"),
        ({"tier": "lab", "patience": 2.5}, "patience is 2.5"),
        ({"tier": "lab", "devices": 2}, "devices is 2"),
        ({"tier": "lab", "steps_per_execution": 0}, "steps_per_execution is 0"),
        ({"design": "unet", "extractor": "mobilenet"}, "mobilenet: its feature maps cannot be rea"),
        ({"design": "unet", "extractor": "vgg16"}, r"vgg16: give options {'maps': \(256, 512, 512"),
    ],
)
def test_mistaken_parameters(parameters, message):
    with pytest.raises(UserError, match=message):
        recipe_of(parameters)


@pytest.mark.parametrize(
    ("name", "wrong", "right", "becomes"),
    [
        ("learning_rate", "0,001", "0.001", 0.001),
        ("learning_rate", (0, 5), 0.5, 0.5),
        ("learning_rate", math.nan, 1, 1.0),
        ("learning_rate", math.inf, 0.1, 0.1),
        ("seed", "abc", 7, 7),
        ("seed", -1, "7", 7),
        ("limit", -5, 5.0, 5),
        ("limit", 0, 40, 40),
        ("epochs", 2.5, 2, 2),
        ("batch_size", True, 8, 8),
        ("size", 1e400, 128, 128),
        ("brightness", 1, 0.2, 0.2),
        ("score_dropout", 1.0, 0.7, 0.7),
        ("mix", 1, "0.4", 0.4),
        ("schedule", ["cosine"], "cosine", "cosine"),
        ("design", "papr", "paper_alone", "paper_alone"),
        ("extractor", "vgg", "vgg16", "vgg16"),
        ("options", {"ab_divisor": "x"}, {"ab_divisor": 110}, {"ab_divisor": 110}),
        ("options", {"filters": 3}, {}, {}),
        ("options", "ab_divisor", {}, {}),
        ("on_device", "no", "false", False),
        ("on_device", 2, True, True),
        ("jit_compile", "yes", "True", True),
        ("photo_set", 1.5, 2019, "2019"),
        ("photo_set", "", "s", "s"),
        ("checkpoint_seconds", "soon", "5", 5.0),
        ("steps_per_execution", 1.5, 4, 4),
    ],
)
def test_a_wrong_value_is_named_and_the_right_one_taken(name, wrong, right, becomes):
    with pytest.raises(UserError) as error:
        recipes.recipe_from({"tier": "lab", name: wrong})
    assert name.split("_")[0] in str(error.value) or "ab_divisor" in str(error.value)
    assert "\n" not in str(error.value)
    plan = recipes.recipe_from({"tier": "lab", name: right})
    (found,) = (getattr(part, name) for part in plan if hasattr(part, name))
    assert found == becomes and type(found) is type(becomes)


def test_an_empty_variable_says_nothing(monkeypatch):
    monkeypatch.setenv("COLORLIB_TIER", "")
    assert recipes.recipe_from({})[0].tier == "lab"


def test_nothing_is_written_before_all_is_checked(tmp_path):
    with pytest.raises(UserError, match="2019: is no photo set"):
        training.train(*recipes.recipe_from({"tier": "smoke"})[:1], tmp_path / "run",
                       recipes.Hardware(photo_set=2019))  # fmt: skip
    assert not (tmp_path / "run" / "recipe.json").exists()
