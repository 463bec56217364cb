"""`make ingredients SET=my-set`: what colours are made of. Runs that differ in one thing.

    python -m tools.measure.ingredients SET [--seeds N] [ROW ...]

The network is `unet`, the photos 128 pixels wide, and what each row changes stands in `ROWS`. All
of them are measured on all validation photos of the set, at 256 pixels, on the same photos made old
and on the old plates. A run lies in runs/ingredients, goes on there if it was interrupted, and is
left alone once it is finished. After each of them its row of colorlib/data/results/ingredients.json
is written anew from what there is, so a row has as many seeds as were trained; other rows stay.
"""

import argparse
import functools
import itertools
import os

import keras
import numpy as np
from keras import ops

from colorlib import evaluation, extractors, lab, photoset, runs, training
from colorlib.colorizer import Colorizer
from colorlib.designs import DESIGNS, unet
from colorlib.files import read_json, write_json
from colorlib.inputs import INPUTS, Input, shrink
from colorlib.lab import to_lab, to_rgb
from colorlib.losses import equation_1
from colorlib.metrics import METRICS, Photo, as_seen
from colorlib.plates import plates
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
    "Huber's loss": PLAIN | {"design": "unet_huber"},
    "photos made old": PLAIN | {"design": "unet_aged"},
    "a second head": PLAIN | {"options": {"vivid": True}},
    "a smaller decoder": PLAIN | {"options": SMALLER},
    "average of the weights": PLAIN | {"ema": 0.99},
    "photos mixed": PLAIN | {"mix": 0.2},
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
    DESIGNS.update(TRIED)  # of use here alone
    INPUTS["old_lightness"] = OLD_LIGHTNESS
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
    aged = evaluation.predict(colorizer, made_old(photos))
    write_json(folder / "measured.json", {
        "row": name,
        "seed": seed,
        "photos": int(read_json(folder / "data.json")["training"]),
        "weights": colorizer.network.count_params(),
        "train_loss": float(runs.read_metrics(folder)["loss"][-1]),
        **mean_of(found),
        "made_old": mean_of(measure(photos, aged))["loss"],
        "plates": float(np.mean([plate_loss(colorizer, plate) for plate in plates()])),
        **runs.cost(folder),
        "losses": found["loss"],
    })  # fmt: skip


def build_with_eyes(options, told="lightness", learn=True):
    """`unet` with its eyes inside, where they may learn, too, but for BatchNorm's statistics."""
    lightness = keras.Input((None, None, 1), name=told)
    seen, number = extractors.load_features("efficientnet_lite0"), itertools.count()

    def own(layer):  # with a name by which a checkpoint knows it
        copied = type(layer).from_config(layer.get_config() | {"name": f"eyes_{next(number)}"})
        copied.trainable = learn and not isinstance(layer, keras.layers.BatchNormalization)
        return copied

    eyes = keras.models.clone_model(seen, clone_function=own, recursive=True)
    eyes.set_weights(seen.get_weights())
    answer = unet.build(options)({"lightness": lightness, "features": eyes(lightness)})
    return keras.Model({told: lightness}, answer, name="unet_with_eyes")


def huber(truth, answer, width=6 / lab.AB_DIVISOR):
    """Squares up to six Lab units and then only as much as the error: red for brown costs less."""
    true, found = unet.small_ab(truth) / lab.AB_DIVISOR, answer["ab"] / lab.AB_DIVISOR
    return ops.mean(keras.losses.huber(true, found, width))


def age(colors, recipe, seed, share=0.5):
    """Lightness (B, S, S, 1), of a share of the photos as old ones have it.

    Plates that saw little red, faded blacks and whites, blur and grain.
    """
    count = ops.shape(colors)[0]
    dice = keras.random.uniform((count, 6), seed=seed)
    blind, black, white, blur, grain, old = ops.split(dice[:, :, None, None], 6, axis=1)
    rgb = lab.lab_to_rgb(colors)
    sighted, blinded = (
        ops.sum(rgb * ops.convert_to_tensor(seen, rgb.dtype), axis=-1, keepdims=True)
        for seen in ((0.3, 0.59, 0.11), (0.0, 0.6, 0.4))
    )
    plate = sighted + blind * (blinded - sighted)
    seen = lab.rgb_to_lab(ops.repeat(plate, 3, axis=-1))[..., :1]
    seen = 25 * black + seen * (75 + 25 * white - 25 * black) / 100
    soft = ops.average_pool(seen, 5, 1, "same", data_format="channels_last")
    seen = seen + blur * (soft - seen)
    seen = seen + 5 * grain * keras.random.normal(ops.shape(seen), seed=seed)
    return ops.where(old < share, ops.clip(seen, 0, 100), colors[..., :1])


def made_old(photos):
    """Photos in the grey that `age` gives them, all of them old."""
    aged = []
    for start in range(0, len(photos), evaluation.BATCH):
        colors = ops.convert_to_tensor(to_lab(photos[start : start + evaluation.BATCH]), "float32")
        lightness = age(colors, None, start, share=1.0)
        aged.append(to_rgb(np.pad(ops.convert_to_numpy(lightness), [(0, 0)] * 3 + [(0, 2)])))
    return np.concatenate(aged)


def plate_loss(colorizer, plate):
    """Equation (1) of what a network makes of an old plate."""
    ab = colorizer.ab(plate.grey[None])
    return float(equation_1({"ab": to_lab(plate.color)[None, ..., 1:]}, ab))


def lightness_as_it_is(photos, card, given=None):
    return lab.rgb_to_lab(shrink(photos, card["size"]))[..., :1]


OLD_LIGHTNESS = Input(lightness_as_it_is, drawn=age)
PLAIN_EYES = functools.partial(build_with_eyes, told="old_lightness", learn=False)
TRIED = {
    "unet_tuned": DESIGNS["unet"]._replace(build=build_with_eyes, needs=()),
    "unet_huber": DESIGNS["unet"]._replace(loss=huber),
    "unet_aged": DESIGNS["unet"]._replace(build=PLAIN_EYES, needs=("old_lightness",)),
}


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
    """Loss, AuC and chroma of each photo, in the figures of the results page."""
    found = {name: [] for name in MEASURED}
    for photo, ab in zip(photos, predicted, strict=True):
        lab = to_lab(photo)
        true, guess = Photo(photo, lab, lab[..., 1:], None), as_seen(lab, ab)
        for name, values in found.items():
            values.append(METRICS[name].function(true, guess))
    return found


def mean_of(found):
    return {name: float(np.mean(values)) for name, values in found.items()}


def write_report(photo_set):
    """Put together what the runs have left; rows without any stay as they were published."""
    photos = np.array(photo_set.photos[photo_set.validation])
    report = PUBLISHED / "ingredients.json"
    before = read_json(report) if report.exists() else {}
    rows = before["rows"] if before.get("photos") == len(photos) else {}
    measured = [read_json(path) for path in sorted(RUNS.glob("*/measured.json"))]
    losses = {(run["row"], run["seed"]): run.pop("losses", None) for run in measured}
    for name in {run["row"] for run in measured}:
        rows[name] = {
            "changes": {k: v for k, v in ROWS[name].items() if PLAIN.get(k, "") != v},
            "runs": [run for run in measured if run["row"] == name],
            **against_plain(name, losses),
        }
    write_json(report, {
        "command": f"make ingredients SET={photo_set.path.name}",
        **evaluation.origin({}, photo_set, len(photos)),
        "grey": mean_of(measure(photos, np.zeros((*photos.shape[:3], 2), "float32"))),
        "true": mean_of(measure(photos, np.stack([to_lab(photo)[..., 1:] for photo in photos]))),
        "rows": {name: rows[name] for name in ROWS if name in rows},
    })  # fmt: skip


def against_plain(name, losses, plain="3,000 photos"):
    """How much more loss a row has than the one that changes nothing, photo by photo."""
    seeds = [seed for row, seed in losses if row == name]
    pairs = [(losses[name, seed], losses.get((plain, seed))) for seed in seeds]
    if name == plain or not all(map(all, pairs)):
        return {}
    more = np.mean([np.subtract(*pair) for pair in pairs], axis=0)
    low, high = evaluation.bootstrap_interval(more)
    return {"against": {"difference": float(more.mean()), "low": low, "high": high}}


if __name__ == "__main__":
    main()
