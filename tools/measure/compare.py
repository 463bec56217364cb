"""`make compare`: train networks that differ in one thing, measure them, keep what they leave.

    make compare WHAT=networks SET=my-set    the paper's network, the same without class scores,
                                             and Deep Koalarization, its closest public relative
    make compare WHAT=presets SET=my-set     the paper's way to learn, and the modern one
    make compare WHAT=curves SET=my-set      one run that goes well and three that do not, of which
                                             only the learning curves are of interest
    make compare WHAT=systems                all literal designs: see systems.py

SET is a prepared photo set. Each run lies in runs/compare, goes on there if it was interrupted,
and is left alone once it is finished. The small files of all of them and one report go to
colorlib/data/results; `make results` writes the page from these alone.

All comparisons fit two CPU cores: small photos, few of them, few epochs. What they find holds for
that, and says nothing about 2000 epochs of 9,500 photos.
"""

import argparse
import shutil

import numpy as np

from colorlib import evaluation, photoset, runs, training
from colorlib.batches import TrainingSet
from colorlib.colorizer import Colorizer
from colorlib.files import write_json
from colorlib.lab import to_lab
from colorlib.metrics import squared_error
from colorlib.published import FOLDER as PUBLISHED
from colorlib.recipes import recipe_from
from tools import ROOT

RUNS = ROOT / "runs" / "compare"
SMALL_FILES = ("recipe.json", "data.json", "machine.json", "metrics.jsonl")

NETWORKS = {"paper": "paper", "without scores": "paper_alone", "koalarization": "baldassarre2017"}
SMALL = {"tier": "full", "extractor": "efficientnet_lite0", "transforms": 2, "limit": 1500}
EXPERIMENTS = {
    # A falling rate, because after eight epochs a steady one leaves much to chance.
    "networks": {
        f"{name}, seed {seed}": SMALL
        | {"size": 128, "epochs": 8, "schedule": "cosine", "seed": seed, "design": design}
        for seed in (0, 1)
        for name, design in NETWORKS.items()
        if seed == 0 or name != "koalarization"  # it takes five times as long
    },
    # The values of "modern" were not tuned on these photos, and it gets the same number of epochs.
    "presets": {
        "paper": SMALL | {"size": 64, "preset": "paper", "epochs": 30},
        "modern": SMALL | {"size": 64, "preset": "modern", "epochs": 30},
    },
    # About 390 steps each. The small one is told nothing of what a photo shows, and has two
    # channels a layer to find out.
    "curves": {
        name: SMALL | {"size": 64, "preset": "modern", "patience": 0, "limit": 2500, **changed}
        for name, changed in {
            "healthy": {"epochs": 20},
            "rate too high": {"epochs": 20, "learning_rate": 0.05},
            "network too small": {
                "epochs": 20,
                "design": "paper_alone",
                "options": {"encoder_filters": (2,) * 6},
            },
            "photos too few": {"epochs": 195, "limit": 256},
        }.items()
    },
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiment", choices=EXPERIMENTS)
    parser.add_argument("set", help="a prepared photo set")
    chosen = parser.parse_args()
    photo_set, folders, grey = photoset.load(chosen.set), {}, {}
    for name, parameters in EXPERIMENTS[chosen.experiment].items():
        print(name, flush=True)
        recipe, hardware = recipe_from(parameters | {"photo_set": chosen.set})
        folder = RUNS / chosen.experiment / name.replace(", ", "-").replace(" ", "-")
        folders[name] = training.train(recipe, folder, hardware)
        grey[name] = cost_of_grey(TrainingSet(recipe, hardware))
    target = PUBLISHED / chosen.experiment
    for folder in folders.values():
        keep(folder, target / folder.name)
    if chosen.experiment == "curves":  # of interest is how they ran, not how they ended
        command = f"make compare WHAT=curves SET={photo_set.path.name}"
        write_json(target / "report.json", {"command": command, "grey": grey})
        return
    colorizers = {name: Colorizer.load(folder) for name, folder in folders.items()}
    report = evaluation.compare(colorizers, photo_set)
    write_json(target / "report.json", {
        "command": f"make compare WHAT={chosen.experiment} SET={photo_set.path.name}",
        "folders": {name: folder.name for name, folder in folders.items()},
        "cost": {name: runs.cost(folder) for name, folder in folders.items()},
        **report,
    })  # fmt: skip
    print(evaluation.format_table(report["summary"]), evaluation.verdict(report), sep="\n\n")


def cost_of_grey(data):
    """What leaving grey costs on the photos of a run, so that losses on other photos compare."""
    found = {}
    for name, rows in (("loss", data.train_rows), ("val_loss", data.validation_rows)):
        ab = to_lab(data.photos(rows))[..., 1:]
        found[name] = squared_error(ab, np.zeros_like(ab))
    return found


def keep(folder, target):
    """Copy a run's small files."""
    target.mkdir(parents=True, exist_ok=True)
    for name in SMALL_FILES:
        shutil.copy(folder / name, target / name)


if __name__ == "__main__":
    main()
