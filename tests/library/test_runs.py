import json
import shutil
import subprocess
import tracemalloc
import zipfile

import numpy as np
import pytest
from running import SMALL, metrics, train

from colorlib import embeddings, extractors, figures, inputs, machine, monitor, photoset, runs
from colorlib.colorizer import Colorizer
from colorlib.files import UserError
from colorlib.recipes import recipe_from


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    return train(SMALL | {"epochs": 2, "limit": 16}, tmp_path_factory.mktemp("runs") / "mine")


def test_a_packed_run_goes_on_elsewhere(run, tmp_path):
    packed = runs.pack(run)
    assert packed == run.with_name("mine.zip")
    there = runs.unpack(packed, tmp_path)
    assert there == tmp_path / "mine"
    before = {path.name for path in run.iterdir()} - {".lock"}
    assert {path.name for path in there.iterdir()} == before
    train(SMALL | {"epochs": 2, "limit": 16}, there)
    assert metrics(there) == metrics(run)


def test_unpacking_overwrites_nothing(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").write_text("x")
    with pytest.raises(UserError, match="is there already"):
        runs.unpack(runs.pack(run), tmp_path)
    assert (tmp_path / "mine" / "precious").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_another_program_left_is_no_run(commons, tmp_path):
    (tmp_path / "metrics.jsonl").write_text("theirs\n")
    with pytest.raises(UserError, match="holds something else; choose another run folder"):
        train(SMALL | {"epochs": 1, "limit": 8}, tmp_path)
    assert (tmp_path / "metrics.jsonl").read_text() == "theirs\n"
    assert {path.name for path in tmp_path.iterdir()} <= {"metrics.jsonl", ".lock"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a/recipe.json": "{}", "b/recipe.json": "{}"}, "not a packed run"),
        ({"photo.jpg": ""}, "not a packed run"),
        ({}, "not a packed run"),
        ({"../recipe.json": "{}"}, "not a packed run"),
        ({"/recipe.json": "{}"}, "not a packed run"),
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


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_is_refused_by_its_method(run, tmp_path, method):
    """600 bytes of bzip2 may be 600 MB, and all of it comes at once, whatever its header says."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.write(run / "recipe.json", "mine/recipe.json")
        archive.writestr("mine/checkpoint.npz", bytes(10**8))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="a method that is not read here"):
            runs.unpack(tmp_path / "a.zip", tmp_path / "runs")
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


def test_what_is_no_run_is_not_packed(tmp_path):
    with pytest.raises(UserError, match="there is no run here"):
        runs.pack(tmp_path)
    assert not list(tmp_path.parent.glob(f"{tmp_path.name}.zip"))


def test_a_run_begun_before_a_parameter_existed_goes_on(run):
    path = run / "recipe.json"
    asked = json.loads(path.read_text())
    del asked["patience"]
    path.write_text(json.dumps(asked))
    train(SMALL | {"epochs": 2, "limit": 16}, run)
    with pytest.raises(UserError, match="has patience 0, not 5"):
        train(SMALL | {"epochs": 2, "limit": 16, "patience": 5}, run)


def test_the_forecast_says_where_how_fast_and_how_long(commons, tmp_path, capsys):
    train(SMALL | {"epochs": 1, "limit": 16}, tmp_path)
    said = capsys.readouterr().err
    assert "no GPU (on Colab: Runtime > Change runtime type" in said
    assert "photos a second; 1 x 16 photos take about" in said


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [(4.2, "4 seconds"), (99, "99 seconds"), (420, "7 minutes"), (9000, "2.5 hours")],
)
def test_times_are_spoken_plainly(seconds, spoken):
    assert monitor._spoken(seconds) == spoken


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
    folder = train(SMALL | {"epochs": 2, "limit": 16}, tmp_path / "run")
    assert metrics(folder)[0]["watts"] == 100
    found = runs.cost(folder)
    assert found["watt_hours"] == round(100 * found["hours"], 1)
    tool.write_text(CARDS % "[N/A]\\n[N/A]\\n")
    assert machine.gpu_watts() is None
    tool.write_text("#!/bin/sh\necho no driver; exit 9\n")
    assert machine.gpu_names() == []


def test_a_tool_that_hangs_ends_no_run(monkeypatch):
    def hang(*arguments, timeout, **options):
        raise subprocess.TimeoutExpired(arguments, timeout)

    monkeypatch.setattr(machine.shutil, "which", lambda name: name)
    monkeypatch.setattr(machine.subprocess, "run", hang)
    assert machine.gpu_names() == [] and machine.gpu_watts() is None


def test_a_run_removes_only_what_runs_were_writing(tmp_path):
    mine = [".prettier-base.json", ".github/.markdown-link-check.json", ".abcd-efg.txt", "a-b.c"]
    its = [".abcdefgh-recipe.json", ".abcd_123-checkpoint.npz", "samples/.abcdefgh-epoch-0001.png"]
    for name in (*mine, *its):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    recipe, hardware = recipe_from({"tier": "smoke"})
    runs.Run(tmp_path, recipe, {}, hardware)
    assert all((tmp_path / name).read_text() == "x" for name in mine)
    assert not any((tmp_path / name).exists() for name in its)


def test_what_is_after_the_checkpoint_is_forgotten(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    recipe, hardware = recipe_from(SMALL | {"epochs": 2, "limit": 16})
    (tmp_path / "run" / "checkpoint.npz").unlink()
    photos = json.loads((run / "data.json").read_text())
    assert runs.Run(tmp_path / "run", recipe, photos, hardware).restore({}) == 0
    assert list((run / "samples").glob("*.png"))
    assert not list((tmp_path / "run" / "samples").glob("*.png")), "of epochs to be run again"
    for look in (runs.read_metrics, runs.cost, figures.learning_curves):
        with pytest.raises(UserError, match="no epoch is done yet"):
            look(tmp_path / "run")
    with pytest.raises(UserError, match="typo: holds no sample photos"):
        figures.read_samples(tmp_path / "typo")


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


@pytest.fixture
def two_homes(commons, tmp_path):
    """The same photo set in two places."""
    album = tmp_path / "album"
    album.mkdir()
    shutil.copy(photoset.BUNDLED / "credits.csv", album)
    for row in [*commons.train[:20], *commons.validation[:4]]:
        shutil.copy(photoset.BUNDLED / commons.manifest[row]["file"], album)
    photoset.prepare(album, tmp_path / "set", size=128)
    shutil.copytree(tmp_path / "set", tmp_path / "elsewhere" / "other name")
    return tmp_path / "set", tmp_path / "elsewhere" / "other name"


def test_a_run_goes_on_wherever_its_photos_are(two_homes, tmp_path, monkeypatch):
    here, there = two_homes
    asked = SMALL | {"epochs": 4, "limit": 16}
    whole = train(asked | {"photo_set": str(here)}, tmp_path / "whole")
    checkpoint = runs.Run.checkpoint

    def stop_after_one(run, epoch, state):
        checkpoint(run, epoch, state)
        raise SystemExit

    monkeypatch.chdir(tmp_path)
    ways = (
        {"photo_set": "set"},
        {"photo_set": "./set", "on_device": False},
        {"photo_set": str(there), "checkpoint_seconds": 9.0, "steps_per_execution": 1},
    )
    with monkeypatch.context() as patched:
        patched.setattr(runs.Run, "checkpoint", stop_after_one)
        for change in ways:
            with pytest.raises(SystemExit):
                train(asked | {"checkpoint_seconds": 0.0} | change, tmp_path / "moved")
    assert len(metrics(tmp_path / "moved")) == 3
    unpacked = runs.unpack(runs.pack(tmp_path / "moved"), tmp_path / "other machine")
    train(asked | {"photo_set": there, "precision": "float32"}, unpacked)
    assert metrics(unpacked) == metrics(whole)
    here = json.loads((unpacked / "machine.json").read_text())["hardware"]
    assert here["photo_set"] == "other name", "the folder's name, not where it lies"


def test_another_precision_may_go_on(commons, tmp_path, monkeypatch):
    asked = SMALL | {"epochs": 2, "limit": 16}
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        checkpoint = runs.Run.checkpoint
        patched.setattr(
            runs.Run, "checkpoint", lambda *a: (checkpoint(*a), (_ for _ in ()).throw(SystemExit))
        )
        train(asked, tmp_path / "run")
    train(asked | {"precision": "mixed_float16"}, tmp_path / "run")
    assert len(metrics(tmp_path / "run")) == 2


def test_a_checkpoint_names_variables_by_their_paths(run):
    with np.load(run / "checkpoint.npz", allow_pickle=False) as arrays:
        names = set(arrays)
    assert {"encoder_1/kernel", "decoder_4_norm/moving_mean", "adam/iteration"} <= names
    assert any(name.startswith("dice/") for name in names)
    assert not any(name.isdigit() for name in names)


def test_a_run_of_an_earlier_colorlib_says_what_to_do(run, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match=r"earlier colorlib.*start_from"):
        train(SMALL | {"epochs": 2, "limit": 16}, tmp_path)


def test_the_extractor_sees_photos_as_large_as_in_training(two_homes, tmp_path, monkeypatch):
    run = train(SMALL | {"epochs": 1, "limit": 16, "photo_set": two_homes[0]}, tmp_path / "run")
    assert json.loads((run / "model.json").read_text())["extractor_size"] == 128
    colorizer, seen = Colorizer.load(run), []
    extractor = inputs._extractor(
        "efficientnet_lite0", extractors.weights_hash("efficientnet_lite0")
    )

    def look(photos, **options):
        seen.append(photos.shape)
        return extractor(photos, **options)

    monkeypatch.setattr(inputs, "_extractor", lambda *_: look)
    colorizer.ab(np.zeros((1, 300, 400, 3), "uint8"))
    assert seen == [(1, 128, 192, 3)]


def test_what_needs_no_class_scores_computes_none(commons, tmp_path, monkeypatch):
    monkeypatch.setattr(embeddings, "embed_in_files", None)
    monkeypatch.setattr(extractors, "load_extractor", None)
    run = train(SMALL | {"epochs": 1, "limit": 16, "design": "paper_alone"}, tmp_path / "run")
    card = json.loads((run / "model.json").read_text())
    assert "extractor" not in card
    assert Colorizer.load(run).colorize(np.zeros((8, 8, 3), "uint8")).shape == (8, 8, 3)
