"""Turn finished runs into the weights that come with the kit.

    python -m tools.measure.ship RUN [RUN ...] --data DATA.json

The runs are the stages of one training, in order; the last one's network is stored in float16
under colorlib/data/weights, with a card that says how it came about. DATA.json says in words
what the photos were, which no run can know. `make results` measures what was shipped.
"""

import argparse
from pathlib import Path

from colorlib.colorizer import SHIPPED, Colorizer
from colorlib.files import read_json
from colorlib.runs import read_metrics

STAGE = (
    *("size", "epochs", "batch_size", "learning_rate", "schedule", "weight_decay"),
    *("transforms", "shift", "brightness", "score_dropout", "seed"),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    chosen = parser.parse_args()
    colorizer = Colorizer.load(chosen.runs[-1])
    stages = [describe(run) for run in chosen.runs]
    machine = read_json(chosen.runs[-1] / "machine.json")
    colorizer.card |= {
        **read_json(chosen.data),
        "stages": stages,
        "hours": round(sum(stage["hours"] for stage in stages), 2),
        "date": machine["date"],
        "processor": f"{machine['processor']}, {machine['cores']} cores",
        "keras": f"{machine['versions']['keras']} on {machine['backend']}",
    }
    target = SHIPPED[colorizer.card["design"]]
    colorizer.save(target, half=True)
    print(f"{target}.weights.h5 and .json; now: make results")


def describe(run):
    """What one stage did, from its own files."""
    recipe, data = read_json(run / "recipe.json"), read_json(run / "data.json")
    curves = read_metrics(run)
    return {
        **{name: recipe[name] for name in STAGE},
        "training_photos": data["training"],
        "validation_photos": data["validation"],
        "training_loss": round(float(curves["loss"][-1]), 5),
        "validation_loss": round(float(curves["val_loss"][-1]), 5),
        "hours": round(float(curves["seconds"].sum()) / 3600, 2),
    }


if __name__ == "__main__":
    main()
