"""`make train`: run the training notebook headless, with a progress bar, into a run folder.

    python -m tools.train RUN_FOLDER [-p NAME VALUE ...]

The names are those of the notebook's `parameters` cell. papermill runs the notebook; this
adds a bar that follows the run's metrics.jsonl, and says in the end what there is to see.
After the paper's network a small decoder with borrowed eyes (the design `unet`) learns from the
same photos, and a sheet shows both beside the network that comes with the kit.
"""

import argparse
import dataclasses
import json
import sys
import threading
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError
from PIL import Image
from tqdm import tqdm

from colorlib import evaluation, photoset, recipes, training
from colorlib.cli import value_of
from colorlib.colorizer import Colorizer
from colorlib.files import atomic_write
from colorlib.images import montage
from tools import ROOT

NOTEBOOK = ROOT / "notebooks" / "05_training.ipynb"
SHOWN = 8  # validation photos on the sheet


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    chosen = parser.parse_args()
    run = chosen.run_folder.resolve()
    parameters = {"tier": "lab"} | {name: value_of(text) for name, text in chosen.p}
    print(f"training at the {parameters['tier']} tier, into {run}")
    design = f" DESIGN={parameters['design']}" if "design" in parameters else ""
    print(f"if it is interrupted: make train RUN={chosen.run_folder}{design}", flush=True)

    run.mkdir(parents=True, exist_ok=True)
    finished = threading.Event()
    watcher = threading.Thread(target=watch, args=(run, finished))
    watcher.start()
    try:
        papermill.execute_notebook(
            NOTEBOOK,
            run / NOTEBOOK.name,
            parameters | {"run_folder": str(run)},
            kernel_name="python3",
            cwd=NOTEBOOK.parent,
            progress_bar=False,
            autosave_cell_every=5,
            extra_arguments=["--log-level=CRITICAL"],  # its errors stand in the notebook
        )
    except PapermillExecutionError as error:
        sys.exit(f"{run / NOTEBOOK.name}: stopped: {error.ename}: {error.evalue}")
    finally:
        finished.set()
        watcher.join()

    print((run / "evaluation.md").read_text(encoding="utf-8"))
    for name, meaning in (
        (NOTEBOOK.name, "the executed notebook, with all pictures"),
        ("samples", "validation photos epoch by epoch: grey, colourized, true"),
        ("metrics.jsonl", "loss and chroma of every epoch"),
        ("evaluation.md", "the table above"),
        ("model.weights.h5", f"the network: colorlib colorize PHOTO --weights {chosen.run_folder}"),
    ):
        print(f"{run / name}\n    {meaning}")
    if parameters.get("design", "paper") == "paper":
        borrow_eyes(run, parameters)


def borrow_eyes(run, parameters):
    """Train the small decoder on the same photos, and lay all networks side by side."""
    print("\nnow the same photos with borrowed eyes: a small decoder for what a classifier sees")
    same = {"tier", "limit", "seed"} | {each.name for each in dataclasses.fields(recipes.Hardware)}
    kept = {name: value for name, value in parameters.items() if name in same}
    recipe, hardware = recipes.recipe_from(kept | {"design": "unet"})
    eyes = training.train(recipe, run / "borrowed_eyes", hardware)
    networks = {
        "the paper's network": Colorizer.load(run),
        "with borrowed eyes": Colorizer.load(eyes),
        "what comes with the kit": Colorizer.load(),
    }
    photos = photoset.load(hardware.photo_set)
    report = evaluation.compare(networks, photos, recipe.limit)
    evaluation.write_report(eyes, report)
    print(evaluation.format_table(report["summary"]))
    some = [photos.photos[row] for row in photos.validation[:SHOWN]]
    rows = [[networks["the paper's network"].colorize(photo, 0) for photo in some]]
    rows += [[one.colorize(photo) for photo in some] for one in networks.values()]
    with atomic_write(run / "sheet.png") as temporary:
        Image.fromarray(montage([*rows, some])).save(temporary)
    print(f"{eyes}\n    the decoder's own run")
    print(f"{run / 'sheet.png'}\n    grey, {', '.join(networks)}, true: row by row")


def watch(run, finished):
    """Follow the epochs that the run writes down, until `finished`."""
    metrics, recipe = run / "metrics.jsonl", run / "recipe.json"
    bar = tqdm(desc="preparing photos and class scores", bar_format="{desc} {elapsed}")
    while not finished.wait(0.5):
        if bar.total is None and metrics.exists():
            bar.close()
            epochs = json.loads(recipe.read_text())["epochs"]
            bar = tqdm(total=epochs, desc="training", unit="epoch")
        if bar.total is not None and bar.n < bar.total:
            rows = metrics.read_text().splitlines()
            if rows and len(rows) != bar.n:
                last = json.loads(rows[-1])
                bar.n = len(rows)
                bar.set_postfix(loss=f"{last['loss']:.4f}", new_photos=f"{last['val_loss']:.4f}")
                if bar.n == bar.total:
                    bar.close()
                    bar = tqdm(desc="drawing and measuring", bar_format="{desc} {elapsed}")
                    break
        bar.refresh()
    while not finished.wait(0.5):
        bar.refresh()
    bar.close()


if __name__ == "__main__":
    main()
