"""`make train`'s tool, at the smoke tier: papermill, a run folder, a table."""

import json
import subprocess
import sys
import threading
import time

from tools import ROOT
from tools.train import watch


def train(folder, *parameters):
    command = [sys.executable, "-m", "tools.train", folder, "-p", "tier", "smoke"]
    for name, value in parameters:
        command += ["-p", name, value]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)


def test_the_notebook_leaves_a_whole_run(tmp_path):
    done = train(tmp_path / "run", ("seed", "3"))
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names >= {
        *("05_training.ipynb", "recipe.json", "data.json", "machine.json", "metrics.jsonl"),
        *("samples", "checkpoint.npz", "model.weights.h5", "model.json"),
        *("evaluation.json", "evaluation.md", "borrowed_eyes", "sheet.png"),
    }
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["seed"] == 3
    for shown in ("| this run |", "| shipped |", "| grey |", str(tmp_path / "run" / "samples")):
        assert shown in done.stdout
    notebook = json.loads((tmp_path / "run" / "05_training.ipynb").read_text())
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 4
    assert not any(output["output_type"] == "error" for output in outputs)


def test_an_unknown_parameter_is_an_error(tmp_path):
    done = train(tmp_path / "run", ("epoch", "3"), ("design", "unet"))
    assert done.returncode == 1 and f"RUN={tmp_path / 'run'} DESIGN=unet\n" in done.stdout
    assert "unknown parameter 'epoch'; did you mean 'epochs'?" in done.stderr
    assert not (tmp_path / "run" / "recipe.json").exists()


def test_the_bar_waits_for_a_first_epoch(tmp_path):
    """A run that was killed before its first checkpoint has no epochs left, and goes on."""
    (tmp_path / "recipe.json").write_text('{"epochs": 2}')
    (tmp_path / "metrics.jsonl").touch()
    finished, told = threading.Event(), []
    watcher = threading.Thread(target=lambda: told.append(watch(tmp_path, finished)))
    watcher.start()
    time.sleep(1.2)  # it looks twice a second
    (tmp_path / "metrics.jsonl").write_text('{"loss": 0.02, "val_loss": 0.02}\n')
    time.sleep(1.2)
    finished.set()
    watcher.join()
    assert told == [None], "it ended in an error"
