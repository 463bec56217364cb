"""`make course`, `make grade`, `make marks`: assignments for a class, graded with nbgrader.

    python -m tools.classroom.course make DIR --private PRIVATE
    python -m tools.classroom.course grade DIR SUBMISSIONS
    python -m tools.classroom.course marks DIR

`make` writes a course folder: for each chapter with graded exercises one assignment, in `source`
with solutions and hidden tests (from PRIVATE, see `exercises`), in `release` for students. `grade`
reads SUBMISSIONS/STUDENT/ASSIGNMENT.ipynb, runs each behind a `fence` and writes `feedback`,
`marks.csv` and `summary.csv`. It may be interrupted: given again, it grades only what is new or has
changed. `marks` writes all three anew after somebody has graded by hand. The same inputs give the
same assignments, byte for byte.
"""

import argparse
import ast
import contextlib
import csv
import hashlib
import json
import os
import re
import sys
import time
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from tqdm import tqdm
from traitlets.config import PyFileConfigLoader
from traitlets.log import get_logger

from colorlib import files
from colorlib.files import UserError, atomic_write, hash_of, read_json, said, write_json
from tools.classroom import exercises, fence, student
from tools.site import book

SECONDS = 300  # for one submission, unless --seconds says otherwise
LARGEST = 50_000_000  # bytes of a notebook
# nbgrader takes other signs for patterns. Python takes some for no letters without which a name is
# not written, as vowels of Hindi; what turns the direction of a line is not among these.
SIGNS = r"\w\u00a1-\u1fff\u200c\u200d\u2019\u20a0-\u2fff\u3001-\ud7ff\uf900-\U0010ffff"
# What cannot be seen makes two names look like one.
UNSEEN = r"\u00ad\u061c\u115f\u1160\u180e\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f"
WIDE = r"\uff0b\uff0d\uff1d\uff20"  # + - = @, by which a cell of a table may become a formula
STUDENT = re.compile(f"(?!.*[{UNSEEN}]|[{WIDE}])[{SIGNS}]([{SIGNS} .,@'-]*[{SIGNS}])?")
INTRODUCTION = """\
# Assignment: {title}

Put your answers in place of the dots, here or in the chapter. You may add cells of your own; do not
delete any. Run the whole notebook from the top before you hand it in: each check should say
*correct*, or *complete* where a person will judge it. Your answers will also be tested on cases
that the checks do not show. The grader has NumPy, SciPy, scikit-image, Matplotlib, Keras and
`colorlib`, and no other packages. Where a person judges a figure, end the cell with its name: only
what is shown can be judged."""
CHECK = """\
### BEGIN HIDDEN TESTS
import os

os.environ["COLORLIB_CHECKS"] = "strict"  # nbgrader looks for errors: what is not correct raises
{setup}
### END HIDDEN TESTS
{check}
### BEGIN HIDDEN TESTS
{hidden}
### END HIDDEN TESTS"""
CONFIG = '''\
"""What nbgrader does in this course; `make course` writes this file if it is missing."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

c = get_config()
c.Execute.timeout = 60  # seconds that a cell may take
c.LimitOutput.max_lines = 200
# Where the solution was, nothing remains: above it stands the stub, which never raises.
c.ClearSolutions.code_stub = {"python": ""}
# A warning or a progress bar is no error.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\\s\\S]*"
# Feedback does not tell what the hidden tests are.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
# What students write is shown, not run, in feedback and in Formgrader.
c.HTMLExporter.sanitize_html = True
'''
SERVER = '''\
"""What JupyterLab may load in this course; `make course` writes this file if it is missing."""

c = get_config()
# Formgrader's template names a public host for MathJax, and an answer may name any for a picture.
policy = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'"
c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": policy}}
'''
# The same for a page of feedback, which needs nothing but itself and runs nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for command, help in ((make, "write a course folder"), (grade, "grade"), (marks, "renew")):
        sub = commands.add_parser(command.__name__, help=help)
        sub.set_defaults(command=command)
        sub.add_argument("course", type=_path, metavar="DIR")
        if command is make:
            sub.add_argument("--private", type=_path, required=True)
        if command is grade:
            sub.add_argument("submissions", type=_path)
            sub.add_argument("--seconds", type=float, default=SECONDS)
    chosen = vars(parser.parse_args(arguments))
    if chosen["command"] is make:
        book.require_address()
    # nbgrader starts alembic by name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    warnings.simplefilter("ignore")  # nbgrader's and nbformat's: nobody here could mend them
    files.print_any_name()
    folder = chosen["course"]
    try:
        with files.locked(folder) if (folder / "source").is_dir() else contextlib.nullcontext():
            chosen.pop("command")(**chosen)
    except MissingEntry as error:
        sys.exit(f"{folder / 'gradebook.db'}: {error} Remove graded.json beside it, grade again")
    except (UserError, OSError) as error:
        sys.exit(f"{Path(__file__).name}: {error}")
    except KeyboardInterrupt:
        sys.exit(f"{Path(__file__).name}: interrupted; the same command goes on")


def _path(text):
    return Path(text).expanduser().resolve()  # not every shell looks at the ~ in DIR=~/course


def make(course, private):
    """Write the course folder."""
    if course.is_relative_to(book.ROOT) and not course.is_relative_to(book.BUILD):
        raise UserError(f"{course}: is in the kit, which is public; choose a folder elsewhere")
    files.check_folder(course)
    course.mkdir(parents=True, exist_ok=True)
    course.chmod(0o700)  # solutions are in it
    for name, text in (("nbgrader_config.py", CONFIG), ("jupyter_server_config.py", SERVER)):
        if not (course / name).exists():
            (course / name).write_text(text, encoding="utf-8")
    copier = student.Copier.of_the_book()
    # Whatever becomes of the repository, a class goes on with what its assignments were made from.
    copier.installed_from += f"@{book.commit()}"
    for stem, notebook in copier.books.items():
        graded = [each for each in exercises.of_chapter(stem, notebook) if each.graded]
        if graded:
            text = student.write(source_of(stem, notebook, graded, private, copier))
            with atomic_write(course / "source" / stem / f"{stem}.ipynb") as file:
                file.write_text(text, encoding="utf-8")
            _convert(GenerateAssignment, course, stem, ".")
            print(f"{course / 'release' / stem}: {', '.join(each.number for each in graded)}")


def source_of(stem, notebook, graded, private, copier):
    """An assignment with its solutions and hidden tests."""
    setup = exercises.setup_of(notebook)
    title = re.search(r"^# (.+)$", "".join(notebook["cells"][0]["source"]), re.MULTILINE)[1]
    cells = [
        _cell("introduction", student.markdown(INTRODUCTION.format(title=f"{stem[:2]} {title}"))),
        _cell("installation", student.code(copier.installation(stem))),
        _cell("setup", student.code(setup)),
    ]
    for each in graded:
        task = f"### Exercise {each.number}: {each.title}\n\n*{each.marks} marks, {each.kind}*\n\n"
        task += copier.flatten(each.text, stem)
        solution = _private(private, each.name, "solution.py")
        answer = f"{each.stub}\n### BEGIN SOLUTION\n{solution}\n### END SOLUTION"
        cells.append(_cell(f"{each.name}-task", student.markdown(task)))
        if each.kind == "graded":
            hidden = _private(private, each.name, "hidden.py")
            check = CHECK.format(setup=setup, check=each.check, hidden=hidden)
            cells.append(_cell(f"{each.name}-answer", student.code(answer), solution=True))
            cells.append(_cell(each.name, student.code(check), points=each.marks))
        else:
            answer = student.code(answer)
            cells.append(_cell(each.name, answer, points=each.marks, solution=True))
            cells.append(_cell(f"{each.name}-check", student.code(each.check)))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:02d}"
    return notebook | {"cells": cells}


def _cell(name, cell, points=None, solution=False):
    """A cell as nbgrader knows it: locked, unless it is for an answer."""
    about = {"grade_id": name, "schema_version": 3, "task": False, "solution": solution}
    about |= {"grade": points is not None, "locked": not solution}
    about |= {"points": points} if points is not None else {}
    return cell | {"metadata": {"nbgrader": about}}


def _private(folder, name, part):
    text = exercises.private(folder, name, part)
    try:
        ast.parse(text or "", part)
    except (ValueError, SyntaxError) as error:  # nobody could pass tests that do not run
        raise UserError(f"{folder}: {name}/{part}: {said(error)}; correct it") from error
    if text is None:
        raise UserError(
            f"{folder}: lacks {name}/{part}; {exercises.SAMPLE} shows what such a folder holds"
        )
    return text


def grade(course, submissions, seconds):
    """Grade what is new or has changed since the last time."""
    behind = fence.build()
    print(f"Students' code runs {behind.words}.")
    graded, handed_in = _graded(course), _handed_in(course, submissions)
    _forget(graded, handed_in)
    for stem, who, read, remark in tqdm(handed_in, unit="notebook"):
        if remark.startswith(NOTHING):
            graded.setdefault(stem, {})[who] = {"state": None, "remark": remark, "marked": MISSED}
            continue
        try:
            data = read() if read else None
        except Exception as error:  # a zip may be locked, a file unreadable
            data, read = None, None
            remark = f"cannot be read ({error})"
        digest = None if data is None else hashlib.sha256(data).hexdigest()
        state = [digest, hash_of(course / "source" / stem / f"{stem}.ipynb")]
        before = graded.setdefault(stem, {}).get(who)
        if before and before["state"] == state and not before.get("late"):
            continue
        remarks, marked = _grade(course, behind, seconds, stem, who, data, None if read else remark)
        failed = any(each.startswith((LATE, UNGRADED)) for each in remarks)
        late = failed and not (before and before["state"] == state)
        if read and remark:
            remarks.append(remark)
        about = {"state": state, "remark": "; ".join(remarks), "marked": marked}
        # Perhaps the machine was busy or full: the next command grades it once more.
        graded[stem][who] = about | ({"late": True} if late else {})
        write_json(course / "graded.json", graded)
    write_json(course / "graded.json", graded)
    _write_marks(course)


def _forget(graded, handed_in):
    """Drop who and what is gone; what nbgrader knows of them stays in the gradebook."""
    for stem in sorted(graded.keys() - {row.assignment for row in handed_in}):
        print(f"nobody's notebook is there any more, so no row: {stem}")
        del graded[stem]
    gone = {who for each in graded.values() for who in each} - {row.student for row in handed_in}
    for stem, each in graded.items():
        graded[stem] = {who: about for who, about in each.items() if who not in gone}
    if gone:
        print(f"no folder any more, so no row: {', '.join(sorted(gone))}")


def _graded(course):
    """What has been graded: {assignment: {student: {"state", "remark", "marked"}}}.

    The last is how it was, True where marks were given, else a word for all exercises.
    """
    if not (course / "source").is_dir():
        raise UserError(f"{course}: is no course folder; make one with make course")
    return read_json(course / "graded.json") if (course / "graded.json").exists() else {}


class HandedIn(NamedTuple):
    """What a student handed in for an assignment."""

    assignment: str
    student: str
    read: Callable | None  # -> the notebook's bytes
    remark: str  # without a notebook: why there is none


def _handed_in(course, submissions):
    """What each student handed in for each assignment for which anybody did."""
    if not submissions.is_dir():
        raise UserError(f"{submissions}: is no folder; it should hold one folder for each student")
    if course.is_relative_to(submissions) or submissions.is_relative_to(course / "submitted"):
        raise UserError(
            f"{submissions}: has the grader's own files, too; choose a folder of submissions alone"
        )
    present = [each for each in submissions.iterdir() if not each.name.startswith((".", "__MAC"))]
    named = (each for each in present if each.name[0] != "_")
    folders = [each for each in named if each.is_dir() or not each.exists()]  # a link to nowhere
    if others := sorted(each.name for each in {*present} - {*folders}):
        print(files.shown(f"passed over, for it is no student's folder: {', '.join(others)}"))
    # macOS writes an accent as a sign of its own, which nbgrader does not take.
    students = {}
    for path in sorted(folders):
        name = unicodedata.normalize("NFC", path.name)
        if not STUDENT.fullmatch(name):
            raise UserError(f"{path}: rename it to letters, digits, - and _")
        if students.setdefault(name, path) != path:
            raise UserError(f"{path}: another folder has the same name; make one of both")
    found = []
    for stem in sorted(path.name for path in (course / "source").iterdir()):
        rows = [HandedIn(stem, who, *_newest(path, stem)) for who, path in students.items()]
        found += rows if any(not row.remark.startswith(NOTHING) for row in rows) else []
    if not found:
        raise UserError(f"{submissions}: holds no STUDENT/ASSIGNMENT.ipynb of this course")
    return found


PACKED = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz")  # not opened, or not within another
NAMELESS = re.compile(r"(?i)(?!.*\d\d_[a-z]).*\.ipynb")  # of no chapter that a name tells
MISSING, LINKED = "no notebook", "folder is a link"
NOTHING = (MISSING, LINKED)  # was handed in
MISSED, UNGRADED = "not handed in", "could not be graded"  # states of all exercises of a notebook


def _refuse(error):
    what = f"{error.filename}: cannot be read ({error.strerror})"
    raise UserError(f"{what}; see to its permissions, and the same command goes on") from error


def _newest(folder, stem):
    """The newest of a student's notebooks of an assignment, wherever in their folder it lies.

    Browsers and platforms rename ("Copy of 06_evaluation.ipynb", "06_evaluation (1).ipynb") and
    pack (a zip); nbgrader has a folder for each assignment. Links are not followed: they may lead
    to another student.

    Returns
    -------
    read : callable or None
    remark : str
    """
    if folder.is_symlink():
        return None, LINKED
    found, aside = [], []  # (when, size, name, how to read it); names
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if name[0] not in "._"]
        for path in (Path(place, name) for name in names if name[0] not in "._"):
            if path.is_symlink() or not path.is_file():
                continue
            about = path.stat()
            if path.suffix.lower() == ".zip":
                found += _packed(path, stem, aside)
            elif _is_notebook(path.name, stem):
                found.append((about.st_mtime, about.st_size, path.name, path.read_bytes))
            else:
                aside.append(path.name)
    closed = sorted(name for name in aside if Path(name).suffix.lower() in PACKED)
    closed = [f"did not open {', '.join(closed)}: unpack it, grade again"] * bool(closed)
    if not found:
        nameless = sorted(name for name in aside if NAMELESS.fullmatch(Path(name).name))
        asked = f"if it is {', '.join(nameless)}, write {stem} into the name, grade again"
        return None, "; ".join([MISSING, *closed, *[asked] * bool(nameless)])
    # Of equally old ones the longer name is the later copy: "(1)", "Copy of".
    _, size, name, read = max(found, key=lambda each: (each[0], len(each[2]), each[2]))
    if size > LARGEST:
        return None, "too large"
    took = [f"took {name}, the newest of {len(found)}"] if len(found) > 1 else []
    return read, "; ".join(took + closed)


def _is_notebook(name, stem):
    """Whether a file is of an assignment, by its name, to which a browser may have added .txt."""
    name = name.lower()
    return stem in name and name[0] not in "._" and re.search(r"\.ipynb(\.txt|\.json)?$", name)


def _packed(path, stem, aside):
    """The notebooks of an assignment in a zip, as `_newest` wants them; notes what is beside."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except PermissionError as error:
        _refuse(error)
    except Exception:  # what is no zip, or a bent one, can raise anything
        aside.append(path.name)
        return []
    found = []
    for each in members:
        name, inner = f"{path.name}/{each.filename}", Path(each.filename)
        if any(part[0] in "._" for part in inner.parts):
            continue
        if _is_notebook(inner.name, stem):
            # A zip keeps local time, in steps of two seconds.
            when = time.mktime((*each.date_time, 0, 0, -1))
            found.append((when, each.file_size, name, partial(_unpacked, path, each)))
        else:
            aside.append(name)
    return found


def _unpacked(path, member):
    """A member of a zip."""
    with zipfile.ZipFile(path) as archive:
        files.check_packing(archive)
        with archive.open(member) as file:
            return file.read(LARGEST)  # whatever size it claims


LATE = "time limit"


def _grade(course, behind, seconds, stem, who, data, problem):
    """Grade one submission; returns the remarks on it, and whether marks were given (or UNGRADED).

    What cannot be graded is replaced by the empty assignment: it gets its zeros and its feedback.
    """
    notebook = None
    try:
        if not problem:  # a small file may have a million cells: reading, too, has a time
            notebook = fence.apart(seconds, _understood, course, stem, data)
            return fence.apart(seconds, _autograde, course, stem, who, notebook, behind), True
    except TimeoutError:
        problem = LATE
    except RuntimeError as error:
        problem = f"{UNGRADED} ({error})" if notebook else f"broken notebook ({said(error)})"
    empty = _release(course, stem)
    empty.cells.insert(0, nbformat.v4.new_markdown_cell(f"**Not graded: {problem}.**", id="note"))
    _blameless(_autograde, course, stem, who, empty, behind)
    return [problem], UNGRADED


def _blameless(work, course, stem, who, *more):
    """Do apart what no student can make fail, so that the course or the machine must be mended."""
    try:
        fence.apart(SECONDS, work, course, stem, who, *more)
    except (RuntimeError, TimeoutError) as error:
        raise UserError(
            f"{course}: {stem} of {who}: {said(error)}; mend that, and the same command goes on"
        ) from error


def _understood(course, stem, data):
    return rebuilt(_release(course, stem), _readable(data))


def _readable(data):
    """A notebook from its bytes, with what editors and platforms leave out or put in mended."""
    # Windows begins a file with signs of its own, and may take others for letters with accents.
    content = json.loads(data.decode(json.detect_encoding(data), "replace"))
    # Half of an emoji can be read but not written.
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace").decode()
    content = json.loads(text)
    for part in (content, *content.get("cells", ())):  # notebooks of before 2015 have sheets
        about = part.get("metadata")
        part["metadata"] = about if isinstance(about, dict) else {}
    return nbformat.reads(json.dumps(content), as_version=4)


def _release(course, stem):
    return nbformat.read(course / "release" / stem / f"{stem}.ipynb", as_version=4)


def _autograde(course, stem, who, notebook, behind):
    """Grade a notebook and write the feedback on it; returns the remarks."""
    with atomic_write(course / "submitted" / who / stem / f"{stem}.ipynb") as file:
        file.write_text(student.write(notebook), encoding="utf-8")
    config = _config(course)
    run = fence.Run(behind, config=config)
    steps = Autograde(config=config).autograde_preprocessors
    steps = [run if step is Execute else step for step in steps]
    _convert(Autograde, course, stem, who, autograde_preprocessors=steps)
    _feedback(course, stem, who)
    return sorted(run.remarks)


def _feedback(course, stem, who):
    """Write a student's feedback, as a page that asks nothing of any host."""
    _convert(GenerateFeedback, course, stem, who)
    page = course / "feedback" / who / stem / f"{stem}.html"
    text = page.read_text(encoding="utf-8")
    # nbgrader's template names a public host for MathJax, an answer may name one for a picture.
    text = re.sub(r'<script src="https?://[^>]*>\s*</script>', "", text)
    policy = f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    with atomic_write(page) as file:
        file.write_text(text.replace("<head>", policy, 1), "utf-8")


def rebuilt(release, handed_in):
    """The assignment as it was released, with a student's answers and own cells in it.

    A cell is known by its name, or else by its text. Own cells stay behind the known cell that they
    follow. Where an answer is missing or untouched, the first own code there is taken for it.
    """
    known = {cell.metadata.nbgrader.grade_id: cell for cell in release.cells}
    names = {cell.source.strip(): name for name, cell in known.items()}
    handed, after, place = {}, {name: [] for name in (None, *known)}, None
    for cell in handed_in.cells:
        about = cell.metadata.get("nbgrader")
        name = about.get("grade_id") if isinstance(about, dict) else None
        name = name if name in [*known] else names.get(cell.source.strip())
        if name is None or name in handed:
            after[place].append(_own(cell))
        else:
            handed[name], place = cell, name
    cells, own = [], after[None]
    for name, cell in known.items():
        # A check comes after all that it could check.
        if name in handed or (is_grade(cell) and not is_solution(cell)):
            cells += own
            own = []
        own += after[name]
        answer = handed.get(name)
        if is_solution(cell):
            if answer is None or answer.source.strip() == cell.source.strip():
                answer = next((each for each in own if each.cell_type == "code"), None)
                cells += own[: own.index(answer)] if answer else []
                own = own[own.index(answer) + 1 :] if answer else own
            if answer:
                cell.source = _plain(answer.source)
        cells.append(cell)
    cells += own
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:02d}"
    return release | {"cells": cells}


def _own(cell):
    """A student's own cell without its metadata, which could change how it is run."""
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    source = _plain(cell.source)
    if cell.cell_type != "code":  # HTML in it would run in the browser of whoever looks at it
        source = SanitizeHTML().sanitize_html_tags(source)
        # Pictures in it stay behind with the metadata, and nbconvert fails where one is missing.
        source = source.replace("attachment:", "attached:")
    return new.get(cell.cell_type, nbformat.v4.new_raw_cell)(source)


def _plain(source):
    """A student's text without nbgrader's own marks, which would undo what it encloses."""
    marks = r"(BEGIN|END) (HIDDEN TESTS|SOLUTION|MARK SCHEME)"
    return re.sub(marks, lambda found: found[0].lower(), source)


def marks(course):
    """Write feedback and marks anew, after grading by hand."""
    graded = _graded(course)
    pages = [
        (stem, who)
        for stem, students in graded.items()
        for who, about in students.items()
        if about.get("marked") != MISSED
    ]
    for stem, who in tqdm(pages, unit="page"):
        _blameless(_feedback, course, stem, who)
    _write_marks(course)


class Mark(NamedTuple):
    """A row of marks.csv; `marks` is None where a person has not given them yet."""

    student: str
    chapter: str
    exercise: str
    marks: float | None
    of: float
    state: str


WAITING = "not yet graded"


def _write_marks(course):
    """Write marks.csv, a row an exercise, and summary.csv, a row a student and chapter."""
    rows, summary = [], []
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for stem, students in sorted(_graded(course).items()):
            found = {
                who: list(_marks_of(gradebook, stem, who, students[who].get("marked", True)))
                for who in sorted(students)
            }
            for who, theirs in found.items():
                rows += theirs
                waiting = " ".join(each.exercise for each in theirs if each.state == WAITING)
                total, of = (sum(each[place] or 0 for each in theirs) for place in (3, 4))
                summary.append((who, stem, total, of, waiting, students[who]["remark"]))
            _tell(stem, [each for theirs in found.values() for each in theirs], len(students))
    _write_table(course / "marks.csv", Mark._fields, rows)
    columns = ("student", "chapter", "marks", "of", "by hand", "remark")
    _write_table(course / "summary.csv", columns, summary)


def _marks_of(gradebook, stem, who, marked):
    """The rows of a student and chapter."""
    if marked == MISSED:
        for each in gradebook.find_notebook(stem, stem).grade_cells:
            yield Mark(who, stem, each.name, 0.0, each.max_score, MISSED)
        return
    notebook = gradebook.find_submission_notebook(stem, stem, who)
    said = {each.name: each.auto_comment for each in notebook.comments}
    for each in notebook.grades:
        silent = said.get(f"{each.name}-answer", said.get(each.name)) == "No response."
        waits = each.needs_manual_grade
        mark = None if waits and each.manual_score is None else each.score
        state = (
            *([UNGRADED] if marked == UNGRADED else []),
            *([WAITING] if waits else []),
            *(["not answered"] if silent and not mark else []),
            "failed" if not mark else "passed" if mark == each.max_score else "partly",
        )[0]
        yield Mark(who, stem, each.name, mark, each.max_score, state)


def _tell(stem, rows, students):
    """Say in a line how a chapter went."""
    handed_in = {row.student for row in rows if row.state != MISSED}
    said = f"{stem}: {len(handed_in)} of {students} handed in"
    if handed_in:
        given = sum(row.marks or 0 for row in rows) / len(handed_in)
        of = sum(row.of for row in rows) / students
        said += f", {given:.1f} of {of:g} marks on average"
    if waiting := sum(row.state == WAITING for row in rows):
        said += f", {waiting} answers wait for you"
    print(said)


def _write_table(path, columns, rows):
    """A table that Excel, too, takes for UTF-8, by the sign at its beginning."""
    with atomic_write(path) as at, open(at, "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([f"{each:g}" if isinstance(each, float) else each for each in row])
    print(path)


def _config(course):
    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    except Exception as error:  # it is a program, and anybody's to change
        raise UserError(f"{course}: {said(error)}; correct or restore its settings") from error


def _convert(step, course, stem, who, **options):
    """One step of nbgrader for one assignment and student."""
    config = _config(course)
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.assignment_id = stem
    config.CourseDirectory.student_id = who
    heard = BufferingHandler(10_000)
    heard.setLevel("ERROR")  # which nbgrader says in its log only
    get_logger().handlers = [heard]
    try:
        step(CourseDirectory(config=config), config=config, force=True, **options).start()
    except NbGraderException as error:
        errors = [record.getMessage() for record in heard.buffer]
        traces = [each for each in errors if each.startswith("Traceback")]
        last = [*traces, *errors, "nothing"][0].strip().splitlines()[-1]
        raise UserError(f"{stem} of {who}: nbgrader says: {last}") from error


if __name__ == "__main__":
    main()
