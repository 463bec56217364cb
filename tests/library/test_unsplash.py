"""The downloader against a server of our own that behaves, and misbehaves, like Unsplash's."""

import contextlib
import csv
import email.utils
import json
import os
import random
import shutil
import signal
import subprocess
import time
import tracemalloc

import numpy as np
import pytest
from PIL import Image
from unsplash_server import UnsplashServer, find_authors, large, zipped

from colorlib import cli, photoset, unsplash
from colorlib.files import UserError

QUICK = {"RATE": 1e6, "BACK_OFF": 0.01, "TIMEOUT": 5}


@pytest.fixture(scope="module")
def authors():
    return find_authors(photoset.BUNDLED)


@pytest.fixture
def server(authors, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with UnsplashServer(authors) as server:
        for name, value in {**server.constants(), **QUICK}.items():
            monkeypatch.setattr(unsplash, name, value)
        yield server


def state(out):
    return json.loads((out / "unsplash.json").read_text())


def names(out):
    """The photos in a folder, after making sure that nothing else is."""
    files = {path.name for path in out.iterdir()} - {".lock"}
    photos = {name for name in files if name.endswith(".jpg")}
    assert files - photos <= {"credits.csv", "unsplash.json"}
    return {name.removesuffix(".jpg") for name in photos}


def assert_whole(server, out, size=256):
    for name in names(out):
        assert (out / f"{name}.jpg").read_bytes() == server.content(name, size)


def test_a_sample_arrives_whole_and_only_once(server, tmp_path):
    assert unsplash.download(tmp_path / "a", 40, seed=1) == {"photos": 40, "deleted": 0}
    assert_whole(server, tmp_path / "a")
    asked = server.asked()
    assert sorted(asked) == sorted(names(tmp_path / "a"))
    assert all(request.agent.startswith("colorlib/0") for request in server.log)

    before = len(server.log)
    assert unsplash.download(tmp_path / "a", 40, seed=1)["photos"] == 40
    assert len(server.log) == before
    # The same seed is the same sample, another is not; a larger sample holds the smaller.
    unsplash.download(tmp_path / "b", 40, seed=1)
    unsplash.download(tmp_path / "c", 40, seed=2)
    unsplash.download(tmp_path / "a", 60, seed=1)
    assert names(tmp_path / "b") < names(tmp_path / "a")
    assert len(names(tmp_path / "b") & names(tmp_path / "c")) < 10
    assert len(set(server.asked(before)) - names(tmp_path / "c")) >= 40
    assert state(tmp_path / "a")["limit"] == 60
    assert state(tmp_path / "a")["sha256"] == server.sha256


def test_unsplash_scales_the_photos(server, tmp_path):
    unsplash.download(tmp_path / "out", 3, size=64)
    assert_whole(server, tmp_path / "out", 64)
    assert {Image.open(path).size for path in tmp_path.glob("out/*.jpg")} == {(64, 64)}


def test_fewer_photos_than_asked_for(server, tmp_path, authors, monkeypatch):
    with UnsplashServer(dict(list(authors.items())[:7])) as small:
        for name, value in small.constants().items():
            monkeypatch.setattr(unsplash, name, value)
        small.deleted = {next(iter(small.photos))}
        found = unsplash.download(tmp_path / "out", 10)
    assert found == {"photos": 6, "deleted": 1}


def test_deleted_photos_are_recorded_and_replaced(server, tmp_path):
    unsplash.download(tmp_path / "whole", 80)
    some = sorted(names(tmp_path / "whole"))
    server.deleted = {*some[::8]}
    found = unsplash.download(tmp_path / "out", 80)
    assert found == {"photos": 80, "deleted": 10}
    assert set(state(tmp_path / "out")["deleted"]) == server.deleted
    assert names(tmp_path / "whole") - names(tmp_path / "out") == server.deleted
    before = len(server.log)
    unsplash.download(tmp_path / "out", 80)
    assert len(server.log) == before


FAULTS = ("429", "429:0", "500", "503", "cut", "drop", "half", "noise", "html", "small")


def test_a_bad_day_costs_only_time(server, tmp_path):
    unsplash.download(tmp_path / "whole", 60)
    sample = sorted(names(tmp_path / "whole"))
    for number, fault in enumerate(FAULTS):
        server.faults |= {name: [fault] * (1 + number % 2) for name in sample[number::15]}
    server.faults["metadata"] = ["503", "html", "cut", "drop", "cut"]
    assert unsplash.download(tmp_path / "out", 60)["photos"] == 60
    assert names(tmp_path / "out") == names(tmp_path / "whole")
    assert_whole(server, tmp_path / "out")
    assert not any(server.faults.values())


@pytest.mark.parametrize("fault", ["500", "html", "half", "403", "elsewhere", "noise"])
def test_one_bad_photo_stops_no_other(server, tmp_path, fault):
    unsplash.download(tmp_path / "whole", 20)
    bad = min(names(tmp_path / "whole"))
    server.faults[bad] = [fault] * 100
    with pytest.raises(UserError, match=f"1 photos did not come.*{bad}.*19 are there"):
        unsplash.download(tmp_path / "out", 20)
    assert names(tmp_path / "out") == names(tmp_path / "whole") - {bad}
    assert "stolen" not in [request.name for request in server.log]
    before, server.faults = len(server.log), {}
    unsplash.download(tmp_path / "out", 20)
    assert server.asked(before) == [bad]
    assert_whole(server, tmp_path / "out")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("drip", "took longer than 2 seconds"),
        ("endless", "more than 362144 bytes came"),
        ("zipped", "no JPEG"),
        ("large", "a photo of 6000x6000 pixels came, not 256x256"),
    ],
)
def test_a_hostile_answer_costs_one_photo_and_little_memory(
    server, tmp_path, monkeypatch, fault, words
):
    monkeypatch.setattr(unsplash, "SLOWEST", 2)
    unsplash.download(tmp_path / "whole", 20)
    bad = min(names(tmp_path / "whole"))
    server.faults[bad] = [fault] * 100
    assert len(large()) < 362144 and len(zipped()) < 362144  # made before memory is counted
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match=f"1 photos did not come.*{words}"):
            unsplash.download(tmp_path / "out", 20)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()
    assert names(tmp_path / "out") == names(tmp_path / "whole") - {bad}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("503", "503 Service Unavailable"),
        ("html", "a web page came instead.*log in"),
        ("elsewhere", "another host, localhost.*log in"),
        ("drop", "connection failed"),
        ("noise", "no JPEG"),
        ("small", "32x32 pixels came, not 256x256"),
        ("404", "20 photos in a row did not come"),
        ("403", "403 Forbidden"),
    ],
)
def test_when_nothing_comes_it_stops_soon(server, tmp_path, monkeypatch, fault, words):
    monkeypatch.setattr(unsplash, "RATE", 200)
    out = tmp_path / "out"
    unsplash.download(out, 30)
    before, there = len(server.log), names(out)
    server.faults = {name: [fault] * 50 for name in server.photos}
    with pytest.raises(UserError, match=words) as caught:
        unsplash.download(out, 100)
    assert "safe" in str(caught.value)
    asked = len(server.log) - before
    assert asked <= unsplash.WORKERS * unsplash.PATIENCE
    if fault in ("403", "404"):  # nothing is asked twice: at most what was under way comes on top
        assert asked <= unsplash.STREAK + unsplash.WORKERS
    assert names(out) == there
    assert state(out)["deleted"] == []  # not believed
    assert "stolen" not in [request.name for request in server.log]
    server.faults = {}
    unsplash.download(out, 100)
    assert len(names(out)) == 100


def test_no_network(server, tmp_path):
    unsplash.download(tmp_path / "out", 30)
    server.server.shutdown()
    server.server.server_close()
    with pytest.raises(UserError, match=r"no way to the host .*came so far is safe"):
        unsplash.download(tmp_path / "out", 40)
    with pytest.raises(UserError, match=f"{server.metadata}: no way to the host"):
        unsplash.download(tmp_path / "new", 40)
    assert len(names(tmp_path / "out")) == 30


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_silences_everybody(server, tmp_path, monkeypatch, form):
    unsplash.download(tmp_path / "out", 10)
    until = int(time.time()) + 3  # a date has whole seconds; the server's clock counts otherwise
    wait = "2" if form == "seconds" else email.utils.formatdate(until, usegmt=True)
    silent = time.monotonic() + until - time.time()
    before = len(server.log)
    server.faults = {name: [f"429:{wait}"] for name in server.photos}
    server.latency = 0.05
    # All eight workers get the same answer at once, which is one trouble and not eight.
    monkeypatch.setattr(unsplash, "RATE", 100)
    unsplash.download(tmp_path / "out", 18)
    refused = [request.time for request in server.log[before:] if request.status == 429]
    others = [request.time for request in server.log[before:] if request.status == 200]
    assert len(refused) == 8
    assert min(others) > (min(refused) + 2 if form == "seconds" else silent) - 0.1


def test_a_host_may_ask_for_too_much(server, tmp_path):
    unsplash.download(tmp_path / "out", 10)
    server.faults = {name: ["429:3600"] for name in server.photos}
    with pytest.raises(UserError, match=r"429 Too Many Requests.*in 60 minutes, as asked"):
        unsplash.download(tmp_path / "out", 40)


def test_the_pace_is_kept(server, tmp_path, monkeypatch):
    """A busy machine may bring requests together on their way, so when they leave is looked at."""
    left, turn = [], unsplash._Line.turn

    def noted(line):
        left.append(turn(line))
        return left[-1]

    monkeypatch.setattr(unsplash, "RATE", 25)
    monkeypatch.setattr(unsplash._Line, "turn", noted)
    unsplash.download(tmp_path / "out", 50)
    came = sorted(request.time for request in server.log if request.name != "metadata")
    left = np.sort(left)[1:]  # the first one asked for the metadata
    assert len(came) == len(left) == 50, "each photo once, and none without its turn"
    assert np.diff(left).min() >= 1 / 25 - 1e-9
    assert (left <= came).all()
    assert 20 < 49 / (left[-1] - left[0])


def test_metadata_goes_on_where_it_stopped(server, tmp_path):
    size = len(server.archive)
    server.faults["metadata"] = ["cut", "cut", "cut"]
    unsplash.download(tmp_path / "out", 5)
    sent = [request.sent for request in server.log if request.name == "metadata"]
    assert sum(sent) == size
    # Another time the server sends it all, though it was asked for the rest.
    server.faults["metadata"] = ["cut", "no-range"]
    unsplash.download(tmp_path / "again", 5)
    assert names(tmp_path / "again") == names(tmp_path / "out")


@pytest.mark.parametrize("fault", ["html", "503", "403", "elsewhere"])
def test_metadata_survives_what_is_no_metadata(server, tmp_path, fault):
    server.faults["metadata"] = ["cut"] + [fault] * 50
    with pytest.raises(UserError, match=server.metadata):
        unsplash.download(tmp_path / "out", 5)
    (part,) = (tmp_path / "out" / ".part").iterdir()
    assert part.read_bytes() == server.archive[: len(server.archive) // 3]
    before, server.faults = len(server.log), {}
    unsplash.download(tmp_path / "out", 5)
    archive = next(request for request in server.log[before:] if request.status == 206)
    assert archive.sent == len(server.archive) - len(server.archive) // 3
    assert len(names(tmp_path / "out")) == 5


def test_a_changed_checksum(server, tmp_path):
    server.faults["metadata"] = ["other"]
    with pytest.raises(UserError, match=f"SHA-256 .* should have {server.sha256}"):
        unsplash.download(tmp_path / "out", 5)
    assert not list((tmp_path / "out" / ".part").iterdir())
    unsplash.download(tmp_path / "out", 5)
    assert len(names(tmp_path / "out")) == 5


@pytest.mark.parametrize("what", ["photos", "metadata"])
def test_a_full_disk(server, tmp_path, what):
    pytest.importorskip("resource")
    out = tmp_path / "out"
    if what == "photos":
        unsplash.download(out, 10)
    # Files may not grow beyond this, which is what a full disk looks like from inside.
    command = server.command(out, "--limit", 60, **QUICK)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); "
    command[2] = limit + command[2]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("colorlib: ")]
    assert len(errors) == 1
    assert "cannot be written" in errors[0] and "free some space" in errors[0]
    assert "Traceback" not in done.stderr
    if what == "photos":
        assert_whole(server, out)
    unsplash.download(out, 60)
    assert len(names(out)) == 60
    assert_whole(server, out)


def test_a_folder_has_one_sample(server, tmp_path):
    out = tmp_path / "out"
    unsplash.download(out, 8)
    for change, words in (
        ({"seed": 1}, "seed 0, not 1"),
        ({"size": 64}, "size 256, not 64"),
        ({"limit": 7}, "8 photos, which may grow but not shrink to 7"),
    ):
        with pytest.raises(UserError, match=words):
            unsplash.download(out, **({"limit": 8} | change))
    for wrong in ({"limit": 0}, {"size": 0}):
        with pytest.raises(UserError, match="take at least"):
            unsplash.download(out, **wrong)
    (tmp_path / "mine").mkdir()
    mine = {"me.jpg", ".pre-commit-config.yaml", ".download-me.jpg"}
    for name in mine:
        (tmp_path / "mine" / name).touch()
    with pytest.raises(UserError, match="holds something else"):
        unsplash.download(tmp_path / "mine", 8)
    assert mine <= {path.name for path in (tmp_path / "mine").iterdir()}
    (out / "unsplash.json").write_text("[]")
    with pytest.raises(UserError, match="damaged"):
        unsplash.download(out, 8)


def test_photos_are_prepared_and_split_by_author(server, tmp_path, authors):
    unsplash.download(tmp_path / "out", 120)
    photo_set = photoset.prepare(tmp_path / "out", tmp_path / "set")
    assert len(photo_set) + len(photo_set.left_out) == 120
    assert len(photo_set) >= 118
    by_split = {"train": set(), "validation": set()}
    for row in photo_set.manifest:
        path = server.photos[row["file"].removesuffix(".jpg")]
        first = authors[path] or "Anonymous"
        assert row["author"].startswith(first.split()[0])
        assert row["author"].endswith(")") and "(@" in row["author"]
        assert "do not publish" in row["licence"]
        assert row["source"].endswith("photos/" + row["file"].removesuffix(".jpg"))
        by_split[row["split"]].add(row["author"])
    assert not by_split["train"] & by_split["validation"]


def test_the_command_line(server, tmp_path, capsys):
    assert cli.main(["unsplash", str(tmp_path / "out"), "--limit", "5", "--seed", "3"]) == 0
    printed = capsys.readouterr().out
    assert unsplash.TERMS in printed
    assert "5 photos in" in printed and "next: colorlib prepare" in printed
    assert state(tmp_path / "out")["seed"] == 3


@pytest.mark.parametrize("fault", [None, "drip"])
def test_interrupted_by_hand(server, tmp_path, fault):
    out = tmp_path / "out"
    process = subprocess.Popen(
        server.command(out, "--limit", 200, **QUICK | {"RATE": 5}),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    wait_for(lambda: len(list(out.glob("[!.]*.jpg"))) > 20)
    if fault:
        server.faults = {name: [fault] * 9 for name in server.photos}
        # Until all workers hang.
        wait_for(lambda: sum(len(left) < 9 for left in [*server.faults.values()]) >= 8)
    for _ in range(3):  # Python may lose one, if it comes while an object is being deleted
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, errors = process.communicate(timeout=8)
            break
    assert process.returncode == 1
    there = len(names(out))
    assert f"interrupted; {there} photos are in {out}, and the same command goes on" in errors
    assert "Traceback" not in errors
    assert_whole(server, out)


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_killed_at_any_moment(server, tmp_path):
    """Nothing on disk is asked for again, nothing is half there, the sample stays the same."""
    chance = random.Random(7)
    unsplash.download(tmp_path / "whole", 150)
    server.deleted = {*chance.sample(sorted(names(tmp_path / "whole")), 5)}
    shutil.rmtree(tmp_path / "whole")
    unsplash.download(tmp_path / "whole", 150)
    faulty = chance.sample(sorted(names(tmp_path / "whole")), 30)
    server.faults = {name: [FAULTS[i % len(FAULTS)]] for i, name in enumerate(faulty)}
    server.latency = 0.02

    out, command = tmp_path / "out", server.command(tmp_path / "out", "--limit", 150, **QUICK)
    there, before = set(), len(server.log)
    for kill in range(4):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if kill < 3:
            moment = len(there) + chance.randint(5, 40)
            wait_for(lambda moment=moment: len(list(out.glob("[!.]*.jpg"))) >= moment)
            os.kill(process.pid, signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
        assert (process.returncode == 0) == (kill == 3), errors
        assert not there & set(server.asked(before)), "asked for what was there"
        before = len(server.log)
        there = {path.stem for path in out.glob("[!.]*.jpg")}
    assert there == names(out) == names(tmp_path / "whole")
    assert set(state(out)["deleted"]) == server.deleted
    assert_whole(server, out)
    with open(out / "credits.csv", encoding="utf-8", newline="") as file:
        listed = {row["file"].removesuffix(".jpg") for row in csv.DictReader(file)}
    assert there < listed == set(server.photos)
