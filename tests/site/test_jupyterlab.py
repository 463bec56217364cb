"""`make lab`, as a student meets it: in a browser."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from tools import ROOT


@pytest.fixture
def server(tmp_path):
    """Address of a JupyterLab started with `make lab`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--no-browser --port={port} --ip=127.0.0.1 --IdentityProvider.token=''"
    if hasattr(os, "getuid") and os.getuid() == 0:
        options += " --allow-root"
    with open(tmp_path / "log", "w+") as log:
        process = subprocess.Popen(
            ["make", "lab", f"OPTIONS={options}"],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env=os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)},
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(120):
                assert process.poll() is None, (tmp_path / "log").read_text()
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=5)
                    break
                except OSError:
                    time.sleep(0.5)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def test_the_quickstart_opens_and_its_first_cell_runs(browser, server):
    page = browser.new_page()
    page.goto(f"{server}/lab/tree/00_quickstart.ipynb", timeout=60_000)
    title = page.get_by_role("heading", name="Quickstart: a grey photo gets its colours")
    expect(title).to_be_visible(timeout=60_000)
    first = page.locator(".jp-CodeCell").first
    expect(first).to_contain_text("from colorlib")
    # Only a kernel that is ready runs what is asked of it.
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    # JupyterLab may still be drawing the notebook and lose the keys: as a person does, press again.
    prompt = first.locator(".jp-InputPrompt")
    for _ in range(12):
        first.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        try:
            expect(prompt).not_to_have_text("[ ]:", timeout=5_000)
            break
        except AssertionError:
            continue
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    expect(first.locator(".jp-OutputArea-output")).to_have_count(0)  # no error
    page.close()
