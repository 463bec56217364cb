"""What a run survives: being killed, a full disk, numbers that blow up, too little memory."""

import json

import keras
import numpy as np
import pytest
from keras import ops
from running import SMALL, kill_at_random, metrics, prepared, start, train

from colorlib import recipes, runs, training, weights
from colorlib.files import UserError

# All that a run has to remember: Adam, the running average, the best epoch, the random numbers.
EVERYTHING = dict(preset="modern", batch_size=8, limit=16, epochs=20, patience=20)


def same_run(folder, whole):
    """Assert that two runs ended with the same numbers, bit for bit."""
    assert metrics(folder) == metrics(whole)
    ours, theirs = (weights.load_network(run / "model") for run in (folder, whole))
    assert ours[1]["epoch"] == theirs[1]["epoch"]
    for a, b in zip(ours[0].get_weights(), theirs[0].get_weights(), strict=True):
        assert np.array_equal(a, b)


@pytest.fixture(scope="module")
def whole(commons, tmp_path_factory):
    """A run that nothing interrupts."""
    return train(SMALL | EVERYTHING, tmp_path_factory.mktemp("whole"))


def test_five_kills_at_random_moments_leave_no_trace(whole, tmp_path):
    killed_and_whole(tmp_path, whole, 5, longest=1.0, **EVERYTHING)


@pytest.mark.soak
def test_twenty_kills_at_random_moments_leave_no_trace(commons, tmp_path):
    parameters = EVERYTHING | {"epochs": 80, "patience": 80}
    whole = train(SMALL | parameters, tmp_path / "whole")
    killed_and_whole(tmp_path / "killed", whole, 20, longest=0.8, **parameters)


def killed_and_whole(folder, whole, kills, longest, **parameters):
    done = kill_at_random(folder, kills, kills, longest, **parameters)
    assert done == kills, "the run ended before it was killed often enough"
    assert (folder / "checkpoint.npz").exists()
    assert len(metrics(folder)) < parameters["epochs"], "nothing is left to be resumed"
    train(SMALL | parameters, folder)
    same_run(folder, whole)
    left = {path.name for path in folder.iterdir()} - {path.name for path in whole.iterdir()}
    assert not left, "files that nobody will ever need"


FULL_DISK = """
import resource
from colorlib.runs import Run
record = Run.record
def fill_the_disk(run, epoch, *rest):
    if epoch == 3:  # no file may grow beyond this: so a full disk looks from inside
        resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES, BYTES))
    record(run, epoch, *rest)
Run.record = fill_the_disk
"""


@pytest.mark.parametrize(("limit", "file"), [(1_000_000, "checkpoint.npz"), (100, "metrics.jsonl")])
def test_a_full_disk_costs_nothing(whole, tmp_path, limit, file):
    process = start(tmp_path, FULL_DISK.replace("BYTES", str(limit)), **EVERYTHING)
    _, error = process.communicate(timeout=180)
    assert process.returncode != 0
    assert f"{file}: cannot be written" in error
    assert "free some space" in error
    with np.load(tmp_path / "checkpoint.npz", allow_pickle=False) as arrays:
        assert int(arrays["epoch"]) == 2
    assert not list(tmp_path.glob(".*checkpoint.npz")), "half a checkpoint takes the space"
    train(SMALL | EVERYTHING, tmp_path)
    same_run(tmp_path, whole)


def test_nan_stops_with_advice(tmp_path):
    with pytest.raises(UserError, match="lower learning_rate"):
        train(SMALL | {"learning_rate": 1e30, "epochs": 50}, tmp_path)


def test_nan_keeps_the_checkpoint(tmp_path, monkeypatch):
    record = runs.Run.record

    def recorded(run, epoch, row, kept):
        record(run, epoch, row | ({"val_loss": float("nan")} if epoch == 3 else {}), kept)

    monkeypatch.setattr(runs.Run, "record", recorded)
    with pytest.raises(UserError, match="val_loss became nan in epoch 3; a checkpoint from before"):
        train(SMALL | {"limit": 8}, tmp_path)
    with np.load(tmp_path / "checkpoint.npz", allow_pickle=False) as arrays:
        assert int(arrays["epoch"]) == len(metrics(tmp_path)) == 2


@pytest.mark.parametrize("left", [0, 1000])
def test_damaged_checkpoint_is_named(whole, tmp_path, left):
    for name in ("recipe.json", "data.json", "metrics.jsonl"):
        (tmp_path / name).write_bytes((whole / name).read_bytes())
    (tmp_path / "checkpoint.npz").write_bytes((whole / "checkpoint.npz").read_bytes()[:left])
    with pytest.raises(UserError, match=r"checkpoint\.npz: is damaged"):
        train(SMALL | EVERYTHING, tmp_path)


def test_half_precision_scales_its_loss_and_resumes(commons, tmp_path):
    """Small gradients vanish in float16, so Keras scales the loss; the scale is remembered, too."""
    parameters = SMALL | {"precision": "mixed_float16", "limit": 8, "epochs": 2, "ema": 0.9}
    whole = train(parameters, tmp_path / "whole")
    data, task = prepared(parameters)
    assert type(task.optimizer).__name__ == "LossScaleOptimizer"
    task.optimizer.dynamic_scale.assign(1.0)
    run = runs.Run(whole, data.recipe, data.identity, recipes.recipe_from(parameters)[1])
    assert run.restore(task.state) == 2
    assert float(task.optimizer.dynamic_scale) > 1
    assert int(task.optimizer.inner_optimizer.iterations) == 2
    assert metrics(whole)[1]["loss"] < 1


@pytest.fixture
def small_device(monkeypatch):
    """A device whose memory holds batches of up to four photos; the error is the backend's own."""
    learn = training.Trainer.learn

    def try_to(task, batches, bar=None):
        if batches.size > small_device.photos:
            ops.zeros((10**15,))
        return learn(task, batches, bar)

    small_device.photos = 4
    monkeypatch.setattr(training.Trainer, "learn", try_to)
    return small_device


@pytest.mark.core
def test_a_full_memory_ends_in_advice_and_changes_nothing(commons, small_device, tmp_path):
    with pytest.raises(UserError, match=r"batches of 8 photos of 64 .* smaller batch_size or size"):
        train(SMALL | {"limit": 16, "epochs": 2}, tmp_path)
    assert json.loads((tmp_path / "recipe.json").read_text())["batch_size"] == 8
    assert not (tmp_path / "checkpoint.npz").exists()


def test_other_errors_are_not_mistaken_for_a_full_memory(commons, tmp_path, monkeypatch):
    def fail(*_):
        raise ValueError("something else")

    monkeypatch.setattr(training.Trainer, "learn", fail)
    with pytest.raises(ValueError, match="something else"):
        train(SMALL, tmp_path)


def test_patience_ends_a_run_and_keeps_its_best_epoch(commons, tmp_path, monkeypatch):
    """A rate so high that the network gets worse."""
    asked = SMALL | {"epochs": 30, "patience": 3, "learning_rate": 0.05, "limit": 16}
    train(asked, tmp_path)
    rows = metrics(tmp_path)
    best = min(rows, key=lambda row: row["val_loss"])["epoch"]
    assert len(rows) == best + 3 < 30
    *_, card = weights.load_network(tmp_path / "model")
    assert card["epoch"] == best
    again = (tmp_path / "metrics.jsonl").read_bytes()
    train(asked, tmp_path)
    assert (tmp_path / "metrics.jsonl").read_bytes() == again, "a run that is over went on"


def test_the_average_is_measured_and_kept(commons, tmp_path):
    """With a share of a half: the mean of the last weights and of the average before them."""
    asked = SMALL | {"limit": 16, "epochs": 2, "ema": 0.5}
    kept = []
    step = keras.Model.train_on_batch

    def remember(task, *arguments, **options):
        report = step(task, *arguments, **options)
        kept.append(task.network.get_layer("decoder_8").get_weights()[0])
        return report

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keras.Model, "train_on_batch", remember)
        train(asked, tmp_path)
    kept = kept[-4:]  # before them, the forecast took steps that were undone
    expected = kept[0]
    for value in kept[1:]:
        expected = (expected + value) / 2
    model, *_ = weights.load_network(tmp_path / "model")
    found = model.get_layer("decoder_8").get_weights()[0]
    assert np.allclose(found, expected, atol=1e-6)
    assert not np.allclose(found, kept[-1], atol=1e-6)
