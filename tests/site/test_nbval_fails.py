"""The chapters' assertions bite: where colorlib is broken, the chapter that explains it fails."""

import os
import shutil
import subprocess
import sys

import pytest

from tools import ROOT

# What is wrong, in which module, by which change; which chapter says otherwise, and how.
BREAKS = {
    "a and b are swapped": (
        *("lab.py", "500 * (x - y), 200 * (y - z)]", "200 * (y - z), 500 * (x - y)]"),
        *("01_lab", "assert_allclose(lab.rgb_to_lab(parrot[200, 190]), by_hand"),
    ),
    "ab is divided by 100": (
        *("lab.py", "AB_DIVISOR = 128.0", "AB_DIVISOR = 100.0"),
        *("01_lab", "far enough from where tanh is flat"),
    ),
    "photos are never mirrored": (
        *("augment.py", "ops.where(k % 2 == 1, last - x, x)", "x"),
        *("02_photos", "two transforms are the same"),
    ),
    "the network does not end in tanh": (
        *("designs/paper.py", 'layers.Activation("tanh"', 'layers.Activation("linear"'),
        *("04_network", "assert np.allclose(our_ab, library_ab"),
    ),
    "AuC is always the same": (
        *("metrics.py", "return float(np.trapezoid(covered[:151] / covered[-1]) / 150)"),
        *("return 0.9", "06_evaluation", "assert np.isclose(by_hand, metrics.auc("),
    ),
}


@pytest.fixture
def library(tmp_path):
    """A copy of colorlib that imports come upon first; its data stay where they are."""
    copy = tmp_path / "colorlib"
    shutil.copytree(ROOT / "colorlib", copy, ignore=shutil.ignore_patterns("data", "__pycache__"))
    (copy / "data").symlink_to(ROOT / "colorlib" / "data")
    return copy


@pytest.mark.parametrize("what", BREAKS)
def test_a_broken_library_fails_its_chapter(library, what):
    module, old, new, chapter, assertion = BREAKS[what]
    source = (library / module).read_text(encoding="utf-8")
    assert old in source, f"{module} has changed: mend this test"
    (library / module).write_text(source.replace(old, new), encoding="utf-8")

    options = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", "200", "-x"]
    command = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"notebooks/{chapter}.ipynb"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(library.parent), "COLORLIB_TIER": "smoke"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "AssertionError" in done.stdout and assertion in done.stdout, done.stdout
