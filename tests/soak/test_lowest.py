"""The library's tests, with the lowest versions that pyproject.toml allows, and with others.

The lock has other versions for other Pythons: a package may be newer there by a year.
"""

import sys
import tomllib

import environments
import pytest
from environments import run
from packaging.requirements import Requirement
from packaging.version import Version

from tools import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LIBRARY, TESTS = PROJECT["dependencies"], PROJECT["optional-dependencies"]["test"]
ROOMS = {path.stem for path in (ROOT / "colorlib").rglob("*.py")} | {"widgets", "designs"}
# Tests of the library are named after its modules; the others need the tools' packages, too.
FILES = [
    path
    for path in sorted((ROOT / "tests" / "library").glob("test_*.py"))
    if path.stem.split("_")[1] in ROOMS
]
SURVIVAL = ROOT / "tests" / "library" / "test_survival.py"
WANTED = [*LIBRARY, *(line for line in TESTS if line.startswith("pytest"))]
SETTINGS = environments.CLEAN | {"PYTHONPATH": str(ROOT)}
QUICK = [path for path in FILES if path.stem.split("_")[1] in ("files", "images", "widgets")]


@pytest.fixture(scope="module")
def lowest(tmp_path_factory):
    """Python of an environment with the lowest versions, and pytest."""
    folder = tmp_path_factory.mktemp("lowest")
    (folder / "wanted.txt").write_text("\n".join(WANTED))
    # A newer Python may have no wheels of the lowest versions.
    _, base = environments.interpreter("3.11", "3.12")
    options = ["--resolution", "lowest-direct", "--only-binary", ":all:"]
    return environments.make(
        folder / "venv", base, *options, "--requirement", folder / "wanted.txt"
    )


def test_the_versions_are_the_lowest(lowest):
    installed = environments.installed(lowest)
    for line in map(Requirement, LIBRARY):
        (bound,) = (each.version for each in line.specifier if each.operator == ">=")
        assert Version(installed[line.name]) == Version(bound), line


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(["-m", "core", *FILES], id="core"),
        pytest.param(QUICK, id="quick"),
        pytest.param(FILES, id="all", marks=pytest.mark.soak),
    ],
)
def test_the_library_works_with_them(lowest, chosen):
    command = [lowest, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *chosen]
    assert " passed" in run(command, cwd=ROOT, env=SETTINGS, timeout=2400)


@pytest.mark.soak
def test_the_library_works_with_the_newest_python(tmp_path):
    _, base = environments.interpreter("3.13", "3.12")
    lock = "--require-hashes", "--requirement", ROOT / "requirements.lock"
    python = environments.make(tmp_path / "venv", base, *lock)
    command = [python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *FILES]
    assert " passed" in run(command, cwd=ROOT, env=SETTINGS, timeout=2400)


@pytest.mark.soak
def test_what_holds_on_every_backend_holds_on_pytorch(tmp_path):
    """PyTorch takes gigabytes, so `make setup` does without."""
    (tmp_path / "wanted.txt").write_text("\n".join([*WANTED, "torch"]))
    wanted = "--requirement", tmp_path / "wanted.txt"
    python = environments.make(tmp_path / "venv", sys.executable, *wanted)
    pytest_with = [python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider"]
    torch = SETTINGS | {"KERAS_BACKEND": "torch"}
    run([*pytest_with, "-m", "core", *FILES, SURVIVAL], cwd=ROOT, env=torch, timeout=1200)
    run([*pytest_with, "tests/library/test_backends.py", "-k", "torch"], cwd=ROOT, env=SETTINGS)
