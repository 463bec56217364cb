"""Shared by all tests: quiet frameworks, the bundled photos, a browser."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Else TensorFlow's work on a CPU keeps what it once took, and two test processes need 14 GB.
os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
os.environ.setdefault("COLORLIB_PLACEHOLDER", "1")  # the kit under test belongs to nobody yet

import browsing
import filelock
import numpy as np
import pytest

from tools import ROOT


def alone(tmp_path_factory, name):
    """Keep the other test processes out: both would build in the same folder of the checkout."""
    return filelock.FileLock(tmp_path_factory.getbasetemp().parent / f"{name}.lock")


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


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Folder of the built site; built now if its sources have changed since."""
    from tools.site import book

    with alone(tmp_path_factory, "site"):
        subprocess.run([sys.executable, "-m", "tools.site.book", "build"], cwd=ROOT, check=True)
    return book.SITE


@pytest.fixture(scope="session")
def published(site, tmp_path_factory):
    """The folder that `make publish` leaves for a host."""
    from tools.site import book

    folder = tmp_path_factory.mktemp("host") / "publish"
    book.publish(folder)
    return folder


@pytest.fixture(scope="session")
def address(published):
    handler = functools.partial(browsing.Handler, directory=published)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser(chromium):
    """One browser for all tests: Playwright allows only one at a time in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """What an installation of colorlib brings."""
    folder = tmp_path_factory.mktemp("wheel")
    # By way of the source archive: setuptools would leave in a wheel what `build/` still holds.
    build = ["build", "--no-build-isolation", "--quiet"]
    command = [sys.executable, "-m", "uv", *build, "--out-dir", folder]
    with alone(tmp_path_factory, "wheel"):
        subprocess.run([*command, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    return built
