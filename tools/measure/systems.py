"""`make compare WHAT=systems`: every published system of the kit on the same photos, in one table.

    python -m tools.measure.systems [SET] [DESIGN ...] [--seeds 1] [--seen 9360] [--photos 100]
                                    [--survey ANSWERS ...] [-o colorlib/data/results/systems.json]

Trains each literal design in small: 64 pixels, an equal number of photos seen, and for the rest
the design's own recipe of the tier "lab", which says its rate. Measures them beside the networks
that come with the kit and the baselines, and draws the same twelve photos by all of them. SET is a
prepared photo set, by default the bundled photos; of fewer photos each is seen more often. A run
lies in runs/compare/systems, goes on there if it was interrupted, and is left alone once it is
finished.

Whom the colours fool, only people can say: `--survey` takes the files that they handed back, of a
survey whose systems have the names of the table's rows.
"""

import argparse
import functools
import math
import time
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, tree
from PIL import Image, ImageDraw, ImageFont

from colorlib import evaluation, extractors, photoset, runs, survey, training
from colorlib.colorizer import Colorizer
from colorlib.files import read_json, write_json
from colorlib.images import montage
from colorlib.lab import to_lab
from colorlib.published import FOLDER as PUBLISHED
from colorlib.recipes import recipe_from
from tools.measure import compare, hints, results

RUNS = compare.RUNS / "systems"
SHEET = results.RESULTS / "systems.jpg"
# Small batches make more steps of the same photos. Nothing is hidden of the class scores: where a
# photo is seen but once, it is not learned by heart.
SMALL = {"tier": "lab", "size": 64, "batch_size": 16, "score_dropout": 0.0}
# So wide that a photo costs each about as much arithmetic as it costs the paper's network.
OPTIONS = {
    "zhang2016": {"width": 0.25},
    "iizuka2016": {"width": 0.125},
    "zhang2017": {"width": 0.125},
}
SEEN = 9360
HINTS = 10
RIVAL = "mean ab for each L"  # the best that can be had without looking at the photo's content
ROUNDS = 3
SHOWN = 12  # photos of the sheet, half of them in each of its two parts


class Row(NamedTuple):
    """One row of the table."""

    network: str
    decode: str | None = None
    hinted: bool = False  # told the true colours of ten places


LITERAL = {
    "paper": Row("paper"),
    "paper_alone": Row("paper_alone"),
    "baldassarre2017": Row("baldassarre2017"),
    "larsson2016": Row("larsson2016"),
    "zhang2016": Row("zhang2016"),
    "zhang2016 mean": Row("zhang2016", "mean"),
    "iizuka2016": Row("iizuka2016"),
    "zhang2017": Row("zhang2017"),
    "zhang2017 10 hints": Row("zhang2017", hinted=True),
}
KIT = {
    "kit paper": Row("paper"),
    "kit unet": Row("unet"),
    "kit unet vivid": Row("unet", "vivid"),
    "kit unet_hints": Row("unet_hints"),
    "kit unet_hints 10 hints": Row("unet_hints", hinted=True),
    "kit unet_whole": Row("unet_whole"),
}
DESIGNS = list(dict.fromkeys(row.network for row in LITERAL.values()))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", nargs="?", default="commons", help="a prepared photo set")
    parser.add_argument("designs", nargs="*", metavar="DESIGN", help="all of them by default")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seen", type=int, default=SEEN, help="photos that each is shown")
    parser.add_argument("--photos", type=int, default=100, help="how many validation photos")
    parser.add_argument("--survey", nargs="+", default=[], help="what people handed back")
    parser.add_argument("-o", "--out", type=Path, default=PUBLISHED / "systems.json")
    chosen = parser.parse_intermixed_args(arguments)
    for name in chosen.designs:
        if name not in DESIGNS:
            parser.error(f"{name!r} is no design of the table; choose from {', '.join(DESIGNS)}")
    photo_set, folders = photoset.load(chosen.set), {}
    epochs = max(1, round(chosen.seen / len(photo_set.train)))
    for seed in range(chosen.seeds):
        for name in chosen.designs or DESIGNS:
            print(f"{name}, seed {seed}", flush=True)
            asked = {"design": name, "options": OPTIONS.get(name), "epochs": epochs, "seed": seed}
            recipe, hardware = recipe_from(SMALL | asked | {"photo_set": chosen.set})
            folders[name, seed] = training.train(recipe, RUNS / f"{name}-seed-{seed}", hardware)
    networks = {
        titled(row, seed): (Colorizer.load(folder), how)
        for (name, seed), folder in folders.items()
        for row, how in LITERAL.items()
        if how.network == name
    }
    networks |= {row: (Colorizer.load(how.network), how) for row, how in KIT.items()}
    once = {row: found for row, found in networks.items() if row in LITERAL | KIT}
    write_json(chosen.out, {
        "command": f"python -m tools.measure.systems {photo_set.path.name} "
        f"--seeds {chosen.seeds} --photos {chosen.photos}",
        **measure(networks, photo_set, chosen.photos),
        "trained": {titled(*which): about_run(folder) for which, folder in folders.items()},
        "fooled": survey.shares(survey.merge(chosen.survey)[0]) if chosen.survey else {},
        "sheet": draw(once, photoset.commons(), chosen.out),
    })  # fmt: skip


def titled(name, seed):
    """A row's name; that of another seed than the first says so."""
    return f"{name}, seed {seed}" if seed else name


def untitled(title):
    """The row's name and its seed, of a title: what `titled` was given."""
    name, _, seed = title.partition(", seed ")
    return name, int(seed or 0)


def about_run(folder):
    """What a run learned from, and what it took."""
    recipe, data = (read_json(folder / f"{name}.json") for name in ("recipe", "data"))
    asked = ("design", "options", "size", "epochs", "batch_size", "learning_rate", "schedule")
    return {
        **{name: recipe[name] for name in asked},
        "training": data["training"],
        "seen": data["training"] // recipe["batch_size"] * recipe["batch_size"] * recipe["epochs"],
        **runs.cost(folder),
    }


def measure(networks, photo_set, limit):
    """What each network is worth, beside the baselines, and what it costs."""
    photos = np.array(photo_set.photos[evaluation.validation_rows(photo_set, limit)])
    predictions, told = {}, ten_hints(photos)
    for name, (colorizer, row) in networks.items():
        print(name, flush=True)
        given = {"hints": told} if row.hinted else {}
        predictions[name] = evaluation.predict(colorizer, photos, row.decode, **given)
    statistics = evaluation.fit_statistics(photo_set.photos, photo_set.train)
    found = evaluation.evaluate(photos, predictions, statistics)
    colorizers = {name: colorizer for name, (colorizer, _) in networks.items()}
    rates = photos_a_second(colorizers, photos[: evaluation.BATCH])
    return {
        **evaluation.origin(colorizers, photo_set, len(photos)),
        "summary": evaluation.summarize(found),
        "against": {
            name: {
                metric: evaluation.paired_difference(found, name, RIVAL, metric)
                for metric in ("loss", "AuC")
            }
            for name in networks
        },
        "cost": {
            name: {**size_of(colorizer), "photos_per_second": rates[name]}
            for name, colorizer in colorizers.items()
        },
    }


def ten_hints(photos):
    """True colours of ten random places of each photo, as `make hints` tells them."""
    spots = np.random.default_rng(0).integers(0, photos.shape[1], (len(photos), HINTS, 2))
    return [
        [hints.true_hint(lab, *at) for at in places]
        for lab, places in zip(map(to_lab, photos), spots, strict=True)
    ]


def photos_a_second(colorizers, photos):
    """Photos a second of one core, to small ab: in the best of some rounds that take turns."""
    best = dict.fromkeys(colorizers, math.inf)
    for _ in range(ROUNDS):
        for name, colorizer in colorizers.items():
            started = time.process_time()  # other programs do not count
            colorizer.small(photos)
            best[name] = min(best[name], time.process_time() - started)
    return {name: len(photos) / seconds for name, seconds in best.items()}


def size_of(colorizer):
    """Parameters and arithmetic of a network, and of the eyes that it borrows."""
    card, needs = colorizer.card, colorizer.design.needs
    (kind,) = {*needs} & {"class_scores", "features"} or {None}
    return {
        "size": card["size"],
        "parameters": colorizer.network.count_params(),
        "flop": flop(colorizer.network, card["size"]),
        "eyes": flop_of_eyes(card["extractor"], kind, card["size"]) if kind else 0,
    }


@functools.cache
def flop_of_eyes(name, kind, size):
    """What a photo costs an extractor that names it, or that is read while it looks."""
    load = extractors.load_extractor if kind == "class_scores" else extractors.load_features
    network = next(layer for layer in load(name).layers if isinstance(layer, keras.Model))
    return flop(network, extractors.EXTRACTORS[name].size if kind == "class_scores" else size)


def flop(network, size):
    """Twice the multiply-adds for one photo, in convolutions and dense layers.

    Unlike `anatomy.layer_table`, which follows a layer's first use alone, it counts every use.
    """
    found = []

    def call(layer, *given, **how):
        result = layer(*given, **how)
        kernels = sum(
            math.prod(weight.shape) for weight in getattr(layer, "weights", []) if weight.ndim > 1
        )
        # A transposed convolution hands out to its places what others collect.
        places = given[0] if isinstance(layer, layers.Conv2DTranspose) else result
        if kernels:
            found.append(2 * kernels * math.prod(places.shape[1:-1]))
        return result

    def of_one_size(tensor):
        stride = int(tensor.name.split("_")[1]) if tensor.name.startswith("stride_") else 1
        return keras.Input([side or size // stride for side in tensor.shape[1:]], name=tensor.name)

    inputs = tree.map_structure(of_one_size, network.input)
    keras.models.clone_model(network, inputs, lambda layer: layer, call)
    return sum(found)


def draw(networks, photos, out, side=88, margin=176):
    """The same photos by all: a sheet of named rows, half of the photos below the others."""
    rows = results.by_hash(photos)[:SHOWN]
    some = np.array(photos.photos[rows])
    told = ten_hints(some)
    bands = {"grey": [networks["kit paper"][0].colorize(photo, 0) for photo in some]}
    for name, (colorizer, row) in networks.items():
        given = [{"hints": each} if row.hinted else {} for each in told]
        bands[name] = [
            colorizer.colorize(photo, decode=row.decode, **its)
            for photo, its in zip(some, given, strict=True)
        ]
    bands["true"] = list(some)
    half = SHOWN // 2
    parts = slice(half), slice(half, SHOWN)
    named = [(name, band[part]) for part in parts for name, band in bands.items()]
    size = (half * side, len(named) * side)
    sheet = Image.new("RGB", (margin + size[0], size[1]), "white")
    grid = Image.fromarray(montage([band for _, band in named]))
    sheet.paste(grid.resize(size, Image.LANCZOS), (margin, 0))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, (name, _) in enumerate(named):
        pen.text((6, (number + 0.5) * side), name, "black", font, anchor="lm")
    target = SHEET if out == PUBLISHED / "systems.json" else out.with_suffix(".jpg")
    sheet.save(target, quality=70)
    return {"rows": list(bands), "photos": [photos.manifest[row]["file"] for row in rows]}


if __name__ == "__main__":
    main()
