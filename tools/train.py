"""`make train`: run the training notebook headless, with a progress bar, into a run folder.

    python -m tools.train RUN_FOLDER [-p NAME VALUE ...]

The names are those of the notebook's `parameters` cell. papermill runs the notebook; this
adds a bar that follows the run's metrics.jsonl, and says in the end what there is to see.
"""

import argparse
import json
import sys
import threading
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from colorlib.cli import value_of

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "05_training.ipynb"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    chosen = parser.parse_args()
    run = chosen.run_folder.resolve()
    parameters = {"tier": "lab"} | {name: value_of(text) for name, text in chosen.p}
    print(f"training at the {parameters['tier']} tier, into {run}")
    print(f"if it is interrupted: make train RUN={chosen.run_folder}", flush=True)

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
            if len(rows) != bar.n:
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
