"""A class of thirty hands in one assignment, in every way that a class does."""

import copy
import csv
import json
import os
import re
import subprocess
import sys
import time

import pytest
from running import busy
from wrong_answers.evaluation import WRONG

from tools import ROOT
from tools.classroom import exercises, fence, student

STEM = "06_evaluation"
FACTOR, AUTHORS, TRICK = "evaluation_factor", "evaluation_authors", "evaluation_trick"
RIGHT = {
    name: exercises.private(exercises.SAMPLE, name, "solution.py")
    for name in (FACTOR, AUTHORS, TRICK)
}
FORGETS_GREY = """\
def best_factor(true_ab, ab):
    return np.sum(true_ab * ab) / np.sum(ab * ab)
"""
SWALLOWS = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
ATTACK = """
import pathlib
for path in ({paths}):
    for target in (pathlib.Path(path), pathlib.Path(path) / "new"):
        try:
            target.write_text("all marks are mine")
        except OSError:
            pass
pathlib.Path("~/here").expanduser().write_text("this is allowed")
"""
FORKS = """
import os
if os.fork() == 0:
    os.setsid()
    os.execlp("sleep", "sleep", "{seconds}")
"""
LONG = f"9000.{os.getpid()}"  # seconds by which this class is told from another one


def fill(release, answers):
    """A notebook with answers in place of the stubs."""
    notebook = copy.deepcopy(release)
    for name, code in answers.items():
        cell_of(notebook, name, "-answer" if name != TRICK else "")["source"] = code
    return notebook


def cell_of(notebook, name, suffix=""):
    cells = notebook["cells"]
    return next(cell for cell in cells if cell["metadata"]["nbgrader"]["grade_id"] == name + suffix)


def own(text, kind="code"):
    cell = {"cell_type": kind, "metadata": {}, "source": text, "id": f"own{abs(hash(text))}"}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def thirty(release, course, submissions):
    """The class: {student: (notebook or text or None, factor's mark, authors', by hand?, remark)}.

    The third exercise waits for a person, so that nobody has more than 10 of 16 marks yet. None
    stands for any remark.
    """

    def changed(change, answers=RIGHT):
        notebook = fill(release, answers)
        change(notebook)
        return notebook

    def factor(code, **more):
        return fill(release, {**RIGHT, FACTOR: code, **more})

    def rename(notebook):
        for cell in notebook["cells"]:
            cell["metadata"]["nbgrader"]["grade_id"] += "-copy"

    def drop_checks(notebook):
        notebook["cells"] = [
            cell for cell in notebook["cells"] if not "".join(cell["source"]).startswith("check.")
        ]

    def tamper(notebook):
        for name in (FACTOR, AUTHORS):
            check = cell_of(notebook, name)
            check["source"] = "print('correct')"
            check["metadata"]["tags"] = ["skip-execution"]
            check["metadata"]["nbgrader"]["points"] = 100

    def other_kernel(notebook):
        notebook["metadata"]["kernelspec"] = {"name": "julia", "language": "julia"}

    def add_cells(notebook):
        notebook["cells"].insert(3, own("import warnings; import sys"))
        notebook["cells"].insert(0, own("*My notes*", "markdown"))

    def shadow(notebook):
        notebook["cells"].insert(
            3, own("class check:\n    def __getattr__(*_):\n        return print")
        )
        notebook["cells"].insert(4, own("import os; os.environ.pop('COLORLIB_CHECKS', None)"))

    def new_cells(notebook):  # in place of those with the stubs
        for place, cell in enumerate(notebook["cells"]):
            if cell["metadata"]["nbgrader"]["solution"]:
                notebook["cells"][place] = own(cell["source"])

    wrong = {FACTOR: WRONG[FACTOR][0][1], AUTHORS: WRONG[AUTHORS][1][1]}
    paths = [course / "source" / STEM / f"{STEM}.ipynb", course / "gradebook.db"]
    paths += [submissions / "perfect-1" / f"{STEM}.ipynb", submissions / "perfect-1"]
    # Whoever runs as oneself can do harm, and the grader says so: no test of it on real files.
    harmless = fence.build() != fence.same_user()
    paths = paths if harmless else []
    attack = RIGHT[FACTOR] + ATTACK.format(paths=", ".join(repr(str(path)) for path in paths))
    noisy = RIGHT[FACTOR].replace('"""\n', '"""\n    print(*range(1000))\n', 1)
    noisy += "\nfor i in range(100):\n    print('x' * 100_000)\n"
    warns = RIGHT[FACTOR].replace('"""\n', '"""\n    import sys; print(1, file=sys.stderr)\n', 1)
    return {
        **{f"perfect-{i}": (fill(release, RIGHT), 4, 6, True, "") for i in range(1, 5)},
        "partly-factor": (fill(release, {FACTOR: RIGHT[FACTOR]}), 4, 0, False, ""),
        "partly-authors": (fill(release, {AUTHORS: RIGHT[AUTHORS]}), 0, 6, False, ""),
        "partly-by-hand": (fill(release, {TRICK: RIGHT[TRICK]}), 0, 0, True, ""),
        "partly-hidden": (factor(FORGETS_GREY), 0, 6, True, ""),
        "wrong": (fill(release, wrong), 0, 0, False, ""),
        "untouched": (release, 0, 0, False, ""),
        "broken-syntax": (factor("def best_factor(true_ab, ab:\n"), 0, 6, True, ""),
        "loop-in-cell": (factor("while True:\n    pass"), 0, 6, True, "time limit"),
        "loop-in-function": (
            factor("def best_factor(t, g):\n    while True: pass"),
            0,
            6,
            True,
            "",
        ),
        "loop-that-swallows": (factor(SWALLOWS), 0, 6, True, "time limit"),
        "prints-much": (factor(noisy), 4, 6, True, "output cut"),
        "warns": (factor(warns), 4, 6, True, ""),
        "ends-the-kernel": (
            factor("import os\ndef best_factor(t, g):\n    os._exit(0)"),
            *(0, 6, True, "ended the kernel"),
        ),
        "hoards": (factor("x = [bytearray(10**9) for _ in range(10**4)]"), 0, 6, True, None),
        "forks": (
            factor(RIGHT[FACTOR] + FORKS.format(seconds=LONG)),
            4,
            6,
            True,
            "left a process running",
        ),
        "attacks": (factor(attack), 4, 6, True, ""),
        "no-checks": (changed(drop_checks), 4, 6, True, ""),
        "renamed-cells": (changed(rename), 4, 6, True, ""),
        "new-cells": (changed(new_cells), 4, 6, True, ""),
        "tampered-checks": (changed(tamper, wrong), 0, 0, False, ""),
        "shadowed-checks": (changed(shadow, wrong), 0, 0, False, ""),
        "own-cells-other-kernel": (
            changed(lambda notebook: (add_cells(notebook), other_kernel(notebook))),
            *(4, 6, True, ""),
        ),
        "no-notebook": ("Dear Madam, I could not open the file.", 0, 0, False, "broken notebook"),
        "empty-file": ("", 0, 0, False, "broken notebook"),
        "deep-file": ("[" * 100_000, 0, 0, False, "broken notebook"),
        "missing-file": (None, 0, 0, False, "no notebook"),
    }


# Where there is a box, the way without it is tested, too, if only before a release.
WAYS = [
    pytest.param("as it is best here", id="best"),
    pytest.param("without bubblewrap", id="no-box", marks=pytest.mark.soak),
]
NO_BOX = """
from tools.classroom import course, fence
fence.shutil.which = lambda name: None
course.main()
"""


@pytest.fixture(scope="module", params=WAYS)
def run(tmp_path_factory, request):
    """Make a course, let thirty hand in, grade; returns what a test may look at."""
    if os.name == "nt":
        pytest.skip("grading needs Linux or macOS")
    folder = tmp_path_factory.mktemp("class")
    course, submissions = folder / "course", folder / "submissions"
    started = time.monotonic()
    tool(["make", course, "--private", exercises.SAMPLE])
    config = course / "nbgrader_config.py"
    config.write_text(re.sub(r"timeout = \d+", f"timeout = {15 * busy():.0f}", config.read_text()))
    release = student.read(course / "release" / STEM / f"{STEM}.ipynb")
    handed_in = thirty(release, course, submissions)
    for name, (content, *_) in handed_in.items():
        (submissions / name).mkdir(parents=True)
        if content is not None:
            content = content if isinstance(content, str) else json.dumps(content)
            (submissions / name / f"{STEM}.ipynb").write_text(content)
    before = contents(course / "source", submissions)
    way = ("-c", NO_BOX) if request.param == "without bubblewrap" else COMMAND
    said = tool(["grade", course, submissions, "--seconds", f"{90 * busy():.0f}"], way)
    rows = rows_of(course)
    took = time.monotonic() - started
    unchanged = contents(course / "source", submissions) == before
    return course, handed_in, rows, took, said, unchanged


def table(path):
    """A table that the grader wrote; it begins with the sign by which Excel knows UTF-8."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(open(path, encoding="utf-8-sig")))


def rows_of(course, stem=STEM):
    """A chapter's marks, {student: {"remark", "by hand", exercise: (marks, of, state)}}."""
    rows = {
        row["student"]: dict(row) for row in table(course / "summary.csv") if row["chapter"] == stem
    }
    for row in table(course / "marks.csv"):
        if row["chapter"] == stem:
            rows[row["student"]][row["exercise"]] = (row["marks"], row["of"], row["state"])
    return rows


COMMAND = ("-m", "tools.classroom.course")


def tool(arguments, command=COMMAND):
    command = [sys.executable, *command, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def contents(*folders):
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path: path.read_bytes() for path in files}


def test_all_thirty_get_the_right_marks(run):
    _, handed_in, rows, _, said, _ = run
    assert len(handed_in) == len(rows) == 30
    expected = {name: tuple(marks) for name, (_, *marks) in handed_in.items()}
    if "in a box" in said:  # what a student leaves running ends with the box
        expected["forks"] = (4, 6, True, "")
    found = {
        name: (
            float(row[FACTOR][0]),
            float(row[AUTHORS][0]),
            row["by hand"] == TRICK,
            row["remark"],
        )
        for name, row in rows.items()
    }
    for name, (*marks, remark) in expected.items():
        assert found[name][:3] == tuple(marks), (name, found[name])
        if remark is not None:
            parts = found[name][3].split("; ")  # a slow end may leave a process for a moment
            assert any(part.startswith(remark) for part in parts), (name, found[name])
            assert bool(remark) == bool(found[name][3]), (name, found[name])
        assert float(rows[name]["marks"]) == sum(marks[:2])
        assert rows[name]["of"] == "16" and rows[name][TRICK][1] == "6"
        state = rows[name][TRICK][2]
        assert (state == "not yet graded") == marks[2] == (rows[name][TRICK][0] == "")
    states = {name: [rows[name][each][2] for each in (FACTOR, AUTHORS, TRICK)] for name in rows}
    assert states["perfect-1"] == ["passed", "passed", "not yet graded"]
    assert states["partly-factor"] == ["passed", "not answered", "not answered"]
    assert states["untouched"] == ["not answered"] * 3
    assert states["wrong"][:2] == ["failed", "failed"]
    assert states["missing-file"] == ["not handed in"] * 3
    assert states["no-notebook"] == ["could not be graded"] * 3
    assert "29 of 30 handed in" in said


def test_it_takes_at_most_five_minutes(run):
    assert run[3] < 2 * 300 * busy()  # seconds; other tests have the other processor


def test_nothing_was_changed(run):
    assert run[5]


def test_everybody_gets_feedback_without_the_hidden_tests(run):
    course, handed_in, *_ = run
    for name in handed_in.keys() - {"missing-file"}:
        text = (course / "feedback" / name / STEM / f"{STEM}.html").read_text("utf-8")
        assert len(text) < 5e6
        assert "HIDDEN TESTS" not in text
        for line in exercises.private(exercises.SAMPLE, AUTHORS, "hidden.py").splitlines():
            assert line[:40] not in text or len(line) < 4, line  # a bracket alone tells nothing
    text = (course / "feedback" / "no-notebook" / STEM / f"{STEM}.html").read_text("utf-8")
    assert "Not graded: broken notebook" in text
    text = (course / "feedback" / "partly-hidden" / STEM / f"{STEM}.html").read_text("utf-8")
    assert "a guess of grey alone" in text  # what it forgot, in words


def test_nobody_is_left_behind(run):
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert f"sleep {LONG}" not in listed


def test_a_second_time_grades_only_what_is_new(run):
    course, *_ = run

    def totals():
        return {name: row["marks"] for name, row in rows_of(course).items()}

    marks = totals()
    again = ["grade", course, course.parent / "submissions", "--seconds", f"{90 * busy():.0f}"]
    tool(again)  # what ran into the time limit gets one more chance
    before = (course / "graded.json").read_text()
    assert '"late"' not in before and totals() == marks
    started = time.monotonic()
    tool(again)
    assert time.monotonic() - started < 60 * busy()
    assert (course / "graded.json").read_text() == before
