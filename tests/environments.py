"""Fresh virtual environments for tests that need other packages than those here."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

UV = [sys.executable, "-m", "uv"]
# What would make a process in another environment find the packages or settings of this one.
PRIVATE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "KERAS_BACKEND", "COLORLIB_CHECKS")
PUBLIC = {name: value for name, value in os.environ.items() if name not in PRIVATE}
CLEAN = PUBLIC | {"UV_PYTHON_DOWNLOADS": "never", "UV_COMPILE_BYTECODE": "0"}


def run(command, **options):
    """Run a command without this environment's settings; its output, or a failure that shows it."""
    options = {"env": CLEAN, "timeout": 900} | options
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


def interpreter(*versions):
    """The first of these Python versions that is on this machine, as (version, path)."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for version in versions:
        found = subprocess.run(
            [*UV, "python", "find", "--system", version], env=CLEAN, capture_output=True, text=True
        )
        candidates = [found.stdout.strip(), shutil.which(f"python{version}")]
        candidates += sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)
        for path in filter(None, candidates):
            # pyenv's shims are there even for versions that cannot run.
            works = subprocess.run([path, "-c", "import ssl, venv"], capture_output=True)
            if works.returncode == 0:
                return version, Path(path)
    raise AssertionError(f"none of Python {', '.join(versions)} is on this machine")


def make(folder, base, *install):
    """A new environment; `install` is what follows `uv pip install`. Returns its Python."""
    python = Path(folder) / "bin" / "python"
    run([*UV, "venv", "--quiet", "--python", base, folder])
    run([*UV, "pip", "install", "--quiet", "--python", python, *install])
    return python


def installed(python):
    """The packages of an environment: {name: version}."""
    listed = run([*UV, "pip", "list", "--quiet", "--python", python, "--format", "json"])
    return {package["name"]: package["version"] for package in json.loads(listed)}


def run_notebook(path, python, before=(), settings=CLEAN):
    """Run a notebook where it lies, with the kernel of another environment.

    Parameters
    ----------
    path : path-like
    python : path-like
        Of the other environment.
    before : sequence of str
        What goes before the command that runs the notebook.
    settings : dict
        Environment variables.

    Returns
    -------
    dict
        The notebook with its outputs; a cell that raises is a failure.
    """
    prefix = Path(path).parent / "kernel"
    run([python, "-m", "ipykernel", "install", "--prefix", prefix, "--name", "other"])
    target = Path(path).with_suffix(".out.ipynb")
    options = ["--kernel", "other", "--cwd", target.parent, "--execution-timeout", "300"]
    command = [sys.executable, "-m", "papermill", path, target, "--no-progress-bar", *options]
    jupyter = {"JUPYTER_PATH": str(prefix / "share" / "jupyter")}
    run([*before, *command], env=settings | jupyter)
    return json.loads(target.read_text(encoding="utf-8"))
