"""Colab, proven without Colab: its versions, the setup cell, and every chapter twice."""

import importlib.metadata
import re
import tomllib
import warnings

import environments
import pytest
from environments import UV, run
from packaging.requirements import Requirement

from tools import ROOT
from tools.classroom import exercises, student
from tools.site import book

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = ROOT / "tests" / "colab.txt"
# Colab's Python, and what comes nearest where that cannot be had.
PYTHONS = ("3.13", "3.12", "3.11")
# The others take as long again each; `make soak` runs them all.
QUICK = ("01_lab", "06_evaluation")
STEMS = [
    pytest.param(path.stem, marks=[] if path.stem in QUICK else pytest.mark.soak)
    for path in sorted(student.COPIES.glob("*.ipynb"))
]
# What the setup cell adds. IPython needs jedi, but Colab leaves it out.
ADDED = {"colorlib", "jedi", "av"}
VERDICT = re.compile(r"^\W*(correct|complete|not yet|not attempted)\b")


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """Python of a fresh environment with Colab's versions, without colorlib."""
    version, base = environments.interpreter(*PYTHONS)
    if version != PYTHONS[0]:
        warnings.warn(f"Colab runs Python {PYTHONS[0]}; here it is {version}", stacklevel=1)
    folder = tmp_path_factory.mktemp("colab") / "venv"
    return environments.make(folder, base, "--no-deps", "--requirement", PINS)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Address of a repository that holds the working tree as it is, committed or not."""
    folder = tmp_path_factory.mktemp("repository")
    git = ["git", "--git-dir", folder, "--work-tree", ROOT, "-c", "user.name=test"]
    run(["git", "init", "--quiet", "--bare", folder])
    run([*git, "add", "--all"], cwd=ROOT)
    run([*git, "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "now"], cwd=ROOT)
    return folder.as_uri()


def pins():
    lines = PINS.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_colab_satisfies_what_colorlib_asks_for():
    has = {pin.name.lower(): str(pin.specifier).removeprefix("==") for pin in pins()}
    for wanted in map(Requirement, PROJECT["dependencies"]):
        assert wanted.name in has, f"add Colab's {wanted.name} and what it needs to {PINS}"
        assert wanted.specifier.contains(has[wanted.name]), f"Colab has {has[wanted.name]}"


def test_the_widgets_work_on_colabs_ipywidgets(colab):
    assert environments.installed(colab)["ipywidgets"].startswith("7.7.")
    assert importlib.metadata.version("ipywidgets").startswith("8."), "the usual tests want 8"
    files = sorted((ROOT / "tests" / "library").glob("test_widgets_*.py"))
    assert files
    command = [colab, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *files]
    assert " passed" in run(command, cwd=ROOT, env=environments.CLEAN | {"PYTHONPATH": str(ROOT)})


def test_films_work_with_the_pyav_that_colab_gets(colab):
    """The newest one for its Python; the lock may have another for the Python of these tests."""
    wanted = PROJECT["optional-dependencies"]["film"]
    run([*UV, "pip", "install", "--quiet", "--python", colab, *wanted])
    file = ROOT / "tests" / "library" / "test_film.py"
    command = [colab, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", file, "-k", "shape_stay"]
    assert " passed" in run(command, cwd=ROOT, env=environments.CLEAN | {"PYTHONPATH": str(ROOT)})


@pytest.mark.parametrize("stem", STEMS)
def test_a_chapter_runs_and_changes_nothing_that_colab_has(stem, colab, repository, tmp_path):
    run([*UV, "pip", "uninstall", "--quiet", "--python", colab, *ADDED])
    before = environments.installed(colab)
    best = {
        each.name: "complete" if each.kind == "graded by hand" else "correct"
        for each in exercises.of_the_book()
        if each.chapter == stem
    }
    path = tmp_path / "notebooks" / f"{stem}.ipynb"
    path.parent.mkdir()
    for answers, expected in ((), dict.fromkeys(best, "not attempted")), (best, best):
        path.write_text(student.write(copy_of(stem, repository, answers)), encoding="utf-8")
        smoke = environments.CLEAN | {"COLORLIB_TIER": "smoke"}
        shown = environments.run_notebook(path, colab, settings=smoke)
        assert verdicts(shown, best) == expected
    after = environments.installed(colab)
    assert {name: after.get(name) for name in before} == before
    assert "colorlib" in after and set(after) - set(before) <= ADDED


def copy_of(stem, repository, answers):
    """A student's notebook that installs from `repository`, with solutions to some exercises."""
    notebook = student.read(student.COPIES / f"{stem}.ipynb")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    setup = "".join(code[0]["source"])
    assert f"git+{book.repository()}" in setup
    code[0]["source"] = setup.replace(book.repository(), repository)
    solutions = {
        each.name: exercises.solution_of(each, exercises.SAMPLE) for each in exercises.of_the_book()
    }
    for cell in code:
        role, _, name = (student.tag_of(cell) or "").partition(":")
        if role == "stub" and name in answers:
            cell["source"] = solutions[name]
    return notebook


def verdicts(notebook, names):
    """What the check cells of these exercises said: {name: verdict}; those of tasks print."""
    said = {}
    for cell in notebook["cells"]:
        role, _, name = (student.tag_of(cell) or "").partition(":")
        if role == "check" and name in names:
            text = "".join(cell["outputs"][-1]["data"]["text/plain"])
            said[name] = VERDICT.match(text)[1] if VERDICT.match(text) else text
    return said
