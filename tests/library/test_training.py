import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest
from running import SMALL, metrics, start

from colorlib import extractors, photoset, runs, training, weights
from colorlib.batches import Data
from colorlib.files import UserError, only_user


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    """A run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return training.train(training.config_from(SMALL), folder)


def test_run_folder_explains_itself(run):
    config = json.loads((run / "config.json").read_text())
    assert config["epochs"] == 4
    assert config["network"]["encoder_filters"] == [64, 128, 128, 256, 256, 512]
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
    training.train(training.config_from(SMALL), run)
    assert (run / "metrics.jsonl").read_bytes() == before


def test_streaming_equals_photos_on_the_device(run, tmp_path):
    streamed = training.train(training.config_from(SMALL | {"on_device": False}), tmp_path)
    for ours, theirs in zip(metrics(streamed), metrics(run), strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=0.01)


def test_grouped_steps_learn_the_same(run, tmp_path):
    grouped = training.train(training.config_from(SMALL | {"steps_per_execution": 2}), tmp_path)
    for ours, theirs in zip(metrics(grouped), metrics(run), strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=0.01)


def test_building_an_extractor_does_not_change_the_start(run, tmp_path, monkeypatch):
    embed = extractors.embed_in_files

    def build_and_embed(*arguments):
        extractors.EXTRACTORS["efficientnet_lite0"].build()
        return embed(*arguments)

    monkeypatch.setattr(extractors, "embed_in_files", build_and_embed)
    training.train(training.config_from(SMALL), tmp_path)
    assert metrics(tmp_path) == metrics(run)


def test_one_run_a_folder_at_a_time(tmp_path):
    with only_user(tmp_path):
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
        training.train(training.config_from(SMALL | change), run)
    after = {path.name: path.stat().st_mtime_ns for path in run.iterdir() if path.name != ".lock"}
    assert before == after


def test_start_from_trained_weights(run, tmp_path):
    config = training.config_from(SMALL | {"start_from": str(run / "model"), "epochs": 1})
    training.train(config, tmp_path)
    assert metrics(tmp_path)[0]["loss"] < metrics(run)[0]["loss"]


def test_mixed_precision_agrees_with_float32(run, tmp_path):
    training.train(training.config_from(SMALL | {"precision": "mixed_bfloat16"}), tmp_path)
    assert metrics(tmp_path)[0]["loss"] == pytest.approx(metrics(run)[0]["loss"], rel=0.1)


def test_too_few_photos_for_a_batch(tmp_path):
    with pytest.raises(UserError, match="fewer than one batch"):
        training.train(training.config_from(SMALL | {"limit": 4}), tmp_path)


def test_tiers():
    assert set(training.TIERS) == {"smoke", "lab", "full"}
    full = training.config_from({"tier": "full"})
    paper = (full.size, full.epochs, full.batch_size, full.learning_rate, full.extractor)
    assert paper == (256, 2000, 32, 0.001, "vgg16")
    assert full.transforms == 8
    chosen = training.config_from({"tier": "lab", "size": 128, "seed": None})
    assert chosen == dataclasses.replace(training.config_from({"tier": "lab"}), size=128)


def test_presets():
    paper = training.config_from({"tier": "full", "preset": "paper"})
    assert paper == dataclasses.replace(training.config_from({"tier": "full"}), preset="paper")
    modern = training.config_from({"tier": "lab", "preset": "modern", "epochs": 7})
    assert (modern.batch_size, modern.schedule, modern.average) == (128, "cosine", 0.99)
    assert (modern.epochs, modern.size) == (7, 64)


def test_the_rate_rises_and_falls():
    """Against the formula, at every step."""
    config = training.config_from({"tier": "lab", "warmup": 0.1, "learning_rate": 0.5})
    rate = training._optimizer(config, 100)._learning_rate
    rising = [0.5 * step / 10 for step in range(10)]
    falling = [0.25 * (1 + np.cos(np.pi * step / 90)) for step in range(91)]
    assert np.allclose([float(rate(step)) for step in range(101)], rising + falling, atol=1e-6)


def test_the_notebooks_first_cells_can_be_run_again():
    """Then `globals()` holds all that later cells have made, too."""
    parameters = {"tier": "lab", "epochs": None, "seed": 3}
    first = training.config_from(parameters)
    later = parameters | {"config": first, "photos": [1], "cost": 0.02, "epochs": 5}
    assert training.config_from(later) == dataclasses.replace(first, epochs=5)


@pytest.mark.core
def test_a_batch_is_reported_by_itself(commons):
    config = training.config_from({"tier": "smoke", "on_device": False})
    data = Data(config)
    task = training.Colorization(config, data)
    (first,), (second,) = data.validation()[0], data.training(0)[0]
    start = [np.array(variable) for variable in task.state]
    reports = []
    for _ in range(2):
        for variable, value in zip(task.state, start, strict=True):
            variable.assign(value)
        for step in (task.test_on_batch, task.train_on_batch):
            reports.append(step(second, return_dict=True))
            step(first, return_dict=True)
    measured, learned, *again = reports
    assert [measured, learned] == [pytest.approx(report) for report in again]


def test_first_step_tells_the_true_gradient(commons):
    """Plain gradient descent with a rate of 1 moves each weight by its gradient."""
    config = training.config_from({"tier": "smoke", "on_device": False})
    data = Data(config)
    (batch,) = data.training(0)[0]
    keras.utils.set_random_seed(0)
    sizes = training.first_step(training.Colorization(config, data), batch)
    assert len(sizes) == 16
    assert max(step for _, step in sizes.values()) <= 1.001 * config.learning_rate

    keras.utils.set_random_seed(0)
    task = training.Colorization(config, data)
    task.compile(optimizer=keras.optimizers.SGD(1.0))
    layers = [task.network.get_layer(name) for name in sizes]
    before = [layer.get_weights()[0] for layer in layers]
    task.train_on_batch(batch)
    for layer, old, (gradient, _) in zip(layers, before, sizes.values(), strict=True):
        moved = np.sqrt(np.mean((layer.get_weights()[0] - old) ** 2))
        # The encoder's gradients are so small that float32 weights hide most of their digits.
        assert moved == pytest.approx(gradient, rel=0.01, abs=1e-8), layer.name


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tier": "quick"}, "unknown tier 'quick'; choose one of smoke, lab, full"),
        ({"tier": "lab", "epoch": 3}, "unknown parameter 'epoch'; did you mean 'epochs'"),
        ({"tier": "lab", "zzz": [1]}, "unknown parameter 'zzz'"),
        ({"tier": "lab", "size": 100}, "multiple of 64, such as 128"),
        ({"tier": "lab", "size": "big"}, "size is 'big'"),
        ({"tier": "lab", "epochs": 0}, "epochs is 0"),
        ({"tier": "lab", "precision": "float8"}, "precision is 'float8'"),
        ({"tier": "lab", "transforms": 3}, "transforms is 3"),
        ({"tier": "lab", "preset": "best"}, "unknown preset 'best'; choose one of paper, modern"),
        ({"tier": "lab", "average": 1}, "average is 1"),
        ({"tier": "lab", "warmup": -0.1}, "warmup is -0.1"),
        ({"tier": "lab", "patience": 2.5}, "patience is 2.5"),
        ({"tier": "lab", "devices": 2}, "devices is 2"),
        ({"tier": "lab", "steps_per_execution": 0}, "steps_per_execution is 0"),
    ],
)
def test_mistaken_parameters(parameters, message):
    with pytest.raises(UserError, match=message):
        training.config_from(parameters)


def test_a_changed_set_is_noticed(commons, tmp_path):
    """A run must not go on with other photos than it began with."""
    album, rows = tmp_path / "album", [*commons.train[:40], *commons.validation[:4]]
    album.mkdir()
    shutil.copy(photoset.BUNDLED / "credits.csv", album)
    for row in rows:
        shutil.copy(photoset.BUNDLED / commons.manifest[row]["file"], album)
    photoset.prepare(album, tmp_path / "set", size=64)
    parameters = SMALL | {"photo_set": str(tmp_path / "set"), "limit": None, "epochs": 1}
    training.train(training.config_from(parameters), tmp_path / "run")
    shutil.copy(photoset.BUNDLED / commons.manifest[commons.train[50]]["file"], album)
    photoset.prepare(album, tmp_path / "set", size=64)
    with pytest.raises(UserError, match="choose another run folder"):
        training.train(training.config_from(parameters), tmp_path / "run")
    assert (tmp_path / "run" / "model.json").exists()
