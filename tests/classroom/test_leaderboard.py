"""The class leaderboard: honest reports are ranked, others are refused in words."""

import copy
import json
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from bs4 import BeautifulSoup

from colorlib import cli, evaluation, photoset
from colorlib.colorizer import NETWORKS, Colorizer
from colorlib.files import UserError, read_json
from colorlib.published import result
from tools.classroom import leaderboard


class Painter:
    """A colourizer that always answers with the same colour."""

    def __init__(self, a, b, name):
        self.color, self.card = (a, b), {"sha256": name * 64}
        self.design = SimpleNamespace(decodings={"mean": None})

    def ab(self, photos, decode=None, **given):
        return np.broadcast_to(np.float32(self.color), (*photos.shape[:3], 2))


@pytest.fixture(scope="module")
def held_out(commons, tmp_path_factory):
    """A small photo set of the instructor's."""
    folder = tmp_path_factory.mktemp("held-out")
    for row in (*commons.train[:60], *commons.validation[:6]):
        shutil.copy(photoset.BUNDLED / commons.manifest[row]["file"], folder)
    shutil.copy(photoset.BUNDLED / "credits.csv", folder)
    return photoset.prepare(folder, folder / "set", size=64)


@pytest.fixture(scope="module")
def reference(held_out):
    return evaluation.compare({}, held_out)


@pytest.fixture(scope="module")
def reports(held_out, tmp_path_factory):
    """A folder with what three students hand in; one of them has trained a network."""
    folder = tmp_path_factory.mktemp("reports")
    for name, painter in (("Zoë", Painter(4, 10, "a")), ("B. <i> & red", Painter(80, 60, "b"))):
        report = evaluation.compare({"the network": painter}, held_out)
        evaluation.write_report(folder, report)
        (folder / "evaluation.json").rename(folder / f"{name}.json")
    Colorizer.load().save(folder / "weights" / "net")  # stored otherwise: not the kit's file
    command = ("evaluate", "--weights", folder / "weights" / "net", "--set", held_out.path)
    assert cli.main([str(part) for part in (*command, "-o", folder / "Ada.json")]) == 0
    return folder


def build(reports, held_out, out):
    return leaderboard.main([str(reports), "--set", str(held_out.path), "-o", str(out)])


def test_networks_and_baselines_are_ranked(reports, held_out, reference, tmp_path, capsys):
    assert build(reports, held_out, tmp_path / "a.html") == 0
    assert "3 networks, 0 reports refused" in capsys.readouterr().out
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    names = [cell.text.split(" weights")[0] for cell in page.select("tbody th[scope=row]")]
    losses = {name: reference["summary"][name]["loss"]["mean"] for name in evaluation.RIVALS}
    for file in reports.glob("*.json"):
        losses[file.stem] = read_json(file)["summary"]["the network"]["loss"]["mean"]
    assert names == sorted(losses, key=losses.get)
    rows = {name: row for name, row in zip(names, page.select("tbody tr"), strict=True)}
    assert "✓ yes" in rows["Ada"].text and "✗ no" in rows["B. <i> & red"].text
    assert "✓" not in rows["grey"].text + rows["B. <i> & red"].text
    loss = read_json(reports / "Zoë.json")["summary"]["the network"]["loss"]
    assert "{mean:.4f} {low:.4f} to {high:.4f}".format(**loss) in rows["Zoë"].text
    places = {name: row.td.text for name, row in rows.items() if row.td.text}
    assert list(places.values()) == ["1", "2", "3"] and list(places)[-1] == "B. <i> & red"

    assert build(reports, held_out, tmp_path / "b.html") == 0
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == text


def test_the_page_stands_alone_and_can_be_read(reports, held_out, tmp_path, browser):
    build(reports, held_out, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|src=|href=|<script", text)
    soup = BeautifulSoup(text, "html.parser")
    columns = len(soup.select("thead th[scope=col]"))
    assert all(len(row.find_all(["td", "th"])) == columns for row in soup.select("tbody tr"))
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto((tmp_path / "page.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "table"
    tab.close()


def own(report):
    return report["summary"]["the network"]


EDITS = {
    "photos and not on the set's 6": lambda r: r.update(photos=5),
    "'grey' has loss": lambda r: r["summary"]["grey"]["loss"].update(mean=0.5),
    "no SHA-256": lambda r: r["weights"].update({"the network": "mine"}),
    "does not fit": lambda r: own(r)["loss"].update(mean=0.015, low=0.01),
    "is not within": lambda r: own(r)["PSNR"].update(mean=99.0),
    "1000.0 is not within": lambda r: own(r)["AuC"].update(mean=1000.0),
    "-1.0 is not within": lambda r: own(r)["CIEDE2000"].update(mean=-1.0),
    "nan is not within": lambda r: own(r)["AuC"].update(mean=float("nan")),
    "KeyError: 'SSIM'": lambda r: own(r).pop("SSIM"),
    "KeyError: 'beaten'": lambda r: r.pop("beaten"),
    "TypeError": lambda r: own(r)["AuC"].update(mean="very good"),
    "OverflowError": lambda r: own(r)["AuC"].update(mean=10**400),
    "of one network": lambda r: r["weights"].update(another="c" * 64),
}


@pytest.mark.parametrize("words", EDITS)
def test_an_edited_report_is_refused(words, reports, reference, tmp_path):
    report = read_json(reports / "Zoë.json")
    (tmp_path / "zoë.json").write_text(json.dumps(report))
    assert leaderboard.read_entry(tmp_path / "zoë.json", reference).name == "zoë"
    EDITS[words](report)
    (tmp_path / "zoë.json").write_text(json.dumps(report))
    with pytest.raises(UserError, match=re.escape(words)) as refused:
        leaderboard.read_entry(tmp_path / "zoë.json", reference)
    assert "zoë.json" in str(refused.value)


def test_too_good_to_be_true(reports, reference, tmp_path):
    report = read_json(reports / "Zoë.json")
    lead = report["beaten"]["the network"]["loss"]
    own(report)["loss"] = {"low": 1e-5, "mean": 1e-4, "high": 2e-4}
    lead["difference"] = 1e-4 - lead["rival_mean"]
    lead |= {"low": lead["difference"] - 1, "high": lead["difference"] + 1}
    (tmp_path / "a.json").write_text(json.dumps(report))
    with pytest.raises(UserError, match="no network that sees only grey"):
        leaderboard.read_entry(tmp_path / "a.json", reference)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '{"weights": []}', "[" * 100_000])
def test_what_is_no_report_is_refused(text, reference, tmp_path):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UserError, match=r"a\.json"):
        leaderboard.read_entry(tmp_path / "a.json", reference)


def test_other_photos_are_refused_and_the_rest_is_ranked(
    reports, held_out, reference, tmp_path, capsys
):
    for file in reports.glob("*.json"):
        shutil.copy(file, tmp_path)
    shutil.copy(tmp_path / "Ada.json", tmp_path / "Ada again.json")
    other = copy.deepcopy(read_json(reports / "Zoë.json"))
    published = read_json(result("shipped.json"))
    other["summary"] |= {name: published["summary"][name] for name in reference["summary"]}
    (tmp_path / "other.json").write_text(json.dumps(other))
    for name, path in NETWORKS.items():
        shipped = {"the network": read_json(f"{path}.json")["sha256"]}
        (tmp_path / f"own-{name}.json").write_text(json.dumps(other | {"weights": shipped}))
    assert build(tmp_path, held_out, tmp_path / "page.html") == 1
    said = capsys.readouterr()
    assert f"2 networks, {2 + len(NETWORKS)} reports refused" in said.out
    assert "Ada again and Ada: measured the same weights" in said.err
    assert "other.json: says that 'grey'" in said.err
    for name in NETWORKS:
        assert f"own-{name}.json: measures the weights that come with the kit" in said.err


def test_an_empty_folder_is_said_in_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"holds no \.json file"):
        leaderboard.main([str(tmp_path)])
    assert not list(tmp_path.iterdir())


def test_a_report_of_any_name_is_found_and_never_overwritten(tmp_path):
    for name in ("anna.JSON", "ben.json.txt"):
        (tmp_path / name).write_text("{}")
        with pytest.raises(SystemExit, match="is one of the reports"):
            leaderboard.main([str(tmp_path), "-o", str(tmp_path / name)])
        assert (tmp_path / name).read_text() == "{}"
