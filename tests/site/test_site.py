"""What `make book` builds: whole, light, without the network, and never stale."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tools import ROOT
from tools.classroom import exercises
from tools.site import book

SHARED = ("_static", "vendor")  # what pages load from here is not a page's own


@pytest.fixture(scope="module")
def pages(site):
    """The parsed pages by their paths."""
    paths = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return {path: BeautifulSoup(path.read_text(), "html.parser") for path in paths}


def references(soup):
    for tag, attribute in (("a", "href"), ("link", "href"), ("script", "src"), ("img", "src")):
        for element in soup.find_all(tag, attrs={attribute: True}):
            yield element[attribute]


def test_every_page_of_the_contents_is_there(site):
    listed = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text())
    for name in listed:
        assert (site / f"{name}.html").exists()
    on_disk = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {Path(name).stem for name in listed if name.startswith("notebooks/")} == on_disk


def test_links_lead_somewhere(pages):
    anchors = {
        path: {element["id"] for element in soup.find_all(id=True)} for path, soup in pages.items()
    }
    broken = []
    for path, soup in pages.items():
        for reference in references(soup):
            parts = urlsplit(reference)
            if parts.scheme or reference.startswith("//"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            wants = unquote(parts.fragment)
            if not target.exists() or (
                wants and target in anchors and wants not in anchors[target]
            ):
                broken.append(f"{path.name}: {reference}")
    assert not broken


def test_pages_load_nothing_from_other_hosts(pages):
    for path, soup in pages.items():
        loaded = soup.select("script[src], img[src], iframe[src], link[rel=stylesheet]")
        for element in loaded:
            assert "//" not in (element.get("src") or element.get("href")), path


def test_pictures_say_what_they_show(pages):
    for path, soup in pages.items():
        for image in soup.select("article img"):
            alt = image.get("alt")
            assert alt is not None, f"{path}: {image['src']} has no alt text"
            assert Path(image["src"]).name not in alt, f"{path}: {image} has no alt text of its own"


def test_pictures_are_light_and_state_their_size(pages, site):
    for path, soup in pages.items():
        images = soup.select("article img")
        for number, image in enumerate(images):
            source = (path.parent / unquote(image["src"])).resolve()
            if source.suffix == ".svg":
                continue
            with Image.open(source) as opened:
                size = (str(opened.width), str(opened.height))
            assert (image["width"], image["height"]) == size, image
            assert (number == 0) != (image.get("loading") == "lazy"), image
            link = image.find_parent("a")["href"]
            assert link == image["src"] or not link.endswith((".webp", ".jpg", ".png")), image
    assert not list((site / "_images").glob("*.png")), "a notebook's picture was not re-encoded"


def test_a_page_and_its_pictures_stay_light(pages, site):
    """Everything of a page's own, loaded at once, not only what its first view shows."""
    for path, soup in pages.items():
        files = {(path.parent / unquote(image["src"])).resolve() for image in soup.select("img")}
        own = [file for file in files if file.relative_to(site).parts[0] not in SHARED]
        total = path.stat().st_size + sum(file.stat().st_size for file in own)
        assert total < 4e6, f"{path}: {total / 1e6:.1f} MB"


def test_scripts_load_only_where_they_are_used(pages):
    for path, soup in pages.items():
        scripts = " ".join(script.get("src", "") for script in soup.find_all("script"))
        has_widgets = soup.find("script", type="application/vnd.jupyter.widget-view+json")
        assert ("mathjax" in scripts) == bool(soup.select(".math")), path
        assert ("embed-amd" in scripts) == bool(has_widgets), path
        assert ("copybutton" in scripts) == bool(soup.select("article .highlight")), path
        assert "fontawesome" not in scripts and "thebe" not in str(soup.head), path


def test_chapters_open_the_students_copies(pages, site):
    chapters = [path for path in pages if path.parent == site / "notebooks"]
    owner, name = book.repository().split("/")[-2:]
    for path in chapters:
        copy = f"notebooks/student/{path.stem}.ipynb"
        colab = pages[path].select_one("a.btn-colab")["href"]
        assert colab == f"https://colab.research.google.com/github/{owner}/{name}/blob/main/{copy}"
        download = pages[path].select_one("a.btn-download-notebook-button")["href"]
        offered = (path.parent / download).resolve()
        assert offered == site / copy
        assert offered.read_bytes() == (ROOT / copy).read_bytes()
    assert not list(site.rglob("_sources")), "the masters are not for download"


def test_figures_and_equations_bear_the_chapters_numbers(pages, site):
    for path in (site / "notebooks").glob("[0-9]*.html"):
        chapter = str(int(path.stem[:2]))
        captions = [found.text for found in pages[path].select(".caption-number")]
        assert [caption.split()[1] for caption in captions if caption.startswith("Fig.")] == [
            f"{chapter}.{number}" for number in range(1, len(captions) + 1)
        ]
        equations = [found.text for found in pages[path].select("span.eqno")]
        for number, equation in enumerate(equations, 1):
            assert equation.startswith(f"({chapter}.{number})"), equation
        copy = (ROOT / "notebooks" / "student" / f"{path.stem}.ipynb").read_text()
        assert all(f"**{caption.strip()}**" in copy for caption in captions)
        assert all(f"tag{{{chapter}.{n}}}" in copy for n in range(1, len(equations) + 1))


def test_an_exercise_is_one_block_without_what_is_not_for_students(pages, site):
    for each in exercises.of_the_book():
        page = pages[site / "notebooks" / f"{each.chapter}.html"]
        (block,) = (
            block
            for block in page.select("section.exercise")
            if block.h3.text.startswith(f"Exercise {each.number}: ")
        )
        assert block.select_one("p.facts").text.startswith(each.kind.capitalize())
        assert len(block.select(".hint.dropdown")) == len(each.hints)
        assert len(block.select("details.hide")) == (not each.graded)
        assert "For the instructor" not in page.text


def test_search_knows_every_page(pages, site):
    index = (site / "searchindex.js").read_text()
    for name in re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text()):
        assert f'"{name}"' in index


def test_the_published_folder_is_whole_and_lean(site, pages, published):
    folder = published
    assert (folder / ".nojekyll").exists()
    assert book.site_address() in (folder / "404.html").read_text()
    for path in pages:
        assert (folder / path.relative_to(site)).exists()
    left = {path.name for path in folder.rglob("*")}
    assert not left & {"reports", "_sources", ".buildinfo", ".doctrees", "stamp.json"}
    assert not any(name.endswith((".map", ".py", ".pyc")) for name in left)


def test_npm_files_name_no_registry():
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert not re.search(r"://registry|registry\.", lock + (ROOT / "package.json").read_text())
    assert (ROOT / ".npmrc").read_text() == "omit-lockfile-registry-resolved=true\n"
    packages = json.loads(lock)["packages"]
    asked = json.loads((ROOT / "package.json").read_text())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in package for name, package in packages.items() if name)


def test_a_missing_npm_is_said_in_one_line(tmp_path):
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    command = [sys.executable, "-m", "tools.site.vendor"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PATH": "/nowhere"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "npm" in done.stderr and done.stderr.count("\n") == 1


@pytest.fixture
def small_book(tmp_path):
    """A book of two pages with our way to build, a colorlib of one line, nothing to vendor."""
    for folder in ("tools/site", "colorlib", "notebooks", "book"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("__init__.py", "site/__init__.py", "site/book.py"):
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools" / name)
    (tmp_path / "tools" / "site" / "vendor.py").touch()
    (tmp_path / "_config.yml").write_text(
        "only_build_toc_files: true\n"
        "execute: {execute_notebooks: cache}\n"
        "repository: {url: https://github.com/somebody/something}\n"
    )
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/a\nchapters:\n- file: notebooks/b\n"
    )
    (tmp_path / "book" / "a.md").write_text("# A\n\n[b](../notebooks/b.ipynb)\n")
    (tmp_path / "colorlib" / "__init__.py").write_text("VALUE = 'first'\n")
    cells = [
        ("markdown", "# B\n\nold words"),
        ("code", "import time\nimport colorlib\nprint(colorlib.VALUE, time.time_ns())"),
    ]
    shared = {"metadata": {}}
    code = {"outputs": [], "execution_count": None}
    notebook = {
        "cells": [
            shared | {"cell_type": kind, "source": text} | (code if kind == "code" else {})
            for kind, text in cells
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (tmp_path / "notebooks" / "b.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def make(folder):
    """Build; return the exit status, what was said, and the page's output cell."""
    command = [sys.executable, "-m", "tools.site.book", "build"]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200
    )
    page = folder / "_build" / "html" / "notebooks" / "b.html"
    shown = re.search(r"(first|second) \d{15,}", page.read_text()) if page.exists() else None
    return done.returncode, done.stdout + done.stderr, shown and shown[0]


def test_a_build_is_never_stale_and_never_in_vain(small_book):
    status, _, first = make(small_book)
    assert status == 0 and first.startswith("first")
    assert "nothing changed" in make(small_book)[1]

    # Other words: the page is new, the notebook is not run again.
    path = small_book / "notebooks" / "b.ipynb"
    path.write_text(path.read_text().replace("old words", "new words"))
    status, _, shown = make(small_book)
    assert status == 0 and shown == first
    page = (small_book / "_build" / "html" / "notebooks" / "b.html").read_text()
    assert "new words" in page and "old words" not in page

    # Another library: the notebook is run again.
    (small_book / "colorlib" / "__init__.py").write_text("VALUE = 'second'\n")
    status, _, shown = make(small_book)
    assert status == 0 and shown.startswith("second")

    # A page that is no more leaves nothing behind, and a warning is an error.
    (small_book / "_toc.yml").write_text("format: jb-book\nroot: book/a\n")
    status, said, shown = make(small_book)
    assert status != 0 and "WARNING" in said and shown is None
    assert "nothing changed" not in make(small_book)[1], "a failed build counts as built"
