"""`make offline-kit`: a zip that is all a room without network needs.

    python -m tools.classroom.offline              without the packages of others
    python -m tools.classroom.offline --wheels     with them, for machines like this one

_build/offline/colour-from-grey.zip holds the site, the notebooks for students, colorlib with its
photos and weights, the list of all packages that they need, and a README.txt that says what to do.
The same sources give the same bytes.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from colorlib.files import atomic_write, hash_of
from tools.classroom import student
from tools.site import book

NAME = "colour-from-grey"
KIT = book.BUILD / "offline" / f"{NAME}.zip"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip knows
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
UV = [sys.executable, "-m", "uv", "--quiet"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", action="store_true", help="add the packages of others (1 GB)")
    chosen = parser.parse_args()
    book.build()
    book.publish()
    make(KIT, book.BUILD / "publish", wheels=chosen.wheels)
    print(f"the offline kit: {KIT} ({KIT.stat().st_size / 1e6:.0f} MB)")


def make(kit, site, wheels=False):
    """Write the zip `kit`, with the folder `site` as its site."""
    kit.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kit.parent) as workshop:
        folder = Path(workshop) / NAME
        shutil.copytree(site, folder / "site")
        # Where chapters find pictures: beside their own folder.
        shutil.copytree(book.ROOT / "book" / "img", folder / "book" / "img")
        shutil.copy(book.ROOT / "LICENSE", folder)
        write_notebooks(folder / "notebooks")
        write_requirements(folder / "requirements.txt", build_colorlib(folder / "wheels"))
        text = Path(__file__).with_name("offline.txt").read_text(encoding="utf-8")
        (folder / "README.txt").write_text(text.format(download=DOWNLOAD), encoding="utf-8")
        if wheels:
            subprocess.run([*PIP, *DOWNLOAD.split()], cwd=folder, check=True)
        with atomic_write(kit) as unfinished:
            pack(folder, unfinished)


def write_notebooks(folder):
    """The notebooks for students; their links lead to what the kit holds."""
    copier = student.Copier.of_the_book()
    folder.mkdir()
    for stem in copier.books:
        text = student.write(copier.copy(stem))
        text = text.replace(copier.site, "../site/").replace(copier.raw, "../")
        (folder / f"{stem}.ipynb").write_text(text, encoding="utf-8")


def build_colorlib(folder):
    """Build colorlib's wheel into a folder; returns its path."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800"}  # 1980
    command = [*UV, "build", "--no-build-isolation", "--out-dir", folder, book.ROOT]
    subprocess.run(command, env=environment, check=True)
    for other in (*folder.glob("*.tar.gz"), *folder.glob(".*")):
        other.unlink()  # the wheel is built from a source archive, which nobody needs here
    (wheel,) = folder.glob("*.whl")
    return wheel


def write_requirements(path, wheel):
    """List the wheel, and of requirements.lock what students need: versions and hashes."""
    # uv keeps the versions and hashes that it finds in its output file.
    shutil.copy(book.ROOT / "requirements.lock", path)
    options = "--universal --python-version 3.11 --extra lab --extra film --no-header --no-annotate"
    command = [*UV, "pip", "compile", *options.split(), "--no-emit-index-url", "--generate-hashes"]
    command += [book.ROOT / "pyproject.toml", "--output-file", path]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    # By its path: the name alone would lead pip to a stranger's package of the same name on PyPI.
    own = f"./wheels/{wheel.name} \\\n    --hash=sha256:{hash_of(wheel)}\n"
    path.write_text(own + path.read_text(encoding="utf-8"), encoding="utf-8")


def pack(folder, path):
    """Zip a folder: sorted, without times, so that only contents decide about the bytes."""
    with zipfile.ZipFile(path, "w") as kit:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder.parent).as_posix()), EARLIEST)
            entry.external_attr = 0o644 << 16
            packed = file.suffix in (".whl", ".jpg", ".png", ".woff2")
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            with open(file, "rb") as source, kit.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


DOWNLOAD = (
    "download --no-deps --only-binary :all: --require-hashes "
    "--find-links wheels --dest wheels --requirement requirements.txt"
)


if __name__ == "__main__":
    main()
