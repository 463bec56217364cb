"""Two Ctrl-C in quick succession: no traceback, no half file, a line that says how to go on."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from colorlib import photoset
from colorlib.images import read_photo

if os.name == "nt":
    pytest.skip("a group of processes gets a Ctrl-C on Linux and macOS", allow_module_level=True)

PARTS = "-p epochs 500 -p checkpoint_seconds 0 -p size 64 -p design unet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photos):
    """Enough photos to be interrupted."""
    folder = tmp_path_factory.mktemp("many")
    chance = np.random.default_rng(3)
    for i in range(120):
        photo = np.roll(photos[i % 8], i, axis=1) ^ chance.integers(0, 8, (256, 256, 3), "uint8")
        Image.fromarray(photo).resize((700, 700)).save(folder / f"{i:03d}.jpg", quality=95)
    return folder


def started(*arguments):
    command = [sys.executable, "-c", "import sys; from colorlib.cli import main; sys.exit(main())"]
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True},
        start_new_session=True,
        # Of a process that was begun in the background they would learn to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def interrupted(process, ready):
    """Press Ctrl-C twice once something is there; what the command said."""
    end = time.monotonic() + 200
    while not ready():
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.01)
    for _ in range(4):  # Python may lose one, if it comes while an object is being deleted
        for _ in range(2):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.05)
        try:
            said = "".join(process.communicate(timeout=30))
            break
        except subprocess.TimeoutExpired:
            pass
    assert process.returncode == 1 and "Traceback" not in said, said[-3000:]
    return said


def test_colorize(folder, tmp_path):
    command = ["colorize", folder, "--out", tmp_path]
    said = interrupted(started(*command), lambda: len([*tmp_path.glob("[!.]*")]) >= 2)
    assert f"finished photos are in {tmp_path}, and the same command goes on" in said
    there = sorted(tmp_path.iterdir())
    assert 2 <= len(there) < 120 and not [path for path in there if path.name[0] == "."]
    assert all(read_photo(path).size == (700, 700) for path in there)


def test_prepare(folder, tmp_path):
    out = tmp_path / "set"
    command = ["prepare", folder, "--out", out, "--size", 64]
    said = interrupted(started(*command), lambda: [*out.glob("*")])
    assert (
        f"what was read is kept in {out}, but the last files, and the same command goes on" in said
    )
    done = started(*command)
    assert done.wait(timeout=200) == 0, done.communicate()
    whole = photoset.prepare(folder, tmp_path / "whole", 64)
    assert [row["file"] for row in photoset.load(out).manifest] == [
        row["file"] for row in whole.manifest
    ]
    assert not [*out.glob(".*-*")]


@pytest.mark.parametrize("moment", ["while it loads", "while it learns"])
def test_train(moment, folder, tmp_path):
    run = tmp_path / "run"
    process = started("train", run, "--tier", "smoke", *PARTS.split())
    begin = time.monotonic()
    learned = run / "metrics.jsonl"
    ready = {
        "while it loads": lambda: time.monotonic() - begin > 1.5,
        "while it learns": lambda: learned.exists() and learned.read_text().count("\n") > 1,
    }
    said = interrupted(process, ready[moment])
    assert f"{run} keeps its last checkpoint, if any, and the same command goes on" in said
    assert not [*run.rglob(".*-*")]
    if moment == "while it learns":
        assert "stopped; the same command goes on from epoch" in said
        assert [*run.glob("model*")]
