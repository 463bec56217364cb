"""The same weights give the same colours on every Keras backend that is installed."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

PREDICT = """
import sys
import numpy as np
from colorlib.colorizer import Colorizer
photos = np.load(sys.argv[1], allow_pickle=False)
hints = [[(40, 30, "#aa3322"), (200, 99, (-30, 40))], []]
painted = [
    Colorizer.load().ab(photos),
    Colorizer.load("hints").ab(photos, hints=hints),
    Colorizer.load("unet_palette").ab(photos, palette=photos[::-1]),
]
np.save(sys.argv[2], np.stack(painted) / 128)
"""
TRAIN = """
import json, sys
from colorlib import recipes, training
recipe, hardware = recipes.recipe_from(json.loads(sys.argv[1]))
training.train(recipe, sys.argv[2], hardware)
"""
# Put before TRAIN: the process ends after its first checkpoint.
STOP = """
import sys
from colorlib.runs import Run
checkpoint = Run.checkpoint
def stop(*arguments):
    checkpoint(*arguments)
    sys.exit()
Run.checkpoint = stop
"""
OTHERS = [name for name in ("jax", "torch") if importlib.util.find_spec(name)]


def run(backend, code, *arguments):
    environment = os.environ | {"KERAS_BACKEND": backend}
    subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment, check=True, timeout=300
    )


@pytest.mark.parametrize("backend", OTHERS)
def test_same_weights_same_colours(backend, photos, tmp_path):
    np.save(tmp_path / "photos.npy", photos[:2])
    for name in ("tensorflow", backend):
        run(name, PREDICT, tmp_path / "photos.npy", tmp_path / f"{name}.npy")
    ours, theirs = (np.load(tmp_path / f"{name}.npy") for name in ("tensorflow", backend))
    assert ours.std() > 0.01
    assert np.abs(ours - theirs).max() < 1e-4


@pytest.mark.parametrize("backend", OTHERS)
def test_training_runs_and_resumes(backend, tmp_path):
    """Two epochs at once, and one after the other, end with the same loss."""
    parameters = {"tier": "smoke", "limit": 8, "checkpoint_seconds": 0.0, "epochs": 2}
    run(backend, TRAIN, json.dumps(parameters), tmp_path / "whole")
    run(backend, STOP + TRAIN, json.dumps(parameters), tmp_path / "parts")
    assert len((tmp_path / "parts" / "metrics.jsonl").read_text().splitlines()) == 1
    run(backend, TRAIN, json.dumps(parameters), tmp_path / "parts")
    whole, parts = (
        [json.loads(line) for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()]
        for name in ("whole", "parts")
    )
    assert json.loads((tmp_path / "whole" / "machine.json").read_text())["backend"] == backend
    assert len(whole) == len(parts) == 2
    assert parts[1]["loss"] == pytest.approx(whole[1]["loss"], rel=1e-5)
