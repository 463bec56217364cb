"""The chapters keep to their form, and nobody has to read for longer than 90 minutes."""

import json
import re

import pytest

from colorlib.files import read_json
from tools import ROOT
from tools.site import pages

MASTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WORDS, MINUTES = 7000, 90  # at most
STRETCH = 15  # cells without a line of one's own, at most


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def words(path):
    """Words of prose, captions too: no formulas, code, addresses, directives or roles."""
    drawn = [cell["metadata"].get("mystnb", {}).get("figure", {}) for cell in cells(path, "code")]
    captions = [figure["caption"] for figure in drawn if figure]
    text = "\n\n".join([source(cell) for cell in cells(path, "markdown")] + captions)
    directive = r"^(`{3,}|:{3,})\{[\w-]+\}[^\n]*\n(.*?)^\1 *$"
    text = re.sub(directive, r"\2", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]+\$", "", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)|^:[\w-]+:.*$|\{[\w:]+\}`[^`]*`", "", text, flags=re.MULTILINE)
    return len(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text))


def figures(path):
    """(name, alt text) of every captioned figure, drawn by a cell or put into the Markdown."""
    for cell in cells(path, "code"):
        drawn = cell["metadata"].get("mystnb", {})
        if "figure" in drawn:
            assert drawn["figure"]["caption"].strip(), f"{path.stem}: a figure without caption"
            yield drawn["figure"]["name"], drawn.get("image", {}).get("alt", "")
    for cell in cells(path, "markdown"):
        for kind, options in re.findall(
            r"^(?:`{3,}|:{3,})\{(figure|interactive|film)\}((?:.*\n)(?:^:[\w-]+:.*\n)*)",
            source(cell),
            re.MULTILINE,
        ):
            named = re.search(r"^:name: (.+)$", options, re.MULTILINE)
            alt = re.search(r"^:alt: (.+)$", options, re.MULTILINE)
            name = named[1] if named else f"{kind}-{options.split()[0]}"
            yield name, alt[1] if alt else ""


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_chapter_is_not_too_long(path):
    assert words(path) <= WORDS
    notebook = json.loads(path.read_text(encoding="utf-8"))
    seconds = max(tier["seconds"].get(path.stem, 0) for tier in read_json(pages.RUNTIMES).values())
    assert pages.reading_minutes(notebook) + seconds / 60 <= MINUTES


@pytest.mark.parametrize("path", MASTERS[1:], ids=lambda path: path.stem)
def test_a_student_writes_before_long(path):
    """Before the exercises, too: small tasks are judged on the way."""
    notebook, stretch, longest = json.loads(path.read_text(encoding="utf-8")), 0, 0
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "exercises" in tags:
            break
        stretch += "remove-cell" not in tags
        longest = max(longest, stretch)
        if any(tag.startswith("check:") for tag in tags):
            stretch = 0
    assert longest <= STRETCH


def test_figures_have_names_of_their_own_and_say_what_they_show():
    found = [(path.stem, *figure) for path in MASTERS for figure in figures(path)]
    names = [name for _, name, _ in found]
    assert sorted(names) == sorted(set(names))
    for stem, name, alt in found:
        assert len(alt.split()) >= 5, f"{stem}: {name} needs an alt text"


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_the_first_cell_is_title_and_promise(path):
    first, *others = cells(path, "markdown")
    assert re.match(r"# .+\n\n\*\*The promise of this chapter:\*\* ", source(first))
    assert "**Time:**" in source(first) or "**Time" in source(first)
    for cell in others:
        assert not re.search(r"^# ", source(cell), re.MULTILINE), "one title a chapter"
