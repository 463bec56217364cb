"""One command says where the kit is published; what others will read refuses the placeholder."""

import os
import shutil
import subprocess
import sys

import pytest

from tools import ROOT
from tools.classroom import student
from tools.site import address, book

URL = "https://github.com/Someone/kit.of-mine"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """What holds addresses, at the placeholder, wherever this copy of the kit is published."""
    for folder in ("book", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("runs"))
    for name in ("README.md", "pyproject.toml", "_config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(book, "ROOT", tmp_path)
    monkeypatch.setattr(student, "MASTERS", tmp_path / "notebooks")
    monkeypatch.setattr(student, "COPIES", tmp_path / "notebooks" / "student")
    address.rewrite(f"https://github.com/{book.NOBODY}/grey")
    return tmp_path


def texts(folder):
    return {
        path.relative_to(folder): path.read_text(encoding="utf-8")
        for place in address.PLACES
        for path in folder.glob(place)
    }


def test_every_place_gets_the_new_address(copy):
    before = "".join(texts(copy).values())
    assert f"{book.NOBODY}.github.io/grey" in before
    address.main([URL])
    after = "".join(texts(copy).values())
    assert book.repository() == URL
    assert f"{book.NOBODY}.github.io" not in after and f"github.com/{book.NOBODY}" not in after
    assert before.count(f"{book.NOBODY}.github.io/grey") == after.count(
        "someone.github.io/kit.of-m"
    )
    copier = student.Copier.of_the_book()
    for stem in copier.books:  # as if they had been made anew
        assert (student.COPIES / f"{stem}.ipynb").read_text("utf-8") == student.write(
            copier.copy(stem)
        )


def test_no_address_stands_where_the_command_does_not_look():
    known = {path for place in address.PLACES for path in ROOT.glob(place)}
    for folder in (".github", "_static", "book", "colorlib", "tests", "tools"):
        for path in {*(ROOT / folder).rglob("*")} - known:
            if path.suffix in (".css", ".html", ".in", ".js", ".json", ".mjs", ".py", ".yml"):
                text = path.read_text(encoding="utf-8")
                found = [each for each in book.addresses(book.repository()) if each in text]
                assert not found, f"{path}: add it to address.PLACES"


def test_twice_is_once_and_there_is_a_way_back(copy, capsys):
    first = texts(copy)
    address.main([f"{URL}.git"])
    there = texts(copy)
    address.main([f"{URL}/"])
    assert texts(copy) == there
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 places")
    address.main([f"https://github.com/{book.NOBODY}/grey"])
    assert texts(copy) == first


def test_a_longer_name_is_another_repository(copy):
    (copy / "README.md").write_text(f"{book.repository()}-data {book.repository()}.", "utf-8")
    address.main([URL])
    assert (copy / "README.md").read_text("utf-8") == (
        f"https://github.com/{book.NOBODY}/grey-data {URL}."
    )


@pytest.mark.parametrize("url", ["kit", "https://github.com/someone", "http://example.org/a/b"])
def test_what_is_no_repository_changes_nothing(copy, url):
    before = texts(copy)
    with pytest.raises(SystemExit, match="is no repository's address"):
        address.main([url])
    assert texts(copy) == before


@pytest.mark.parametrize(
    "command",
    [
        ("tools.site.book", "publish"),
        ("tools.classroom.course", "make", "course", "--private", "private"),
    ],
)
def test_the_placeholder_is_refused_before_anything_is_made(command, tmp_path):
    if book.repository().split("/")[-2] != book.NOBODY:
        pytest.skip("this copy of the kit has an address")
    settings = {k: value for k, value in os.environ.items() if k != "COLORLIB_PLACEHOLDER"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        **{"cwd": tmp_path, "env": settings | {"PYTHONPATH": str(ROOT)}},
        **{"capture_output": True, "text": True},
    )
    assert done.returncode == 1 and not list(tmp_path.iterdir())
    assert "make address URL=" in done.stderr and done.stderr.count("\n") == 1


def test_an_address_of_ones_own_is_accepted(copy, monkeypatch):
    monkeypatch.delenv("COLORLIB_PLACEHOLDER", raising=False)
    with pytest.raises(SystemExit):
        book.require_address()
    address.main([URL])
    book.require_address()
