"""The offline kit: whole, the same each time, and enough for a room without network."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import warnings
import zipfile
from pathlib import Path

import environments
import pytest
from environments import CLEAN
from test_kit import given_away, in_zip

from tools import ROOT
from tools.classroom import offline
from tools.site import book

WHERE = "import colorlib; print(colorlib.__file__)"
REACH = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    print(error.strerror)
"""
NOWHERE = "http://127.0.0.1:9"  # nothing listens there


@pytest.fixture(scope="module")
def archive(site):
    """Path of the kit, as `make offline-kit` writes it."""
    environments.run([sys.executable, "-m", "tools.classroom.offline"], cwd=ROOT)
    return offline.KIT


@pytest.fixture
def kit(archive, tmp_path):
    """Folder of the unpacked kit."""
    shutil.unpack_archive(archive, tmp_path)
    return tmp_path / offline.NAME


@pytest.fixture(scope="module")
def cut_off():
    """What goes before a command, and into its environment, to take the network from it."""
    own_sources = ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")
    settings = {name: value for name, value in CLEAN.items() if name not in own_sources}
    settings["PIP_CONFIG_FILE"] = os.devnull
    for options in ([], ["--map-root-user"]):
        unshare = [shutil.which("unshare") or "false", "--net", *options]
        if subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL).returncode == 0:
            return [*unshare, sys.executable, ROOT / "tests" / "no_network.py"], settings
    warnings.warn(
        "this system keeps the network on: here a dead proxy stands before it", stacklevel=1
    )
    proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return [], settings | dict.fromkeys(proxies, NOWHERE) | {"NO_PROXY": "127.0.0.1,localhost"}


def test_the_kit_is_what_its_readme_says(kit):
    told = re.findall(r"^([\w.]+/?)  +\S", (kit / "README.txt").read_text("utf-8"), re.MULTILINE)
    assert sorted(name.strip("/") for name in [*told, "README.txt", "LICENSE"]) == sorted(
        path.name for path in kit.iterdir()
    )
    assert (kit / "site" / "index.html").exists()
    (wheel,) = (kit / "wheels").iterdir()
    assert wheel.stat().st_size < 60e6
    pins = re.split(r"\n(?=\S)", (kit / "requirements.txt").read_text("utf-8").strip())
    hashed = f"--hash=sha256:{offline.hash_of(wheel)}"
    assert pins[0].split() == [f"./wheels/{wheel.name}", "\\", hashed]


def test_its_packages_are_those_of_the_lock(kit):
    def pins(path):
        text = re.sub(r"^ *#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
        found = re.findall(r"^(\S+==\S+)(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        return {pin: set(re.findall(r"sha256:\w+", rest)) for pin, rest in found}

    lock, listed = pins(ROOT / "requirements.lock"), pins(kit / "requirements.txt")
    names = {pin.split("==")[0] for pin in listed}
    assert names > {"tensorflow", "keras", "ipywidgets", "jupyterlab", "papermill"}
    assert not names & {"pytest", "playwright", "jupyter-book"}
    for pin in listed:
        assert listed[pin] == lock[pin], pin


def test_its_notebooks_lead_to_what_it_holds(kit):
    paths = sorted((kit / "notebooks").glob("*.ipynb"))
    assert [path.stem for path in paths] == sorted(offline.student.Copier.of_the_book().books)
    for path in paths:
        text = path.read_text("utf-8")
        assert book.site_address() not in text and book.raw_address() not in text
        for address in re.findall(r"\]\(([^)\s]+)\)", text):
            if not re.match(r"[a-z]+:|#|[^.]*$", address):
                assert (path.parent / address.split("#")[0]).exists(), f"{path.stem}: {address}"


def test_it_gives_nothing_away(archive):
    assert not given_away(in_zip(archive))


def test_the_same_sources_give_the_same_bytes(archive, tmp_path):
    offline.make(tmp_path / "again.zip", book.BUILD / "publish")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_a_kit_is_whole_or_not_there(tmp_path, monkeypatch):
    def half(folder, path):
        path.write_bytes(b"PK")
        raise KeyboardInterrupt

    monkeypatch.setattr(offline, "build_colorlib", lambda folder: None)
    monkeypatch.setattr(offline, "write_requirements", lambda path, wheel: None)
    (tmp_path / "site").mkdir()
    (tmp_path / "kit.zip").write_bytes(b"the old one")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(offline, "pack", half)
        offline.make(tmp_path / "kit.zip", tmp_path / "site")
    assert (tmp_path / "kit.zip").read_bytes() == b"the old one"
    offline.make(tmp_path / "kit.zip", tmp_path / "site")
    assert zipfile.is_zipfile(tmp_path / "kit.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit.zip", "site"]


def test_colorlib_of_the_kit_works_without_network(kit, cut_off):
    """The packages of others come from the environment of this test."""
    room = kit / "room"
    environments.run([sys.executable, "-m", "venv", room])
    (packages,) = room.glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    before, settings = cut_off
    (wheel,) = (kit / "wheels").iterdir()
    options = ["--quiet", "--no-index", "--no-deps", "--ignore-installed"]
    command = [room / "bin" / "python", "-m", "pip", "install", *options, wheel]
    environments.run([*before, *command], env=settings)
    the_quickstart_runs(kit, cut_off)


@pytest.mark.soak
def test_a_room_without_network_needs_only_the_kit(kit, cut_off):
    """The steps of README.txt, to the letter."""
    steps = re.findall(r"^     (\S.*)$", (kit / "README.txt").read_text("utf-8"), re.MULTILINE)
    fill, make, install, lab = (step.split() for step in steps)
    environments.run([sys.executable, *fill[1:]], cwd=kit)
    before, settings = cut_off
    environments.run([*before, sys.executable, *make[1:]], cwd=kit, env=settings)
    environments.run([*before, *install], cwd=kit, env=settings)
    environments.run([*before, *lab, "--version"], cwd=kit, env=settings)
    the_quickstart_runs(kit, cut_off)


def the_quickstart_runs(kit, cut_off):
    """In an environment where colorlib is the kit's, all data too, and the network is off."""
    before, settings = cut_off
    settings = settings | {"COLORLIB_CACHE": str(kit / "cache"), "COLORLIB_TIER": "smoke"}
    python = kit / "room" / "bin" / "python"
    where = environments.run([*before, python, "-c", WHERE], cwd=kit, env=settings).strip()
    assert Path(where).is_relative_to(kit / "room")
    if before:
        reached = environments.run([*before, python, "-c", REACH], env=settings)
        assert reached.strip() == "Network is unreachable"
    path = kit / "notebooks" / "00_quickstart.ipynb"
    environments.run_notebook(path, python, before, settings)
    assert list((kit / "cache").rglob("*.npy"))
