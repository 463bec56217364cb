"""`make ingredients SET=my-set`: what colours are made of. Runs that differ in one thing.

    python -m tools.measure.ingredients SET [--seeds N] [ROW ...]

The network is `unet`, the photos 128 pixels wide, and what each row changes stands in `ROWS`. All
of them are measured on all validation photos of the set, at 256 pixels. A run lies in
runs/ingredients, goes on there if it was interrupted, and is left alone once it is finished. After
each of them colorlib/data/results/ingredients.json is written anew from what there is, so a row
has as many seeds as were trained.
"""

import argparse
import itertools
import os

import keras
import numpy as np

from colorlib import evaluation, extractors, photoset, runs, training
from colorlib.colorizer import Colorizer
from colorlib.designs import DESIGNS, unet
from colorlib.files import read_json, write_json
from colorlib.lab import to_lab
from colorlib.metrics import METRICS, Photo, as_seen
from colorlib.published import FOLDER as PUBLISHED
from colorlib.recipes import recipe_from
from tools import ROOT

RUNS = ROOT / "runs" / "ingredients"
MEASURED = "loss", "AuC", "chroma"
PLAIN = {"tier": "full", "design": "unet", "size": 128, "limit": 3000, "epochs": 8}
PLAIN |= {"options": {"vivid": False}}
SMALLER = {"widths": (64, 64, 48, 32, 32), "dropout": (0.6, 0.7, 0.4, 0.4, 0.3), "vivid": False}
LATER = {"start_from": "3,000 photos", "epochs": 3, "learning_rate": 0.0002}
ROWS = {
    # The fewer the photos, the more often each is seen, and still the fewer steps there are.
    "100 photos": PLAIN | {"limit": 100, "epochs": 40},
    "300 photos": PLAIN | {"limit": 300, "epochs": 25},
    "1,000 photos": PLAIN | {"limit": 1000, "epochs": 14},
    "3,000 photos": PLAIN,
    "all photos": PLAIN | {"limit": None, "epochs": 5},
    "eyes that never learned": PLAIN,
    # Three epochs more, at a rate that does not undo what was learned.
    "three epochs more": PLAIN | LATER,
    "eyes that learn on": PLAIN | LATER | {"design": "unet_tuned"},
    "a second head": PLAIN | {"options": {"vivid": True}},
    "a smaller decoder": PLAIN | {"options": SMALLER},
    "average of the weights": PLAIN | {"ema": 0.99},
    "photos varied": PLAIN | {"zoom": 0.4, "brightness": 0.2},
    "192 pixels": PLAIN | {"size": 192},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", help="a prepared photo set")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all of them by default")
    chosen = parser.parse_intermixed_args()
    photo_set = photoset.load(chosen.set)
    DESIGNS["unet_tuned"] = TUNED  # of use here alone: what ships leaves the classifier as it is
    for seed in range(chosen.seeds):
        for name in chosen.rows or ROWS:
            folder = folder_of(name, seed)
            if not (folder / "measured.json").exists():
                print(f"{name}, seed {seed}", flush=True)
                learn_and_measure(name, seed, folder, photo_set)
                write_report(photo_set)


def folder_of(name, seed):
    return RUNS / f"{name.replace(' ', '-').replace(',', '')}-{seed}"


def learn_and_measure(name, seed, folder, photo_set):
    """Train one network and write what it is worth beside it."""
    with_eyes(random="never learned" in name)
    asked = ROWS[name] | {"photo_set": photo_set.path, "seed": seed}
    if "start_from" in asked:
        asked["start_from"] = folder_of(asked["start_from"], seed)
    recipe, hardware = recipe_from(asked)
    training.train(recipe, folder, hardware)
    colorizer = Colorizer.load(folder)
    photos = np.array(photo_set.photos[photo_set.validation])
    found = measure(photos, evaluation.predict(colorizer, photos))
    write_json(folder / "measured.json", {
        "row": name,
        "seed": seed,
        "photos": int(read_json(folder / "data.json")["training"]),
        "weights": colorizer.network.count_params(),
        "train_loss": float(runs.read_metrics(folder)["loss"][-1]),
        **found,
        **runs.cost(folder),
    })  # fmt: skip


def build_tuned(options):
    """`unet` with its eyes inside, so that they learn, too, but for BatchNorm's statistics."""
    lightness = keras.Input((None, None, 1), name="lightness")
    seen, number = extractors.load_features("efficientnet_lite0"), itertools.count()

    def own(layer):  # with a name by which a checkpoint knows it
        copied = type(layer).from_config(layer.get_config() | {"name": f"eyes_{next(number)}"})
        copied.trainable = not isinstance(layer, keras.layers.BatchNormalization)
        return copied

    eyes = keras.models.clone_model(seen, clone_function=own, recursive=True)
    eyes.set_weights(seen.get_weights())
    answer = unet.build(options)({"lightness": lightness, "features": eyes(lightness)})
    return keras.Model({"lightness": lightness}, answer, name="unet_tuned")


TUNED = DESIGNS["unet"]._replace(build=build_tuned, needs=())


def with_eyes(random):
    """Have EfficientNet-Lite0 see with its own weights, or with the numbers it began with."""
    variable = "COLORLIB_EFFICIENTNET_LITE0_WEIGHTS"
    os.environ.pop(variable, None)
    if random:
        path = RUNS / "random.weights.h5"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            extractors.EXTRACTORS["efficientnet_lite0"].build().save_weights(path)
            write_json(path.with_name("random.json"), {"what": "as initialised, not trained"})
        os.environ[variable] = str(path)


def measure(photos, predicted):
    """Mean loss, AuC and chroma over photos, in the figures of the results page."""
    found = {name: [] for name in MEASURED}
    for photo, ab in zip(photos, predicted, strict=True):
        lab = to_lab(photo)
        true, guess = Photo(photo, lab, lab[..., 1:], None), as_seen(lab, ab)
        for name, values in found.items():
            values.append(METRICS[name].function(true, guess))
    return {name: float(np.mean(values)) for name, values in found.items()}


def write_report(photo_set):
    """Put together what the runs have left."""
    photos = np.array(photo_set.photos[photo_set.validation])
    measured = [read_json(path) for path in sorted(RUNS.glob("*/measured.json"))]
    write_json(PUBLISHED / "ingredients.json", {
        "command": f"make ingredients SET={photo_set.path.name}",
        **evaluation.origin({}, photo_set, len(photos)),
        "grey": measure(photos, np.zeros((*photos.shape[:3], 2), "float32")),
        "true": measure(photos, np.stack([to_lab(photo)[..., 1:] for photo in photos])),
        "rows": {
            name: {
                "changes": {k: v for k, v in ROWS[name].items() if PLAIN.get(k, "") != v},
                "runs": [run for run in measured if run["row"] == name],
            }
            for name in ROWS
            if name in {run["row"] for run in measured}
        },
    })  # fmt: skip


if __name__ == "__main__":
    main()
