"""The library's tests, with the lowest versions that pyproject.toml allows."""

import tomllib

import environments
import pytest
from environments import ROOT, run
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LIBRARY, TESTS = PROJECT["dependencies"], PROJECT["optional-dependencies"]["test"]
ROOMS = {path.stem for path in (ROOT / "colorlib").rglob("*.py")} | {"widgets"}
# Tests of the library are named after its modules; the others need the tools' packages, too.
FILES = [
    path for path in sorted((ROOT / "tests").glob("test_*.py")) if path.stem.split("_")[1] in ROOMS
]
QUICK = [path for path in FILES if path.stem.split("_")[1] in ("files", "images", "widgets")]


@pytest.fixture(scope="module")
def lowest(tmp_path_factory):
    """Python of an environment with the lowest versions, and pytest."""
    folder = tmp_path_factory.mktemp("lowest")
    wanted = [*LIBRARY, *(line for line in TESTS if line.startswith("pytest"))]
    (folder / "wanted.txt").write_text("\n".join(wanted))
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
    settings = environments.CLEAN | {"PYTHONPATH": str(ROOT)}
    assert " passed" in run(command, cwd=ROOT, env=settings, timeout=2400)
