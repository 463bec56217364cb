"""Turn finished runs into the weights that come with the kit.

    python -m tools.measure.ship RUN [RUN ...] --data DATA.json [--average]

The runs are the stages of one training, in order; the last one's network, or the average of all
(a stage that starts from another stays near to it), is stored in float16
under colorlib/data/weights, with a card that says how it came about. DATA.json says in words
what the photos were, which no run can know. `make results` measures what was shipped.
"""

import argparse
from pathlib import Path

import numpy as np

from colorlib.colorizer import NETWORKS, SHIPPED, Colorizer
from colorlib.files import read_json
from colorlib.runs import read_metrics

STAGE = (
    *("size", "epochs", "batch_size", "learning_rate", "schedule", "weight_decay"),
    *("transforms", "shift", "brightness", "zoom", "mix", "score_dropout", "seed"),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--average", action="store_true", help="of the weights of all stages")
    chosen = parser.parse_args()
    colorizer = Colorizer.load(chosen.runs[-1])
    if chosen.average:
        all_weights = [Colorizer.load(run).network.get_weights() for run in chosen.runs]
        colorizer.network.set_weights(
            [np.mean(same, axis=0) for same in zip(*all_weights, strict=True)]
        )
    stages = begun_from(chosen.runs[0]) + [describe(run) for run in chosen.runs]
    machine = read_json(chosen.runs[-1] / "machine.json")
    colorizer.card |= {
        **read_json(chosen.data),
        "stages": stages,
        "kept": "the mean of all stages' weights" if chosen.average else "the last stage's weights",
        "hours": round(sum(stage["hours"] for stage in stages), 2),
        "date": machine["date"],
        "processor": f"{machine['processor']}, {machine['cores']} cores",
        "keras": f"{machine['versions']['keras']} on {machine['backend']}",
    }
    target = NETWORKS[colorizer.card["design"]]
    colorizer.save(target, half=True)
    print(f"{target}.weights.h5 and .json; now: make results")


def begun_from(run):
    """The stages of the shipped network from which a run began, if it did."""
    start = read_json(run / "recipe.json").get("start_from")
    cards = [
        read_json(f"{path}.json") for path in SHIPPED.values() if Path(f"{path}.json").exists()
    ]
    return next((card["stages"] for card in cards if start and card["sha256"] == start), [])


def describe(run):
    """What one stage did, from its own files."""
    recipe, data = read_json(run / "recipe.json"), read_json(run / "data.json")
    curves = read_metrics(run)
    return {
        **{name: recipe[name] for name in STAGE if name in recipe},
        "training_photos": data["training"],
        "validation_photos": data["validation"],
        "training_loss": round(float(curves["loss"][-1]), 5),
        "validation_loss": round(float(curves["val_loss"][-1]), 5),
        "hours": round(float(curves["seconds"].sum()) / 3600, 2),
    }


if __name__ == "__main__":
    main()
