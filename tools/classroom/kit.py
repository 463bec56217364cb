"""`make kit PRIVATE=DIR`: everything that is made from the masters, in one go.

    python -m tools.classroom.kit --private DIR

1. the site, in `_build/html`, with hints and practice solutions folded
2. the students' copies, in `notebooks/student`
3. the instructors' copies, in `_build/kit/instructor`: with all solutions, hidden tests and notes
4. nbgrader's assignments, in `_build/kit/course`, to be looked at. `make clean` throws them away:
   for a class, `make course` writes the same into a folder that stays (see `course`)

The private folder holds the graded solutions and hidden tests (see `exercises`). Without one, the
worked sample in the repository is taken; as everybody can read it, nothing graded is secret then.
Nothing of 3 and 4 is on the site or in the repository. The same masters give the same bytes.
"""

import argparse
import shutil
import sys
from pathlib import Path

from colorlib.files import UserError
from tools.classroom import course, exercises, student
from tools.site import book

KIT = book.BUILD / "kit"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--private", type=Path, default=exercises.SAMPLE, metavar="DIR")
    chosen = parser.parse_args()
    if not chosen.private.is_dir():
        sys.exit(f"{chosen.private}: is no folder; tools/private_sample shows what one holds")
    if chosen.private == exercises.SAMPLE:
        print("no PRIVATE=DIR given: graded solutions come from the public sample")
    student.main()
    exercises.main()
    book.build()
    try:
        write_instructor_copies(KIT / "instructor", chosen.private)
        course.make(KIT / "course", chosen.private)
    except UserError as error:
        sys.exit(f"kit: {error}")
    for part in (book.SITE, student.COPIES, KIT / "instructor", KIT / "course"):
        print(part.relative_to(book.ROOT))


def write_instructor_copies(folder, private):
    """The chapters with all solutions, hidden tests and notes, for instructors' eyes only."""
    copier = student.Copier.of_the_book()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o700)  # students' code that is graded without a box may be another user's
    for stem in copier.books:
        text = student.write(copier.copy(stem, lambda tag: private_cells(tag, private)))
        (folder / f"{stem}.ipynb").write_text(text, encoding="utf-8")


def private_cells(tag, private):
    """What an instructor sees after a cell with this tag, and students do not."""
    role, _, name = tag.partition(":")
    after = {"stub": ("solution.py",), "check": ("hidden.py",), "instructor": ("notes.md",)}
    for part in after.get(role, ()):
        if text := exercises.private(private, name, part):
            make = student.markdown if part.endswith(".md") else student.code
            yield make(text) | {"metadata": {"tags": [f"{part.split('.')[0]}:{name}"]}}


if __name__ == "__main__":
    main()
