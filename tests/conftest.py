"""Shared by all tests: quiet frameworks, the bundled photos, a browser."""

import os
import shutil

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest


@pytest.fixture(scope="session")
def commons():
    """The bundled photo set."""
    from colorlib import photoset

    return photoset.commons()


@pytest.fixture(scope="session")
def photos(commons):
    """Eight bundled photos, uint8 (8, 256, 256, 3)."""
    return np.array(commons.photos[commons.validation[:8]])


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser. Without one, page tests are left out by name, except in CI."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no browser: CI must install Debian's chromium")
    if path is None:
        pytest.skip("no browser (chromium) found: this page check is left out")
    return path
