import dataclasses
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from colorlib import baselines, evaluation, figures
from colorlib.colorizer import SHIPPED, Colorizer
from colorlib.files import UserError, hash_of
from colorlib.lab import to_lab
from colorlib.published import result


class Painter:
    """A colourizer that always answers with the same colour."""

    def __init__(self, a, b):
        self.color, self.card = (a, b), {"sha256": "0"}
        self.design = SimpleNamespace(decodings={"mean": None})

    def ab(self, photos, decode=None, **given):
        return np.broadcast_to(np.float32(self.color), (*photos.shape[:3], 2))


@pytest.fixture(scope="module")
def report(commons):
    return evaluation.compare({"brown": Painter(3, 10), "red": Painter(80, 60)}, commons, limit=8)


def test_a_report_has_rows_for_networks_and_baselines(report):
    assert list(report["summary"])[:2] == ["brown", "red"]
    assert set(report["summary"]) == {"brown", "red", *baselines.BASELINES}
    assert report["photos"] == 8
    json.dumps(report)


def test_the_best_baseline_is_the_hardest_that_does_not_peek(report):
    found = report["beaten"]["red"]["loss"]
    means = {name: report["summary"][name]["loss"]["mean"] for name in evaluation.RIVALS}
    assert found["rival"] == min(means, key=means.get)
    assert not baselines.BASELINES[found["rival"]].peeks
    difference = report["summary"]["red"]["loss"]["mean"] - means[found["rival"]]
    assert found["difference"] == pytest.approx(difference)
    assert found["low"] < found["difference"] < found["high"]
    assert found["low"] > 0  # red everywhere is worse, and that is no chance


def test_the_verdict_says_who_won(report):
    lines = evaluation.verdict(report).splitlines()
    assert len(lines) == 4
    assert "red misses the best baseline in loss" in lines[2]
    assert "chance" not in lines[2]
    assert "red misses the best baseline in AuC" in lines[3]


def test_a_report_is_kept(report, tmp_path):
    evaluation.write_report(tmp_path, report)
    assert json.loads((tmp_path / "evaluation.json").read_text()) == report
    assert "| grey |" in (tmp_path / "evaluation.md").read_text()


def test_no_validation_photos(commons):
    bare = dataclasses.replace(commons, validation=commons.validation[:0])
    with pytest.raises(UserError, match="has no validation photos"):
        evaluation.compare({}, bare)
    bare = dataclasses.replace(commons, train=commons.train[:0])
    with pytest.raises(UserError, match="has no training photos; prepare with fewer held back"):
        evaluation.compare({}, bare)


def test_predictions_come_in_order(photos):
    colorizer = Colorizer.load()
    together = evaluation.predict(colorizer, np.concatenate([photos, photos, photos]))
    assert together.shape == (24, 256, 256, 2)
    assert np.abs(together[17] - colorizer.ab(photos[1:2])[0]).max() < 0.05


def test_the_published_results_are_of_the_shipped_weights():
    """No stale page: whoever changes the weights must measure them again (`make results`)."""
    weights = {name: hash_of(f"{path}.weights.h5") for name, path in SHIPPED.items()}
    for name in ("shipped.json", "validation.json"):
        assert json.loads(result(name).read_text())["weights"] == weights


def test_the_shipped_weights_beat_guessing(commons):
    report = evaluation.compare({name: Colorizer.load(name) for name in SHIPPED}, commons)
    for name in SHIPPED:
        loss, area = report["beaten"][name].values()
        assert loss["difference"] < 0
        assert area["difference"] > 0
    chroma = {name: report["summary"][name]["chroma"]["mean"] for name in report["summary"]}
    true = chroma["the photo itself"]
    assert chroma["paper"] > true / 3 and chroma["unet"] > 0.55 * true
    assert 0.85 * true < chroma["unet, vivid"] < 1.15 * true
    summary = report["summary"]
    rare = [summary[name]["AuC rebalanced"]["mean"] for name in ("paper", "unet", "unet, vivid")]
    assert rare == sorted(rare), "vivid finds the rare colours"


def test_a_paired_difference_drops_what_is_hard_for_both():
    hard = np.linspace(0, 100, 40)
    better = hard - np.random.default_rng(0).normal(1, 0.1, 40)
    results = evaluation.Results({"a": {"loss": better}, "b": {"loss": hard}}, {})
    found = evaluation.paired_difference(results, "a", "b", "loss")
    assert found["difference"] == pytest.approx((better - hard).mean())
    assert found["high"] < 0  # certain, though the two rows' own intervals overlap widely
    low, high = evaluation.bootstrap_interval(hard)
    assert high - low > 10 > 10 * (found["high"] - found["low"])


@pytest.mark.parametrize(
    "successes, trials, low, high",
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval(successes, trials, low, high):
    """The four examples of Newcombe (1998), table I, method 3."""
    assert evaluation.wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)
    mirrored = evaluation.wilson_interval(trials - successes, trials)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_channels_figure(photos):
    figure = figures.channels(photos[0])
    shown = [axis.get_images()[0].get_array() for axis in figure.axes]
    assert len(shown) == 4
    assert np.array_equal(shown[0], photos[0])
    grey = shown[1]
    assert np.array_equal(grey[..., 0], grey[..., 1])
    middle = to_lab(np.asarray(shown[2]))
    assert np.abs(middle[..., 0] - 65).mean() < 3  # the a channel is drawn at one lightness


def test_maps_share_one_scale(photos):
    numbers = np.linspace(0, 5, 256 * 256).reshape(256, 256)
    figure = figures.maps([photos[0], numbers, numbers / 2], ("photo", "all", "half"), "error")
    *panels, bar = figure.axes
    assert np.array_equal(panels[0].get_images()[0].get_array(), photos[0])
    assert [axis.get_images()[0].get_clim() for axis in panels[1:]] == [(0, 5), (0, 5)]
    assert bar.get_ylabel() == "error"


def test_learning_curves_and_samples(tmp_path):
    rows = [
        {"epoch": n, "loss": 1 / n, "val_loss": 2 / n, "chroma": n, "val_chroma": n - 0.5}
        for n in range(1, 5)
    ]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert figures.read_metrics(tmp_path)["val_loss"].tolist() == [2, 1, 2 / 3, 0.5]
    loss, chroma = figures.learning_curves(tmp_path, true_chroma=20).axes
    assert [line.get_ydata()[0] for line in loss.get_lines()] == [1, 2]
    assert len(chroma.get_lines()) == 3

    (tmp_path / "samples").mkdir()
    for epoch in (1, 2):
        sheet = np.zeros((3 * 64, 2 * 64, 3), "uint8")
        sheet[64:128] = epoch
        figures.Image.fromarray(sheet).save(tmp_path / "samples" / f"epoch-{epoch:04d}.png")
    cut, labels = figures.sample_rows(tmp_path)
    assert labels == ["grey", "epoch 1", "epoch 2", "true"]
    assert [row[1].shape for row in cut] == [(64, 64, 3)] * 4
    assert [int(row[0].max()) for row in cut] == [0, 1, 2, 0]

    for epoch in range(3, 31):
        shutil.copy(
            tmp_path / "samples/epoch-0001.png", tmp_path / f"samples/epoch-{epoch:04d}.png"
        )
    epochs, rows = figures.read_samples(tmp_path)
    assert epochs == [*range(1, 31)]
    assert len(rows) == 32
    _, labels = figures.sample_rows(tmp_path)
    assert labels[1:-1] == [f"epoch {epoch}" for epoch in (1, 2, 3, 5, 10, 17, 30)]
