"""The project's own files keep the promises they make to each other."""

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
import tomllib
import zipfile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from tools import ROOT
from tools.site import book

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# The rooms, ground floor first: a module imports only what stands before it.
FLOORS = (
    "files tables machine devices lab bins images plates curation photoset unsplash augment "
    "efficientnet_lite extractors embeddings inputs losses metrics baselines designs anatomy "
    "weights recipes batches runs published optimizers monitor training colorizer evaluation "
    "ablation export film figures survey widgets checks cli"
).split()


BINARY = (".jpg", ".png", ".mp4", ".h5", ".npz")

# Lines of code, without docstrings, comments and blank lines. A ceiling may sink and not rise: it
# is a feature to be small, and nobody keeps to a size that is not measured.
CEILINGS = {
    "what the chapters teach": (
        2936,
        "colorlib/{lab,bins,augment,extractors,efficientnet_lite,embeddings,inputs,losses,metrics,"
        "baselines,anatomy,recipes,batches,training,monitor,optimizers,colorizer,evaluation,"
        "ablation,figures,tables,designs/*}.py",
    ),
    "machinery": (
        1914,
        "colorlib/{files,images,curation,photoset,unsplash,runs,weights,machine,devices,cli,published}.py",
    ),
    "films, other runtimes, asking people": (651, "colorlib/{film,export,survey}.py"),
    "devices": (60, "colorlib/devices.py"),
    "tools": (4390, "tools/{*,site/*,classroom/*,measure/*}.py"),
}


def requirements():
    extras = PROJECT["optional-dependencies"].values()
    return [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]


def test_environment_yml_is_in_step():
    text = (ROOT / "environment.yml").read_text()
    listed = re.findall(r"^      - (.+)$", text, re.MULTILINE)
    assert sorted(listed) == sorted([*requirements(), "-e ."])
    assert f"python{PROJECT['requires-python']}" in text


def test_requirements_are_lower_bounds():
    for line in requirements():
        operators = {specifier.operator for specifier in Requirement(line).specifier}
        assert ">=" in operators, line
        assert operators <= {">=", "<"}, line


def test_the_lock_satisfies_the_requirements():
    lock = (ROOT / "requirements.lock").read_text()
    pins = {}
    for name, version in re.findall(r"^([\w.-]+)==([^ ;\\]+)", lock, re.MULTILINE):
        pins.setdefault(name, []).append(Version(version))
    for line in requirements():
        wanted = Requirement(line)
        assert pins.get(wanted.name.lower()), line
        assert all(wanted.specifier.contains(pin) for pin in pins[wanted.name.lower()]), line
    assert "--hash=sha256:" in lock
    assert "://" not in lock, "the lock names an address"


def test_workflows_pin_actions_and_ask_for_few_rights():
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {}, path
        for name, job in workflow["jobs"].items():
            writes = {right for right, extent in job["permissions"].items() if extent == "write"}
            assert writes == ({"pages", "id-token"} if name == "deploy" else set()), name
            for step in job["steps"]:
                action = step.get("uses", "")
                assert re.fullmatch(r"(actions/[\w-]+@[0-9a-f]{40})?", action), action
                assert not (writes and "run" in step), "who may write runs nothing of ours"
                if "checkout@" in action:
                    assert step["with"]["persist-credentials"] is False


def test_what_builds_is_in_the_lock():
    """Nothing is installed without a hash: neither uv nor what builds the wheel."""
    made = (ROOT / "Makefile").read_text()
    installs = [line for line in made.splitlines() if "pip install" in line]
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-build-isolation" in line for line in installs)
    assert re.search("^uv==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert re.search("^setuptools==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


OWN_PAGES = ("_static/**/*", "book/**/*", "tools/**/*", "colorlib/widgets/*")


def test_own_pages_need_no_inline_handlers_and_no_eval():
    """What a strict content policy would forbid of what we write; the theme is another matter."""
    files = {path for place in OWN_PAGES for path in ROOT.glob(place)}
    files = {path for path in files if path.suffix in (".py", ".js", ".mjs", ".md", ".html")}
    assert any(path.suffix == ".mjs" for path in files)
    handler = r"<\w+[^<>]*\son[a-z]+\s*=|setAttribute\(.on[a-z]+"
    evaluated = r"\beval\(|new Function\b|javascript:|set(Timeout|Interval)\(\s*[\"'`]"
    for path in files:
        found = re.search(f"{handler}|{evaluated}", path.read_text(encoding="utf-8"))
        assert not found, f"{path}: {found[0]}"


def sources():
    """The library's files as (floor, path): a package's modules all live on its floor."""
    for path in sorted((ROOT / "colorlib").rglob("*.py")):
        room = path.relative_to(ROOT / "colorlib").parts[0].removesuffix(".py")
        if room != "__init__":
            yield FLOORS.index(room), path


def test_modules_import_only_what_is_below_them():
    assert {FLOORS[floor] for floor, _ in sources()} == set(FLOORS)
    for floor, path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "colorlib":
                used = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("colorlib."):
                used = [node.module.split(".")[1]]
            else:
                continue
            below = {*FLOORS[:floor], path.parent.name}  # a package's modules share their floor
            assert set(used) <= below, f"{path} imports {used}"


def code_lines(path):
    """How many lines of a file hold code."""
    text = path.read_text(encoding="utf-8")
    silent = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
        *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
    }
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            lines.difference_update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


@pytest.mark.parametrize("part", CEILINGS)
def test_it_stays_small(part):
    ceiling, pattern = CEILINGS[part]
    before, names, after = re.match(r"([^{]*)(?:\{(.*)\})?(.*)", pattern).groups()
    files = {path for name in (names or "").split(",") for path in ROOT.glob(before + name + after)}
    assert files
    counted = sum(map(code_lines, files))
    assert counted <= ceiling, f"{counted} lines of code"
    assert counted > 0.95 * ceiling or part == "devices", f"{counted}: let the ceiling sink"


def test_only_keras_in_the_library():
    for _, path in sources():
        if path.name == "devices.py":  # Keras leaves it to TensorFlow and JAX to share batches
            continue
        frameworks = r"^\s*(import|from) (tensorflow|jax|torch|pickle)\b|allow_pickle=True"
        assert not re.search(frameworks, path.read_text(), re.MULTILINE), path


def test_import_is_quick():
    code = "import sys, colorlib; sys.exit('keras' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_tool_starts_without_what_pytest_adds_to_the_path():
    here = [path.relative_to(ROOT) for path in (ROOT / "tools").rglob("*.py")]
    names = [".".join(path.with_suffix("").parts) for path in here if "private" not in str(path)]
    assert len(names) > 30
    subprocess.run([sys.executable, "-c", f"import {', '.join(names)}"], cwd=ROOT, check=True)


def test_a_tool_says_in_a_line_what_a_person_can_mend():
    for raised, said in (("files.UserError('wrong: mend it')", "wrong: mend it\n"),
                         ("KeyboardInterrupt", "\ninterrupted\n")):  # fmt: skip
        code = f"import tools; from colorlib import files; raise {raised}"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode and done.stderr == said


def test_public_functions_are_documented():
    for _, path in sources():
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_":
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_the_page_of_the_library_shows_every_room():
    page = (ROOT / "book" / "api.md").read_text(encoding="utf-8")
    for _, path in sources():
        room = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        if not room.startswith(("colorlib.cli", "colorlib.widgets", "colorlib.checks")):
            shown = room.removesuffix(".__init__")
            assert f".. automodule:: {shown}\n" in page, shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_in_normal_form(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    lengths = []
    for number, cell in enumerate(notebook["cells"]):
        assert cell["id"] == f"cell-{number:02d}"
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            lengths.append(len("".join(cell["source"]).splitlines()))
    assert sorted(lengths)[int(0.95 * len(lengths))] <= 15
    written = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert path.read_text(encoding="utf-8") == written


def test_the_training_notebook_begins_with_its_parameters():
    notebook = json.loads((ROOT / "notebooks" / "05_training.ipynb").read_text(encoding="utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert first["metadata"]["tags"] == ["parameters"]
    names = {
        target.id for node in ast.parse("".join(first["source"])).body for target in node.targets
    }
    assert names >= {
        *("tier", "photo_set", "extractor", "size", "epochs"),
        *("batch_size", "precision", "run_folder", "seed"),
    }


def tracked_texts():
    """(name, text) of every file that is committed and can be read."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix not in BINARY and path.exists():
            yield name, path.read_text(encoding="utf-8")


def test_nothing_speaks_of_this_machine():
    for name, text in tracked_texts():
        if name != "tests/test_project.py":
            assert not re.search(r"/(root|home|work)/[a-z]", text), name


def test_the_address_stands_in_one_place():
    owner_and_name = "/".join(book.repository().split("/")[-2:])
    for name, text in tracked_texts():
        if name != "_config.yml" and not name.startswith("notebooks/student/"):
            assert owner_and_name not in text, name


def test_the_wheel_brings_everything_and_stays_small(wheel):
    assert wheel.stat().st_size < 60e6
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "colorlib/cli.py",
        "colorlib/data/commons/credits.csv",
        "colorlib/data/exercises.json",
        "colorlib/data/extractors/efficientnet_lite0.weights.h5",
        "colorlib/data/weights/colorizer.weights.h5",
        "colorlib/data/weights/colorizer.json",
    ):
        assert needed in names
    assert sum(name.startswith("colorlib/data/commons/commons-") for name in names) == 750
    assert not any(name.startswith(("tests/", "tools/", "notebooks/")) for name in names)
