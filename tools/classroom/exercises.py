"""`make exercises`: read the exercises out of the chapters, and write what `colorlib.checks` tells.

    python -m tools.classroom.exercises

An exercise is a row of cells in a master notebook, told apart by their tags (NAME is the
function in `colorlib/checks` that judges it):

    exercise:NAME    Markdown: heading, a line of facts, the task, and for `by hand` the rubric
    stub:NAME        code with dots, for the student to fill
    check:NAME       code: check.NAME(what the student made)
    hint:NAME        Markdown, twice or more, each a folded admonition
    solution:NAME    code, folded; practice only. That of a graded exercise is private
    instructor:NAME  Markdown: common errors, discussion; on no public page

A small task on the way, a line or two to fill in, has no hints, notes or marks. Its cells are

    task:NAME        Markdown: **Your turn: TITLE.** and what to write in place of the dots
    stub:NAME        code: a function with dots
    solution:NAME    code, folded
    check:NAME       code: function = check.NAME.use(function)

and whoever fills in nothing goes on with the chapter's own function.

The line of facts of an exercise is one of

    *Practice · 10 minutes · easy*
    *Graded, 4 marks · 20 minutes · medium*
    *Graded by hand, 6 marks · 30 minutes · hard*

and one code cell before the first exercise, tagged `exercises`, imports all that they need.
A private folder holds NAME/solution.py, NAME/hidden.py (tests that students never see, in as many
paragraphs as there are marks) and, where there is more to say, NAME/notes.md. One such folder is
`tools/private_sample`.
"""

import ast
import dataclasses
import re
from functools import partial
from itertools import pairwise
from pathlib import Path

from colorlib.checks import TEXTS
from colorlib.files import UserError, said, write_json
from tools.classroom import student
from tools.site import book

SAMPLE = Path(__file__).parents[1] / "private_sample"
HEADING = re.compile(r"^### Exercise (?P<number>\d+\.\d+): (?P<title>.+)$", re.MULTILINE)
FACTS = re.compile(
    r"^\*(?P<kind>Practice|Graded|Graded by hand)(?:, (?P<marks>\d+) marks?)?"
    r" · (?P<minutes>\d+) minutes · (?P<difficulty>easy|medium|hard)\*$",
    re.MULTILINE,
)
TURN = re.compile(r"^\*\*Your turn: (?P<title>.+?)\.\*\* ")
HINT = re.compile(r"^:::\{admonition\} Hint \d+\n:class: dropdown hint\n(.*)^:::$", re.M | re.S)


@dataclasses.dataclass
class Exercise:
    """One exercise of a chapter, as its cells say it."""

    name: str
    chapter: str  # the notebook's stem
    number: str  # "1.2"
    title: str
    kind: str  # "practice", "graded" or "graded by hand"; "task" on the way
    marks: int  # 0 for practice
    minutes: int
    difficulty: str
    text: str  # MyST, without heading and facts
    hints: list
    stub: str
    check: str
    solution: str | None
    notes: str

    @property
    def graded(self):
        return self.kind.startswith("graded")


def of_chapter(stem, notebook):
    """The exercises of a notebook, in order."""
    cells = _cells(notebook)
    return [_exercise(name, stem, cells[name]) for name in cells if "task" not in cells[name]]


def tasks_of(stem, notebook):
    """The small tasks on the way through a notebook, in order."""
    cells = _cells(notebook)
    return [_task(name, stem, cells[name]) for name in cells if "task" in cells[name]]


def _cells(notebook):
    """What each exercise and task consists of: name -> role -> texts of its cells."""
    cells = {}
    for cell in notebook["cells"]:
        if (tag := student.tag_of(cell)) and ":" in tag:
            role, name = tag.split(":", 1)
            cells.setdefault(name, {}).setdefault(role, []).append("".join(cell["source"]))
    return cells


def _one(name, stem, cells, role):
    found = cells.get(role, [])
    if len(found) != 1:
        raise ValueError(f"{stem}: {name} has {len(found)} cells tagged {role}:{name}, not one")
    return found[0]


def _task(name, stem, cells):
    one = partial(_one, name, stem, cells)
    if not (turn := TURN.search(one("task"))):
        raise ValueError(f"{stem}: {name} does not begin with **Your turn: TITLE.**")
    return Exercise(
        *(name, stem, "", turn["title"], "task", 0, 3, "easy", one("task"), []),
        *(one("stub"), one("check"), one("solution"), ""),
    )


def _exercise(name, stem, cells):
    one = partial(_one, name, stem, cells)
    text = one("exercise")
    heading, facts = HEADING.search(text), FACTS.search(text)
    if not (heading and facts):
        raise ValueError(f"{stem}: {name} lacks its heading or its line of facts:\n{text[:200]}")
    graded = facts["kind"] != "Practice"
    if graded != bool(facts["marks"]) or graded == ("solution" in cells):
        raise ValueError(f"{stem}: {name}: practice has a solution, graded has marks, never both")
    return Exercise(
        name=name,
        chapter=stem,
        number=heading["number"],
        title=heading["title"],
        kind=facts["kind"].lower(),
        marks=int(facts["marks"] or 0),
        minutes=int(facts["minutes"]),
        difficulty=facts["difficulty"],
        text=text[facts.end() :].strip(),
        hints=[HINT.search(hint)[1].strip() for hint in cells.get("hint", [])],
        stub=one("stub"),
        check=one("check"),
        solution=None if graded else one("solution"),
        notes=one("instructor"),
    )


def setup_of(notebook):
    """The code that a notebook's exercises need to have run."""
    cells = [cell for cell in notebook["cells"] if student.tag_of(cell) == "exercises"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def of_the_book(find=of_chapter):
    """All exercises of all chapters; with `tasks_of` all small tasks."""
    return [each for stem, book in student.masters().items() for each in find(stem, book)]


def private(folder, name, part):
    """A file of a private folder, or None: `part` is solution.py, hidden.py or notes.md."""
    path = Path(folder) / name / part
    try:  # Notepad's mark at the beginning would be an error in the middle of a cell
        return path.read_text(encoding="utf-8-sig").strip() if path.exists() else None
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: {name}/{part}: {said(error)}; correct it") from error


def tests_of(hidden):
    """Hidden tests one by one: a paragraph with its assertions, and what goes before it."""
    try:
        body = ast.parse(hidden).body
    except SyntaxError:
        return [hidden]
    lines, cuts, tests = hidden.splitlines(), [0], False
    for statement, following in pairwise(body):
        tests = tests or any(isinstance(each, ast.Assert) for each in ast.walk(statement))
        between = lines[statement.end_lineno : following.lineno - 1]
        if tests and not all(map(str.strip, between)):
            cuts.append(statement.end_lineno)
            tests = False
    return ["\n".join(lines[start:end]) for start, end in pairwise([*cuts, len(lines)])]


def solution_of(exercise, folder):
    """The code that answers an exercise: public for practice, else from a private folder."""
    return exercise.solution or private(folder, exercise.name, "solution.py")


def texts(exercises, copier):
    """What `colorlib.checks` knows of the exercises."""
    return {
        each.name: {
            "title": f"{each.number} {each.title}".strip(),
            "kind": each.kind,
            "minutes": each.minutes,
            "difficulty": each.difficulty,
            "hints": [copier.flatten(hint, each.chapter) for hint in each.hints],
        }
        | ({} if each.graded else {"solution": each.solution})
        for each in exercises
    }


def main():
    exercises = [*of_the_book(), *of_the_book(tasks_of)]
    write_json(TEXTS, texts(exercises, student.Copier.of_the_book()))
    print(f"{TEXTS.relative_to(book.ROOT)}: {len(exercises)} exercises and tasks")


if __name__ == "__main__":
    main()
