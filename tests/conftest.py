"""Shared by all tests: quiet frameworks, the bundled photos, a browser."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("COLORLIB_PLACEHOLDER", "1")  # the kit under test belongs to nobody yet

import browsing
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


@pytest.fixture(scope="session")
def site():
    """Folder of the built site; built now if its sources have changed since."""
    root = Path(__file__).parent.parent
    from tools.site import book

    subprocess.run([sys.executable, "-m", "tools.site.book", "build"], cwd=root, check=True)
    return book.SITE


@pytest.fixture(scope="session")
def published(site):
    """The folder that `make publish` leaves for a host."""
    from tools.site import book

    book.publish()
    return book.BUILD / "publish"


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
    command = [sys.executable, "-m", "uv", "build", "--wheel", "--quiet", "--out-dir", folder]
    subprocess.run([*command, Path(__file__).parent.parent], check=True)
    (built,) = folder.glob("*.whl")
    return built
