import dataclasses
import json

import numpy as np
import pytest

from colorlib import ablation, evaluation
from colorlib.colorizer import SHIPPED, Colorizer
from colorlib.files import UserError, hash_of
from colorlib.published import result
from tools import ROOT

RESULTS = ROOT / "book" / "results"


@pytest.fixture(scope="module")
def report(commons):
    colorizer = Colorizer.load("paper")
    return ablation.ablate(colorizer, commons, without=colorizer, limit=8)


@pytest.mark.parametrize("count", [2, 9])
def test_scores_are_what_their_names_say(count):
    scores = np.random.default_rng(1).normal(3, 2, (count, 1000)).astype("float32")
    changed = {
        name: change(scores, np.random.default_rng(0)) for name, change in ablation.SCORES.items()
    }
    for name, other in changed.items():
        assert other.shape == scores.shape and other.dtype == "float32", name
    assert np.array_equal(changed["its own"], scores)
    others = [
        np.flatnonzero((scores == row).all(axis=1)).item() for row in changed["another photo's"]
    ]
    assert sorted(others) == list(range(count))
    assert all(other != photo for photo, other in enumerate(others))
    assert np.array_equal(np.sort(changed["shuffled"], axis=1), np.sort(scores, axis=1))
    assert not np.array_equal(changed["shuffled"], scores)
    assert changed["random"].mean() == pytest.approx(3, abs=0.2)
    assert changed["random"].std() == pytest.approx(2, abs=0.2)
    assert not changed["zeros"].any()


def test_its_own_scores_change_nothing(report, commons):
    summary = evaluation.compare({"paper": Colorizer.load("paper")}, commons, limit=8)["summary"]
    for metric, found in summary["paper"].items():
        assert report["summary"]["its own"][metric]["mean"] == pytest.approx(
            found["mean"], rel=1e-3
        )


def test_a_report_compares_every_row_with_its_own_scores(report):
    assert list(report["summary"]) == [*ablation.SCORES, ablation.WITHOUT]
    assert set(report["differences"]) == set(report["summary"]) - {"its own"}
    for name, found in report["differences"].items():
        means = [report["summary"][row]["loss"]["mean"] for row in (name, "its own")]
        assert found["loss"]["difference"] == pytest.approx(means[0] - means[1])
        assert found["loss"]["low"] <= found["loss"]["difference"] <= found["loss"]["high"]
    # Here the network "trained without" is the same network, and the scores are its own.
    assert abs(report["differences"][ablation.WITHOUT]["loss"]["difference"]) < 1e-5
    assert report["photos"] == 8
    json.dumps(report)


def test_scores_matter(report):
    assert report["differences"]["another photo's"]["loss"]["difference"] > 0


def test_the_table_has_a_line_for_every_row(report):
    lines = ablation.format_table(report).splitlines()
    assert len(lines) == 2 + len(report["summary"])
    assert all(line.count("|") == 6 for line in lines)
    assert " to " not in lines[2] and " to " in lines[3]


def test_the_sheet_shows_every_way(commons):
    rows = commons.validation[[5, 2]]
    sheet = ablation.sheet(Colorizer.load("paper"), commons, rows)
    assert sheet.shape == (256 * (1 + len(ablation.SCORES)), 512, 3)
    assert np.array_equal(sheet[:256, 256:], commons.photos[rows[1]])
    bands = np.split(sheet, len(sheet) // 256)
    assert len({band.tobytes() for band in bands}) == len(bands)


def test_no_validation_photos(commons):
    bare = dataclasses.replace(commons, validation=commons.validation[:0])
    with pytest.raises(UserError, match="has no validation photos"):
        ablation.tell(None, bare)


def test_the_published_ablation_is_of_the_shipped_weights():
    published = json.loads(result("ablation.json").read_text())
    assert published["weights"]["network"] == hash_of(f"{SHIPPED['paper']}.weights.h5")
    shipped = json.loads(result("shipped.json").read_text())["summary"]["paper"]
    loss = published["summary"]["its own"]["loss"]["mean"]
    assert loss == pytest.approx(shipped["loss"]["mean"], rel=1e-3)


def test_the_pairs_are_of_the_shipped_weights():
    made = json.loads((RESULTS / "pairs.json").read_text())
    assert made["weights"]["unet"] == hash_of(f"{SHIPPED['unet']}.weights.h5")
    assert len(made["photos"]) == made["count"]
