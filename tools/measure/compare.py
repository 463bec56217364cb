"""`make compare`: train networks that differ in one thing, measure them, keep what they leave.

    make compare WHAT=networks SET=my-set    the paper's network, the same without class scores,
                                             and Deep Koalarization, its closest public relative
    make compare WHAT=presets SET=my-set     the paper's way to learn, and the modern one

SET is a prepared photo set. Each run lies in runs/compare, goes on there if it was interrupted,
and is left alone once it is finished. The small files of all of them and one report go to
colorlib/data/results; `make results` writes the page from these alone.

Both comparisons fit two CPU cores: small photos, few of them, few epochs. What they find holds for
that, and says nothing about 2000 epochs of 9,500 photos.
"""

import argparse
import shutil
from pathlib import Path

from colorlib import evaluation, photoset, runs, training
from colorlib.colorizer import Colorizer
from colorlib.files import write_json
from colorlib.published import FOLDER as PUBLISHED
from colorlib.recipes import recipe_from

ROOT = Path(__file__).resolve().parents[2]
RUNS = ROOT / "runs" / "compare"
SMALL_FILES = ("recipe.json", "data.json", "machine.json", "metrics.jsonl")

NETWORKS = {
    "paper": "paper",
    "without scores": "paper_alone",
    "koalarization": "baldassarre2017",
}
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
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiment", choices=EXPERIMENTS)
    parser.add_argument("set", help="a prepared photo set")
    chosen = parser.parse_args()
    photo_set, folders = photoset.load(chosen.set), {}
    for name, parameters in EXPERIMENTS[chosen.experiment].items():
        print(name, flush=True)
        recipe, hardware = recipe_from(parameters | {"photo_set": chosen.set})
        folder = RUNS / chosen.experiment / name.replace(", ", "-").replace(" ", "-")
        folders[name] = training.train(recipe, folder, hardware)
    colorizers = {name: Colorizer.load(folder) for name, folder in folders.items()}
    report = evaluation.compare(colorizers, photo_set)
    target = PUBLISHED / chosen.experiment
    for folder in folders.values():
        keep(folder, target / folder.name)
    write_json(target / "report.json", {
        "command": f"make compare WHAT={chosen.experiment} SET={photo_set.path.name}",
        "folders": {name: folder.name for name, folder in folders.items()},
        "cost": {name: runs.cost(folder) for name, folder in folders.items()},
        **report,
    })  # fmt: skip
    print(evaluation.format_table(report["summary"]), evaluation.verdict(report), sep="\n\n")


def keep(folder, target):
    """Copy a run's small files."""
    target.mkdir(parents=True, exist_ok=True)
    for name in SMALL_FILES:
        shutil.copy(folder / name, target / name)


if __name__ == "__main__":
    main()
