"""Course folders are reproducible and keep their secrets; the fence holds."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from test_class import FACTOR, RIGHT, STEM, TRICK, cell_of, contents, fill, own

from colorlib.files import UserError
from tools.classroom import course as tool
from tools.classroom import exercises, fence, student

if os.name == "nt":
    pytest.skip("grading needs Linux or macOS", allow_module_level=True)

ROOT = Path(__file__).parents[2]


GRADED = [each for each in exercises.of_the_book() if each.graded]
AS_ONESELF = (
    "from tools.classroom import course, fence; fence.build = fence.same_user; course.main()"
)


def run(*arguments, command=("-m", "tools.classroom.course")):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        **{"cwd": ROOT, "env": environment, "capture_output": True, "text": True},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "course"
    status, said = run("make", folder, "--private", exercises.SAMPLE)
    assert status == 0, said
    return folder


@pytest.fixture
def release(course):
    return student.read(course / "release" / STEM / f"{STEM}.ipynb")


def test_made_twice_it_has_the_same_bytes(course, tmp_path):
    status, said = run("make", tmp_path / "again", "--private", exercises.SAMPLE)
    assert status == 0, said

    def files(folder):
        made = contents(folder / "source", folder / "release")
        return {path.relative_to(folder): content for path, content in made.items()}

    assert files(course) == files(tmp_path / "again")
    status, said = run("make", course, "--private", exercises.SAMPLE)  # over the old one
    assert status == 0 and files(course) == files(tmp_path / "again"), said


def test_every_chapter_with_graded_exercises_is_an_assignment(course):
    assert {path.name for path in (course / "release").iterdir()} == {
        each.chapter for each in GRADED
    }


@pytest.mark.parametrize("exercise", GRADED, ids=lambda each: each.name)
def test_the_release_has_the_stub_and_no_secret(exercise, course):
    released = student.read(course / "release" / exercise.chapter / f"{exercise.chapter}.ipynb")
    solution = exercises.private(exercises.SAMPLE, exercise.name, "solution.py")
    by_hand = exercise.kind == "graded by hand"
    answer = cell_of(released, exercise.name, "" if by_hand else "-answer")
    assert "".join(answer["source"]).rstrip() == exercise.stub
    assert "Error" not in exercise.stub
    check = cell_of(released, exercise.name, "-check" if by_hand else "")
    assert "".join(check["source"]).strip() == exercise.check
    about = cell_of(released, exercise.name)["metadata"]["nbgrader"]
    assert about["points"] == exercise.marks and about["grade"]
    text = "\n".join("".join(cell["source"]) for cell in released["cells"])
    assert solution not in text and "HIDDEN" not in text and "SOLUTION" not in text
    assert ":::" not in text and "](../" not in text
    source = student.read(course / "source" / exercise.chapter / f"{exercise.chapter}.ipynb")
    text = "\n".join("".join(cell["source"]) for cell in source["cells"])
    assert solution in text
    assert by_hand or exercises.private(exercises.SAMPLE, exercise.name, "hidden.py") in text


def test_a_released_notebook_never_raises(release, monkeypatch):
    monkeypatch.delenv("COLORLIB_CHECKS", raising=False)
    space = {}
    for cell in release["cells"]:
        if cell["cell_type"] == "code" and "%pip" not in "".join(cell["source"]):
            exec("".join(cell["source"]), space)


def test_only_its_owner_can_read_a_course(course):
    assert course.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make", ROOT / "course", "--private", exercises.SAMPLE], "in the kit, which is public"),
        (["make", "{}/course", "--private", "{}"], "solution.py"),
        (["grade", "{}", "{}"], "is no course folder"),
        (["marks", "{}"], "is no course folder"),
    ],
)
def test_mistakes_are_explained_in_one_line(arguments, words, tmp_path):
    status, said = run(*[str(each).replace("{}", str(tmp_path)) for each in arguments])
    assert status == 1 and words in said and "Traceback" not in said


def test_submissions_are_found_or_explained(course, tmp_path):
    with pytest.raises(UserError, match="holds no"):
        tool._handed_in(course, tmp_path)
    for name in ("anna", "ben (1)", "carla", "__MACOSX"):
        (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="rename it"):
        tool._handed_in(course, tmp_path)
    (tmp_path / "ben (1)").rename(tmp_path / "ben")
    renamed = tmp_path / "anna" / f"{STEM} (1).ipynb"
    renamed.write_text("{}")
    (tmp_path / "carla" / f"{STEM}.ipynb").symlink_to(renamed)
    assert tool._handed_in(course, tmp_path) == [
        (STEM, "anna", renamed, None),
        (STEM, "ben", None, "no notebook"),
        (STEM, "carla", None, "no notebook"),
    ]


def rebuilt(release, cells):
    read = [
        nbformat.reads(student.write(release | {"cells": each}), as_version=4)
        for each in (release["cells"], cells)
    ]
    return [cell["source"] for cell in tool.rebuilt(*read)["cells"]]


def is_check(cell):
    return "".join(cell["source"]).lstrip().startswith("check.")


def test_a_submission_gets_back_its_shape(release):
    filled = fill(release, RIGHT)["cells"]
    right = ["".join(cell["source"]) for cell in filled]
    assert rebuilt(release, filled) == right
    assert rebuilt(release, [cell for cell in filled if not is_check(cell)]) == right
    assert rebuilt(release, filled[::-1]) == right
    assert rebuilt(release, []) == ["".join(cell["source"]) for cell in release["cells"]]


def test_own_cells_stay_where_they_are(release):
    cells = fill(release, RIGHT)["cells"]
    place = next(i for i, cell in enumerate(cells) if cell["source"] == RIGHT[FACTOR])
    before, twice = (
        own("helper = 1"),
        cells[place] | {"source": "best_factor = None", "id": "twice"},
    )
    cells[place:place] = [before]
    cells[place + 2 : place + 2] = [twice]  # a copy of the answer's cell: the later one counts
    sources = rebuilt(release, cells)
    assert sources[place : place + 3] == ["helper = 1", RIGHT[FACTOR], "best_factor = None"]
    cells[place + 1]["source"] = cell_of(release, FACTOR, "-answer")["source"]  # untouched
    assert rebuilt(release, cells)[place : place + 2] == ["helper = 1", "best_factor = None"]


def test_changes_are_noticed_and_undone(tmp_path):
    kept, gone, link = tmp_path / "a" / "kept", tmp_path / "a" / "gone", tmp_path / "link"
    kept.parent.mkdir()
    kept.write_text("1")
    gone.write_text("2")
    link.symlink_to(kept)
    kept.chmod(0o440)
    watch = fence.Watch(tmp_path)
    assert watch.undo() == []
    kept.unlink()
    kept.mkdir()
    (kept / "inside").write_text("3")
    gone.unlink()
    link.unlink()
    link.write_text("4")
    (tmp_path / "new").write_text("5")
    assert watch.undo() == [gone, kept, kept / "inside", link, tmp_path / "new"]
    assert (kept.read_text(), gone.read_text(), link.readlink()) == ("1", "2", kept)
    assert kept.stat().st_mode & 0o777 == 0o440 and not (tmp_path / "new").exists()


def test_what_runs_apart_ends_in_time():
    long = f"4321.{os.getpid()}"  # seconds

    def hang():
        subprocess.Popen(["sleep", long], start_new_session=True)
        time.sleep(1000)

    with pytest.raises(TimeoutError):
        fence.apart(1, hang)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert f"sleep {long}" not in listed
    assert fence.apart(60, max, 2, 3) == 3
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        fence.apart(60, divmod, 1, 0)
    with pytest.raises(RuntimeError, match="died"):
        fence.apart(60, os._exit, 1)


def test_without_another_user_damage_is_undone_and_a_person_adds_marks(course, release, tmp_path):
    """Grade as oneself, then by hand; the course is as any instructor's."""
    made = contents(course)
    answers = {
        "anna": RIGHT,
        "mallory": RIGHT
        | {FACTOR: f"{RIGHT[FACTOR]}\n__import__('shutil').rmtree({str(course)!r})"},
        "oscar": RIGHT
        | {FACTOR: "while True:\n    try:\n        while True: pass\n    except: pass"},
    }
    for name, answer in answers.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{STEM}.ipynb").write_text(json.dumps(fill(release, answer)))
    status, said = run("grade", course, tmp_path, "--seconds", 40, command=("-c", AS_ONESELF))
    assert status == 0 and "runs as you" in said, said
    now = contents(course)
    assert all(now[path] == content for path, content in made.items() if path.suffix != ".db")
    rows = {row["student"]: row for row in csv.DictReader(open(course / "marks.csv"))}
    assert {name: (row["total"], row["remark"]) for name, row in rows.items()} == {
        "anna": ("10", ""),
        "mallory": ("0", "changed files that are not its own"),
        "oscar": ("0", "time limit"),
    }
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(TRICK, STEM, STEM, "anna")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 5, False
        gradebook.db.commit()
    status, said = run("marks", course)
    assert status == 0, said
    row = next(csv.DictReader(open(course / "marks.csv")))
    assert (row["student"], row["total"], row["by hand"], row[TRICK]) == ("anna", "15", "", "5")
    feedback = (course / "feedback" / "anna" / STEM / f"{STEM}.html").read_text("utf-8")
    assert "15.0" in feedback
