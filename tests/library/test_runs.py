import json
import zipfile

import numpy as np
import pytest
from running import SMALL, metrics

from colorlib import machine, runs, training
from colorlib.files import UserError


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    config = training.config_from(SMALL | {"epochs": 2, "limit": 16})
    return training.train(config, tmp_path_factory.mktemp("runs") / "mine")


def test_a_packed_run_goes_on_elsewhere(run, tmp_path):
    packed = runs.pack(run)
    assert packed == run.with_name("mine.zip")
    there = runs.unpack(packed, tmp_path)
    assert there == tmp_path / "mine"
    before = {path.name for path in run.iterdir()} - {".lock"}
    assert {path.name for path in there.iterdir()} == before
    training.train(training.config_from(SMALL | {"epochs": 2, "limit": 16}), there)
    assert metrics(there) == metrics(run)


def test_unpacking_overwrites_nothing(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").write_text("x")
    with pytest.raises(UserError, match="is there already"):
        runs.unpack(runs.pack(run), tmp_path)
    assert (tmp_path / "mine" / "precious").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a/config.json": "{}", "b/config.json": "{}"}, "not a packed run"),
        ({"photo.jpg": ""}, "not a packed run"),
        ({}, "not a packed run"),
        ({"../config.json": "{}"}, "not a packed run"),
        ({"/config.json": "{}"}, "not a packed run"),
    ],
)
def test_other_zips_are_refused(tmp_path, files, message):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with pytest.raises(UserError, match=message):
        runs.unpack(tmp_path / "a.zip", tmp_path / "runs")
    assert not list((tmp_path / "runs").iterdir())


def test_half_a_zip_is_refused(run, tmp_path):
    whole = runs.pack(run).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"a\.zip: cannot be unpacked .* download it again"):
        runs.unpack(tmp_path / "a.zip", tmp_path / "runs")


def test_what_is_no_run_is_not_packed(tmp_path):
    with pytest.raises(UserError, match="there is no run here"):
        runs.pack(tmp_path)
    assert not list(tmp_path.parent.glob(f"{tmp_path.name}.zip"))


def test_a_run_begun_before_a_parameter_existed_goes_on(run):
    path = run / "config.json"
    asked = json.loads(path.read_text())
    del asked["patience"]
    path.write_text(json.dumps(asked))
    training.train(training.config_from(SMALL | {"epochs": 2, "limit": 16}), run)
    with pytest.raises(UserError, match="has patience 0, not 5"):
        training.train(training.config_from(SMALL | {"epochs": 2, "limit": 16, "patience": 5}), run)


def test_the_forecast_says_where_how_fast_and_how_long(commons, tmp_path, capsys):
    config = training.config_from(SMALL | {"epochs": 1, "limit": 16})
    training.train(config, tmp_path)
    said = capsys.readouterr().err
    assert "no GPU (on Colab: Runtime > Change runtime type" in said
    assert "photos a second; 1 x 16 photos take about" in said


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [(4.2, "4 seconds"), (99, "99 seconds"), (420, "7 minutes"), (9000, "2.5 hours")],
)
def test_times_are_spoken_plainly(seconds, spoken):
    assert training._spoken(seconds) == spoken


CARDS = """#!/bin/sh
case "$1" in
  --query-gpu=name) printf 'Tesla T4\\nTesla T4\\n';;
  --query-gpu=power.draw) printf '%s';;
esac
"""


def test_cards_tell_their_names_and_what_they_draw(commons, tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text(CARDS % "60.5\\n39.5\\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert machine.gpu_names() == ["Tesla T4", "Tesla T4"]
    assert machine.gpu_watts() == 100
    config = training.config_from(SMALL | {"epochs": 2, "limit": 16})
    folder = training.train(config, tmp_path / "run")
    assert metrics(folder)[0]["watts"] == 100
    found = runs.cost(folder)
    assert found["watt_hours"] == round(100 * found["hours"], 1)
    tool.write_text(CARDS % "[N/A]\\n[N/A]\\n")
    assert machine.gpu_watts() is None
    tool.write_text("#!/bin/sh\necho no driver; exit 9\n")
    assert machine.gpu_names() == []


def test_cost_counts_all_cores(run):
    found = runs.cost(run)
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert found["epochs"] == 2
    assert np.isclose(found["cpu_hours"], sum(r["cpu_seconds"] for r in rows) / 3600, atol=1e-3)
    assert "watt_hours" not in found


def test_a_run_may_leave_its_card_behind(tmp_path):
    rows = [
        {"epoch": 1, "seconds": 3600, "cpu_seconds": 0, "photos_per_second": 2, "watts": 50},
        {"epoch": 2, "seconds": 7200, "cpu_seconds": 9, "photos_per_second": 1},
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert np.array_equal(runs.read_metrics(tmp_path)["watts"], [50, np.nan], equal_nan=True)
    found = runs.cost(tmp_path)
    assert (found["hours"], found["watt_hours"]) == (3, 50)
