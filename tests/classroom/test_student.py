"""The notebooks that students open: what the masters say, in plain Markdown."""

import ast
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from environments import CLEAN, run, run_notebook
from IPython.core.inputtransformer2 import TransformerManager

from tools import ROOT
from tools.classroom import student
from tools.site import book

MASTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STEMS = [path.stem for path in MASTERS]
QUICK = ("00_quickstart", "06_evaluation")  # the others train, or take a minute and more
# How a cell would speak of something that it looked for in vain.
ABSENT = re.compile(r"\bnot (here|there|at hand|found)\b|\bno (lab )?run\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def copier():
    return student.Copier.of_the_book()


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_the_copies_are_in_step_with_the_masters(copier):
    assert sorted(path.stem for path in student.COPIES.glob("*")) == STEMS
    for stem in STEMS:
        written = (student.COPIES / f"{stem}.ipynb").read_text(encoding="utf-8")
        assert written == student.write(copier.copy(stem)), f"{stem} is stale: make student"


@pytest.mark.parametrize("stem", STEMS)
def test_code_is_that_of_the_master_after_an_installation(stem):
    installation, *code = cells(student.COPIES / f"{stem}.ipynb", "code")
    master = student.read(ROOT / "notebooks" / f"{stem}.ipynb")["cells"]
    shown = [cell for cell in master if not (student.tag_of(cell) or "").startswith("solution:")]
    shown = [cell for cell in shown if student.MAKERS not in cell["metadata"].get("tags", [])]
    assert code == ["".join(c["source"]) for c in shown if c["cell_type"] == "code"]
    assert f"git+{book.repository()}" in installation


@pytest.mark.parametrize("stem", STEMS)
def test_no_solution_and_no_note_reaches_a_student(stem):
    copy = student.read(student.COPIES / f"{stem}.ipynb")
    tags = [tag for cell in copy["cells"] for tag in cell["metadata"].get("tags", [])]
    assert not any(tag.startswith(("solution", "instructor")) for tag in tags)
    text = "".join("".join(cell["source"]) for cell in copy["cells"])
    assert "For the instructor" not in text
    master = student.read(student.MASTERS / f"{stem}.ipynb")["cells"]
    hints = [cell for cell in master if (student.tag_of(cell) or "").startswith("hint:")]
    assert text.count("<details><summary>Hint") == len(hints)


@pytest.mark.parametrize("stem", STEMS)
def test_no_assertion_of_the_makers_reaches_a_student(stem):
    assert not [source for source in cells(student.COPIES / f"{stem}.ipynb", "code")
                if re.search(r"^\s*assert ", source, re.MULTILINE)]  # fmt: skip


@pytest.mark.parametrize("stem", STEMS)
def test_markdown_is_plain(stem):
    for text in cells(student.COPIES / f"{stem}.ipynb", "markdown"):
        prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
        assert not re.search(r"\{[\w:-]+\}`|^:{3,}|^`{3,}\{|^\([\w-]+\)=", text, re.MULTILINE), text
        for address in re.findall(r"\]\(([^)\s]+)\)", prose):
            if not address.startswith(("https://", "http://", "#")):
                assert (student.COPIES / address.split("#")[0]).exists(), address


@pytest.mark.parametrize("stem", STEMS)
def test_links_to_the_site_and_the_repository_exist(stem):
    site, raw = book.site_address(), book.raw_address()
    for text in cells(student.COPIES / f"{stem}.ipynb", "markdown"):
        for address in re.findall(r"\]\(([^)\s]+)\)", text):
            if address.startswith(site):
                name = address.removeprefix(site).split("#")[0]
                source = ROOT / name.removesuffix(".html")
                assert any(source.with_suffix(end).exists() for end in (".md", ".ipynb")), address
            if address.startswith(raw):
                assert (ROOT / address.removeprefix(raw)).exists(), address


@pytest.mark.parametrize("installed", [True, False])
def test_the_installation_happens_only_where_it_is_needed(installed, monkeypatch):
    asked = []

    class Shell:
        def run_line_magic(self, name, line):
            asked.append((name, line))

    found = object() if installed else None
    monkeypatch.setattr("importlib.util.find_spec", lambda name: found)
    source = cells(student.COPIES / f"{STEMS[0]}.ipynb", "code")[0]
    exec(TransformerManager().transform_cell(source), {"get_ipython": lambda: Shell()})
    wanted = f'install -q "colorlib @ git+{book.repository()}"'
    assert asked == ([] if installed else [("pip", wanted)])


def test_addresses_follow_the_one_place(monkeypatch):
    config = {"repository": {"url": "https://github.com/somebody/something", "branch": "next"}}
    monkeypatch.setattr(book, "read_yaml", lambda name: config)
    copier = student.Copier.of_the_book()
    text = student.write(copier.copy("00_quickstart"))
    assert "https://somebody.github.io/something/notebooks/00_quickstart.html" in text
    assert "colorlib @ git+https://github.com/somebody/something" in text
    raw = "https://raw.githubusercontent.com/somebody/something/next/"
    assert copier.flatten("```{image} ../book/img/cover.jpg\n:alt: six\n```", "00_quickstart") == (
        f"![six]({raw}book/img/cover.jpg)"
    )


@pytest.fixture
def small():
    """Two notebooks with one of everything, and one source."""
    figure = {"mystnb": {"figure": {"caption": "A *bold* word.", "name": "one-curve"}}}
    pair = {
        "01_one": [
            student.markdown("# One\n\n$$\na = b\n$$ (eq-one-sum)"),
            student.code("draw()", figure),
        ],
        "02_two": [student.markdown("# Two")],
    }
    frame = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    books = {stem: {"cells": cells} | frame for stem, cells in pair.items()}
    sources = student.read_sources(
        '@misc{zhang, author={Zhang, R. and Isola, P. and Efr{\\"o}s, A.}, year={2016}, '
        "title={C}, doi={10.1/a(b)}} @misc{gates, author={Gates, B. and O'Neil, C.}, year={2001}, "
        "title={D}, url={https://example.org/d}}"
    )
    return student.Copier(books, sources)


SITE = book.site_address()


@pytest.mark.parametrize(
    "text, plain",
    [
        ("{numref}`one-curve`", "Fig. 1.1"),
        ("{numref}`Picture %s <one-curve>`", "Picture 1.1"),
        ("{eq}`eq-one-sum`", "(1.1)"),
        ("$$\na = b\n$$ (eq-one-sum)", "$$\na = b\n\\tag{1.1}\n$$"),
        ("{cite:t}`zhang`", "[Zhang et al. (2016)](https://doi.org/10.1/a%28b%29)"),
        ("{cite:p}`gates`", "([Gates and O'Neil, 2001](https://example.org/d))"),
        ("[x](02_two.ipynb) [y](#here)", "[x](02_two.ipynb) [y](#here)"),
        ("[x](../book/results.md#a)", f"[x]({SITE}book/results.html#a)"),
        ("```{note}\nOne.\n\nTwo.\n```", "> **Note**\n>\n> One.\n>\n> Two."),
        (":::{admonition} Stop\n:class: warning\nNow.\n:::", "> **Stop**\n>\n> Now."),
        ("{term}`white point <illuminant>`", "white point"),
        ("`{numref}` in code", "`{numref}` in code"),
    ],
)
def test_what_becomes_of_markdown(small, text, plain):
    assert small.flatten(text, "01_one") == plain


def test_references_to_another_chapter_lead_there(small):
    assert small.flatten("{numref}`one-curve`", "02_two") == "[Fig. 1.1](01_one.ipynb)"
    assert small.flatten("{eq}`eq-one-sum`", "02_two") == "[(1.1)](01_one.ipynb)"


def test_a_figure_keeps_its_caption(small):
    texts = ["".join(cell["source"]) for cell in small.copy("01_one")["cells"]]
    assert texts[-2:] == ["draw()", "**Fig. 1.1** A *bold* word."]


@pytest.mark.parametrize("text", ["```{tab-set}\nx\n```", "{guilabel}`x`", "{cite:p}`nobody`"])
def test_what_it_does_not_know_it_refuses(small, text):
    with pytest.raises((ValueError, KeyError)):
        small.flatten(text, "01_one")


def test_the_copies_parse():
    for stem in STEMS:
        for source in cells(student.COPIES / f"{stem}.ipynb", "code"):
            ast.parse(TransformerManager().transform_cell(source))


@pytest.fixture(scope="module")
def only_the_wheel(wheel, tmp_path_factory):
    """The settings under which Python finds colorlib as the wheel brings it, and no repository."""
    installed = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(installed)
    settings = CLEAN | {"PYTHONPATH": str(installed), "COLORLIB_TIER": "smoke"}
    where = [sys.executable, "-c", "import colorlib; print(colorlib.__file__)"]
    assert Path(run(where, cwd=installed, env=settings).strip()).is_relative_to(installed)
    return settings


@pytest.mark.parametrize(
    "stem",
    [stem if stem in QUICK else pytest.param(stem, marks=pytest.mark.soak) for stem in STEMS],
)
def test_a_copy_with_nothing_filled_in_shows_all_it_speaks_of(
    stem, copier, only_the_wheel, tmp_path
):
    """From top to bottom, in an empty folder, where there is colorlib and no repository."""
    path = Path(shutil.copy(student.COPIES / f"{stem}.ipynb", tmp_path))
    cells = run_notebook(path, sys.executable, settings=only_the_wheel)["cells"]
    drawn = [figure for figure in map(student.figure_of, copier.books[stem]["cells"]) if figure]
    captions = {copier.caption(each["name"], each["caption"], stem) for each in drawn}
    seen = set()
    for cell, following in zip(cells, [*cells[1:], {}], strict=True):
        outputs = cell.get("outputs", [])
        for output in outputs:
            data = output.get("data", {})
            said = "".join([*output.get("text", ""), *data.get("text/markdown", "")])
            assert not ABSENT.search(said), said
        if (caption := "".join(following.get("source", ""))) in captions:
            seen.add(caption)
            assert any("image/png" in output.get("data", {}) for output in outputs), caption
    assert seen == captions
