"""`make book` and `make publish`: build the site, and ready a folder for any static host.

    python -m tools.site.book build      the site in _build/html
    python -m tools.site.book publish    the folder _build/publish

A build starts afresh and keeps only what notebooks showed, and even that only while nothing changed
that they could show: colorlib and its published results, the packages. `_build/stamp.json` says
what a finished site was built from; while that is still so, there is nothing to do.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from colorlib.files import UserError
from tools import ROOT

BUILD = ROOT / "_build"
SITE = BUILD / "html"
STAMP = BUILD / "stamp.json"
NOBODY = "example"  # whose repository the kit names until somebody publishes it
SHOWN = ("colorlib/**/*", "requirements.lock")
SITE_ONLY = (
    *("notebooks/*.ipynb", "notebooks/student/*.ipynb", "book/**/*", "_static/**/*"),
    *("_config.yml", "_toc.yml", "package-lock.json"),
    *("tools/site/vendor.py", "tools/site/widgets.js"),
)
# What a host does not need: build notes, source maps, fonts that no browser of today asks for.
UNPUBLISHED = (
    *("reports", ".buildinfo*", "*webpack-macros.html", "*.map", "*.ttf"),
    *("fontawesome.js*", "sphinx-thebe*", "locales"),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("build", "publish"))
    chosen = parser.parse_args()
    if chosen.what == "publish":
        require_address()
    build()
    if chosen.what == "publish":
        publish()


def build():
    if is_fresh():
        print(f"nothing changed since {SITE.relative_to(ROOT)} was built")
        return
    before = json.loads(STAMP.read_text()) if STAMP.exists() else {}
    STAMP.unlink(missing_ok=True)
    for folder in (SITE, BUILD / ".doctrees", BUILD / "jupyter_execute"):
        shutil.rmtree(folder, ignore_errors=True)
    if before.get("shown") != stamp()["shown"]:
        shutil.rmtree(BUILD / ".jupyter_cache", ignore_errors=True)
    shutil.rmtree(ROOT / "notebooks" / "runs" / "smoke", ignore_errors=True)
    subprocess.run([sys.executable, "-m", "tools.site.vendor"], cwd=ROOT, check=True)
    built_from = stamp()
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    options = ["-n", "-W", "--keep-going", "--quiet"]
    # A progress bar would be a second output of a cell with a figure. Where tqdm believes to be in
    # Spyder, it writes its bars to stderr, which the site leaves out.
    environment = os.environ | {"COLORLIB_TIER": "smoke", "SPYDER_": "no"}
    if subprocess.run([*command, *options], env=environment).returncode:
        sys.exit("the site was not built: see the warnings above")
    (SITE / "index.html").write_text(INDEX.format(first=f"{read_yaml('_toc.yml')['root']}.html"))
    STAMP.write_text(json.dumps(built_from, indent=1) + "\n")
    print(f"the site: {SITE / 'index.html'}")


def is_fresh():
    """Whether the built site is what the sources would give."""
    return STAMP.exists() and SITE.exists() and json.loads(STAMP.read_text()) == stamp()


def stamp():
    """Hashes of what notebooks show, and of everything that makes the site."""
    return {"shown": hash_of(SHOWN), "site": hash_of(SITE_ONLY)}


def hash_of(patterns):
    """One hash over the files that match, names included."""
    total = hashlib.sha256()
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    for path in sorted(found):
        if "__pycache__" not in path.parts:
            total.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def repository():
    """Where the kit is published: the one place that says so is _config.yml."""
    return read_yaml("_config.yml")["repository"]["url"].rstrip("/")


def require_address():
    """Stop before anything that others will read leads to a repository that does not exist."""
    if repository().split("/")[-2] == NOBODY and "COLORLIB_PLACEHOLDER" not in os.environ:
        sys.exit(
            f"_config.yml: {repository()} is only a placeholder; say where your copy of the kit "
            "is: make address URL=https://github.com/someone/kit (only to try things out: set "
            "COLORLIB_PLACEHOLDER=1)"
        )


def commit():
    """The commit that this copy of the kit is at."""
    command = ["git", "-C", ROOT, "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(
            f"{ROOT}: is no git repository, so there is no commit to install colorlib from; "
            "get the kit with git clone"
        ) from error


def addresses(url):
    """What stands in files for a repository: itself, its site, its raw files, Colab's way to it."""
    owner, name = url.split("/")[-2:]
    return (
        url,
        f"https://{owner.lower()}.github.io/{name}",
        f"https://raw.githubusercontent.com/{owner}/{name}",
        f"https://colab.research.google.com/github/{owner}/{name}",
    )


def site_address():
    """Where GitHub Pages shows the site."""
    return f"{addresses(repository())[1]}/"


def raw_address():
    """Where the repository's files can be fetched one by one."""
    return f"{addresses(repository())[2]}/{read_yaml('_config.yml')['repository']['branch']}/"


INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Colour from grey</title>
<meta http-equiv="refresh" content="0; url={first}"><link rel="canonical" href="{first}"></head>
<body><p><a href="{first}">Colour from grey</a></p></body></html>
"""


def publish(target=None):
    target = target or BUILD / "publish"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(SITE, target, ignore=shutil.ignore_patterns(*UNPUBLISHED))
    (target / ".nojekyll").touch()
    lost = Path(__file__).with_name("not_found.html").read_text(encoding="utf-8")
    (target / "404.html").write_text(lost.format(address=site_address()))
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"ready for any static host: {target} ({size / 1e6:.0f} MB)")


if __name__ == "__main__":
    main()
