"""What is made from the masters: the same bytes each time, and secrets only where they belong."""

import functools
import json
import re
import subprocess
import sys
import zipfile

import pytest
from bs4 import BeautifulSoup

from tools import ROOT
from tools.classroom import exercises, kit, student

GRADED = [each.name for each in exercises.of_the_book() if each.graded]
READABLE = (".py", ".json", ".ipynb", ".html", ".js", ".md", ".txt")


def squeezed(text):
    """Text without white space and quotes, so that it is found however it was wrapped."""
    return re.sub(r"[\s\"'\\]", "", text)


def text_of(name, raw):
    """What a reader can find in a file: the cells of a notebook, the words of a page."""
    if name.endswith(".ipynb"):
        return "\n".join("".join(cell["source"]) for cell in json.loads(raw)["cells"])
    if name.endswith(".html"):
        return BeautifulSoup(raw, "html.parser").get_text()
    return raw.decode("utf-8", errors="replace")


def in_folder(folder):
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(READABLE):
            yield str(path), text_of(path.name, path.read_bytes())


def in_zip(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(READABLE):
                yield name, text_of(name, archive.read(name))


@functools.cache
def secrets():
    """Of each graded exercise the pieces, three lines long, that stand in no public source."""
    lawful = [*in_folder(student.MASTERS), *in_folder(ROOT / "colorlib")]
    public = squeezed("".join(text for name, text in lawful if "student" not in name))
    found = {}
    for name in GRADED:
        for part in ("solution.py", "hidden.py", "notes.md"):
            text = exercises.private(exercises.SAMPLE, name, part) or ""
            lines = [line for line in map(squeezed, text.splitlines()) if line]
            pieces = {"".join(lines[i : i + 3]) for i in range(max(1, len(lines) - 2))}
            pieces = {piece for piece in pieces if len(piece) > 40 and piece not in public}
            found.setdefault(name, set()).update(pieces)
    return found


def given_away(texts):
    """The graded exercises of which some private piece is in the texts, and where."""
    found = {}
    for place, text in texts:
        text = squeezed(text)
        for name, pieces in secrets().items():
            if any(piece in text for piece in pieces):
                found.setdefault(name, place)
    return found


def test_secrets_are_found_where_they_are(tmp_path):
    assert GRADED and all(secrets().values())
    kit.write_instructor_copies(tmp_path, exercises.SAMPLE)
    assert sorted(given_away(in_folder(tmp_path))) == sorted(GRADED)
    assert tmp_path.stat().st_mode & 0o077 == 0  # from students' code that is another user's, too


def test_the_students_copies_give_nothing_away():
    assert not given_away(in_folder(student.COPIES))


def test_the_site_gives_nothing_away(site):
    assert not given_away(in_folder(site))


def test_the_wheel_gives_nothing_away(wheel):
    assert not given_away(in_zip(wheel))


def test_instructors_notes_are_on_no_page(site):
    notes = [squeezed(each.notes)[:80] for each in exercises.of_the_book()]
    for place, text in in_folder(site):
        text = squeezed(text)
        assert not any(note in text for note in notes), place


def test_no_other_cell_needs_an_answer():
    for path in student.MASTERS.glob("*.ipynb"):
        notebook = student.read(path)
        inside = [i for i, cell in enumerate(notebook["cells"]) if student.tag_of(cell)]
        for cell in notebook["cells"][inside[-1] + 1 :] if inside else ():
            assert cell["cell_type"] == "markdown", f"{path.stem}: code follows the exercises"


def test_building_twice_gives_the_same_bytes(tmp_path):
    kits = [tmp_path / "one", tmp_path / "two"]
    for folder in kits:
        kit.write_instructor_copies(folder / "instructor", exercises.SAMPLE)
        kit.course.make(folder / "course", exercises.SAMPLE)
    # A gradebook, beside the assignments, notes when it was made.
    one, two = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.ipynb")}
        for folder in kits
    )
    assert one == two and len(one) > len(student.Copier.of_the_book().books)


def test_a_private_folder_that_lacks_something_is_explained(tmp_path, monkeypatch):
    for part in (kit.student, kit.exercises):
        monkeypatch.setattr(part, "main", lambda: None)
    monkeypatch.setattr(kit.book, "build", lambda: None)
    monkeypatch.setattr(kit, "KIT", tmp_path / "kit")
    (tmp_path / "private").mkdir()
    monkeypatch.setattr(sys, "argv", ["kit", "--private", str(tmp_path / "private")])
    with pytest.raises(SystemExit, match=r"solution\.py"):
        kit.main()


def test_a_private_folder_that_is_not_there_is_named():
    command = [sys.executable, "-m", "tools.classroom.kit", "--private", "nowhere"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and "nowhere: is no folder" in done.stderr
