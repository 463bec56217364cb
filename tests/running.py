"""Training runs in processes of their own, to be killed, starved and compared."""

import json
import os
import subprocess
import sys
import time

import keras
import numpy as np

from colorlib import recipes, training
from colorlib.batches import TrainingSet

SMALL = dict(tier="smoke", epochs=4, checkpoint_seconds=0.0)
RUN = """
import json, sys
from colorlib import recipes, training
from colorlib.batches import TrainingSet
recipe, hardware = recipes.recipe_from(json.loads(sys.argv[1]))
training.train(recipe, sys.argv[2], hardware)
"""


def train(parameters, folder):
    """Train here, with the parameters of the notebook; the run's folder."""
    recipe, hardware = recipes.recipe_from(parameters)
    return training.train(recipe, folder, hardware)


def prepared(parameters):
    """Photos and a new trainer, as a run with these parameters begins with them."""
    recipe, hardware = recipes.recipe_from(parameters)
    data = TrainingSet(recipe, hardware)
    keras.utils.set_random_seed(recipe.seed)
    return data, training.Trainer(recipe, data, hardware)


def metrics(folder):
    """What every epoch found, without what it cost."""
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    cost = ("seconds", "cpu_seconds", "photos_per_second")
    return [{k: v for k, v in json.loads(line).items() if k not in cost} for line in lines]


def busy():
    """How many times as long things may take here now as on an idle machine."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def start(folder, before="", **parameters):
    """Begin a run in another process, after the code `before`."""
    command = [sys.executable, "-c", before + RUN, json.dumps(SMALL | parameters), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(condition, process, seconds=120):
    """Wait until the condition holds while the process lives; False if it ended before."""
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)
    return True


def kill_at_random(folder, kills, seed, longest, before="", **parameters):
    """Start a run and kill it, so many times, each at another moment; how often it was alive.

    The first kill may come before the first epoch is over, the others after one more checkpoint.
    """
    moments, killed = np.random.default_rng(seed), 0
    checkpoint = folder / "checkpoint.npz"
    for number in range(kills):
        then = stamp(checkpoint)
        process = start(folder, before, **parameters)
        if number:
            wait_for(lambda then=then: stamp(checkpoint) not in (None, then), process)
        else:
            wait_for((folder / "machine.json").exists, process)
        time.sleep(moments.uniform(0, longest))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    return killed


def stamp(path):
    """The time of a file's last change, None if there is none."""
    return path.stat().st_mtime_ns if path.exists() else None
