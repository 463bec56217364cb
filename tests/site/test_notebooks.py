"""The chapters explain more than they compute, in small steps and with pictures."""

import ast
import json
import re
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parents[2]
MASTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = [path for path in MASTERS if not path.stem.startswith("00")]
WORDS_PER_LINE = 8
FUNCTION_LINES = 10
FIGURES, WORDS = 8, 1500


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


def code_lines(path):
    """Lines that are neither empty nor only a comment."""
    lines = [line.strip() for cell in cells(path, "code") for line in source(cell).splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def figures(path):
    """(name, alt text) of every captioned figure, drawn by a cell or put into the Markdown."""
    for cell in cells(path, "code"):
        drawn = cell["metadata"].get("mystnb", {})
        if "figure" in drawn:
            assert drawn["figure"]["caption"].strip(), f"{path.stem}: a figure without caption"
            yield drawn["figure"]["name"], drawn.get("image", {}).get("alt", "")
    for cell in cells(path, "markdown"):
        for kind, options in re.findall(
            r"^(?:`{3,}|:{3,})\{(figure|interactive)\}((?:.*\n)(?:^:[\w-]+:.*\n)*)",
            source(cell),
            re.MULTILINE,
        ):
            named = re.search(r"^:name: (.+)$", options, re.MULTILINE)
            alt = re.search(r"^:alt: (.+)$", options, re.MULTILINE)
            name = named[1] if named else f"{kind}-{options.split()[0]}"
            yield name, alt[1] if alt else ""


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_more_is_said_than_computed(path):
    spoken, computed = words(path), len(code_lines(path))
    assert spoken >= WORDS_PER_LINE * computed, f"{spoken} words for {computed} lines of code"


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_long_functions_live_in_the_library(path):
    for cell in cells(path, "code"):
        tree = ast.parse(TransformerManager().transform_cell(source(cell)))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                length = node.end_lineno - node.lineno + 1
                assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_figures_and_words(path):
    assert len(list(figures(path))) >= FIGURES
    assert words(path) >= WORDS


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
