import json
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops
from running import SMALL, metrics, prepared, start, train

from colorlib import bins, embeddings, extractors, photoset, runs, weights
from colorlib.files import UserError, locked
from colorlib.lab import to_lab


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    """A run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return train(SMALL, folder)


def test_run_folder_explains_itself(run):
    config = json.loads((run / "recipe.json").read_text())
    assert config["epochs"] == 4
    assert config["design"] == "paper"
    assert "photo_set" not in config and "devices" not in config, "no matter of the recipe"
    data = json.loads((run / "data.json").read_text())
    assert data["training"] == 32
    assert data["validation"] == 8
    machine = json.loads((run / "machine.json").read_text())
    assert machine["versions"]["keras"] == keras.__version__
    assert machine["processor"]
    rows = metrics(run)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    assert all(0 < row["loss"] < 0.1 and 0 < row["val_loss"] < 0.1 for row in rows)
    samples = sorted(path.name for path in (run / "samples").iterdir())
    assert samples == [f"epoch-000{epoch}.png" for epoch in (1, 2, 3, 4)]
    *_, card = weights.load_network(run / "model")
    assert card["size"] == 64
    assert card["extractor"] == "efficientnet_lite0"
    assert card["extractor_size"] == 256
    assert card["options"]["encoder_filters"] == [64, 128, 128, 256, 256, 512]


@pytest.mark.parametrize("epochs", [1, 2, 25, 30, 31, 40, 100, 2000, 10_000])
def test_sheets_are_drawn_after_about_thirty_epochs(epochs):
    chosen = runs.sheet_epochs(epochs)
    assert chosen[0] == 1
    assert chosen[-1] == epochs
    assert len(chosen) == min(epochs, 30)
    steps = np.diff(chosen)
    assert (steps >= 1).all()
    assert (np.diff(steps) >= -1).all()  # ever longer steps, but for rounding


def test_training_learns(run):
    rows = metrics(run)
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_a_finished_run_is_left_alone(run):
    before = (run / "metrics.jsonl").read_bytes()
    train(SMALL, run)
    assert (run / "metrics.jsonl").read_bytes() == before


def test_streaming_equals_photos_on_the_device(run, tmp_path):
    streamed = train(SMALL | {"on_device": False}, tmp_path)
    for ours, theirs in zip(metrics(streamed), metrics(run), strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=0.01)


def test_grouped_steps_learn_the_same(run, tmp_path):
    grouped = train(SMALL | {"steps_per_execution": 2}, tmp_path)
    for ours, theirs in zip(metrics(grouped), metrics(run), strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=0.01)


def test_building_an_extractor_does_not_change_the_start(run, tmp_path, monkeypatch):
    embed = embeddings.embed_in_files

    def build_and_embed(*arguments):
        extractors.EXTRACTORS["efficientnet_lite0"].build()
        return embed(*arguments)

    monkeypatch.setattr(embeddings, "embed_in_files", build_and_embed)
    train(SMALL, tmp_path)
    assert metrics(tmp_path) == metrics(run)


def test_one_run_a_folder_at_a_time(tmp_path):
    with locked(tmp_path):
        with pytest.raises(UserError, match="another process"):
            # The lock is the process's own, so the second run must be another process.
            process = start(tmp_path)
            _, error = process.communicate(timeout=120)
            assert process.returncode != 0
            raise UserError(error.strip().splitlines()[-1])


@pytest.mark.parametrize("change", [{"size": 128}, {"seed": 1}, {"epochs": 5}])
def test_another_configuration_does_not_touch_the_run(run, change):
    before = {path.name: path.stat().st_mtime_ns for path in run.iterdir() if path.name != ".lock"}
    with pytest.raises(UserError, match=next(iter(change))):
        train(SMALL | change, run)
    after = {path.name: path.stat().st_mtime_ns for path in run.iterdir() if path.name != ".lock"}
    assert before == after


def test_start_from_trained_weights(run, tmp_path):
    train(SMALL | {"start_from": str(run), "epochs": 1}, tmp_path)
    assert metrics(tmp_path)[0]["loss"] < metrics(run)[0]["loss"]
    train(SMALL | {"start_from": str(run / "model.json"), "epochs": 1}, tmp_path)  # the same one
    with pytest.raises(UserError, match=r"nowhere.*not found"):
        train(SMALL | {"start_from": "nowhere"}, tmp_path / "other")


def test_mixed_precision_agrees_with_float32(run, tmp_path):
    train(SMALL | {"precision": "mixed_bfloat16"}, tmp_path)
    assert metrics(tmp_path)[0]["loss"] == pytest.approx(metrics(run)[0]["loss"], rel=0.1)


def test_too_few_photos_for_a_batch(tmp_path):
    with pytest.raises(UserError, match="fewer than one batch"):
        train(SMALL | {"limit": 4}, tmp_path)


@pytest.mark.core
def test_a_batch_is_reported_by_itself(commons):
    data, trainer = prepared({"tier": "smoke", "on_device": False})
    (first,), (second,) = data.validation()[0], data.training(0)[0]
    start = {path: np.array(variable) for path, variable in trainer.state.items()}
    reports = []
    for _ in range(2):
        for path, variable in trainer.state.items():
            variable.assign(start[path])
        for step in (trainer.test_on_batch, trainer.train_on_batch):
            reports.append(step(second, return_dict=True))
            step(first, return_dict=True)
    measured, learned, *again = reports
    assert [measured, learned] == [pytest.approx(report) for report in again]


@pytest.mark.core
def test_photos_are_mixed_to_learn_from_them_and_not_to_measure(commons):
    only = {"shift": 0, "brightness": 0, "on_device": False}
    data, trainer = prepared({"tier": "smoke", "mix": 0.5} | only)
    (batch,) = data.training(0)[0]

    def means(learning):  # which no mirror changes
        truth = trainer(batch, training=learning)["truth"]
        known = (ops.convert_to_numpy(truth[name]) for name in ("lightness", "ab"))
        return [values[..., 0].mean(axis=(1, 2)) for values in known]

    (lightness, a), (mixed_lightness, mixed_a) = means(False), means(True)
    true = to_lab(batch["photos"])[..., 0].mean(axis=(1, 2))
    assert np.allclose(lightness, true, atol=0.01)
    shares = (mixed_lightness - lightness) / (np.roll(lightness, 1) - lightness)
    assert -1e-3 < shares.min() and shares.max() < 0.5 and np.ptp(shares) > 0.1
    assert np.allclose(mixed_a, a + shares * (np.roll(a, 1) - a), atol=0.01)


def test_hints_are_those_of_the_mixed_photo(commons):
    parameters = {"tier": "smoke", "design": "zhang2017", "mix": 0.5, "on_device": False}
    data, trainer = prepared(parameters)
    truth = trainer(data.training(0)[0][0], training=True)["truth"]
    hints, ab = (ops.convert_to_numpy(truth[name]) for name in ("hints", "ab"))
    told = hints[..., 2] > 0
    # A square tells its mean, so one place may differ, but not all of them together.
    assert np.abs((hints[..., :2] - ab)[told].mean(axis=0)).max() < 0.5


def test_a_limited_run_learns_its_prior_from_its_own_photos(commons, monkeypatch):
    seen, prior = [], bins.prior
    monkeypatch.setattr(bins, "prior", lambda photos, *how: prior(counted(photos), *how))

    def counted(photos):
        for photo in photos:
            seen.append(photo)
            yield photo

    data, _ = prepared({"tier": "smoke", "design": "zhang2016", "limit": 8})
    assert len(seen) == len(data.train_rows) == 8


def test_averages_count_from_the_first_step_on(commons):
    _, trainer = prepared({"tier": "smoke", "ema": 0.9, "limit": 8})
    with trainer.averaged():
        assert any(np.any(ops.convert_to_numpy(v)) for v in trainer.network.trainable_variables)


def test_rising_for_nearly_all_of_a_run_leaves_a_step(commons):
    prepared({"tier": "smoke", "limit": 8, "epochs": 1, "schedule": "cosine", "warmup": 0.9})


def test_a_changed_set_is_noticed(commons, tmp_path):
    """A run must not go on with other photos than it began with."""
    album, rows = tmp_path / "album", [*commons.train[:40], *commons.validation[:4]]
    album.mkdir()
    shutil.copy(photoset.BUNDLED / "credits.csv", album)
    for row in rows:
        shutil.copy(photoset.BUNDLED / commons.manifest[row]["file"], album)
    photoset.prepare(album, tmp_path / "set", size=64)
    parameters = SMALL | {"photo_set": str(tmp_path / "set"), "limit": None, "epochs": 1}
    train(parameters, tmp_path / "run")
    shutil.copy(photoset.BUNDLED / commons.manifest[commons.train[50]]["file"], album)
    photoset.prepare(album, tmp_path / "set", size=64)
    with pytest.raises(UserError, match="choose another run folder"):
        train(parameters, tmp_path / "run")
    assert (tmp_path / "run" / "model.json").exists()


def test_photos_leave_memory_with_their_run():
    """TensorFlow keeps compiled steps for ever; what it keeps of these must not be all photos."""
    code = """
import gc, re
from pathlib import Path
from colorlib.batches import TrainingSet
from colorlib.recipes import recipe_from
from colorlib.training import Trainer
recipe, hardware = recipe_from({
    "tier": "smoke", "design": "zhang2017", "size": 256, "batch_size": 2, "limit": 8,
})
def learn():
    data = TrainingSet(recipe, hardware)
    assert data.on_device
    Trainer(recipe, data, hardware).train_on_batch(data.training(0)[0][0])
    gc.collect()
def held():
    learn()
    learn()
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1e3
print(-held() + held())
"""
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    photos = 750 * 256 * 256 * 3 / 1e6  # megabytes
    assert float(output.split()[-1]) < photos  # of two runs
