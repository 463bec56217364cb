"""Self-checks for the exercises: is an answer right, and if not, what is probably wrong?

    from colorlib.checks import check

    check.lab_chroma(chroma)    # correct, not yet (with the likely reason) or not attempted
    check.lab_twins((twins, figure, answer))  # complete: whether it is good, people judge
    check.lab_chroma.hint(1)
    check.lab_chroma.solution()
    swapped = check.network_swapped.use(swapped)  # a small task: right or not, the chapter goes on

An exercise's name begins with the module here that judges it: `lab_chroma` is a function in
`checks/lab.py`. Such a function draws fresh inputs, asks the library for the right answer, and
knows the answers that typical mistakes give; `judging` compares. Texts, hints and public solutions
are written in the chapters, from which `tools/classroom/exercises.py` makes `data/exercises.json`.

Chapters: the exercises of 01 to 12.
"""

import ast
import functools
import importlib
import json
import os
import sys
from pathlib import Path

import numpy as np
from IPython.display import Markdown

from colorlib.checks.judging import NotAttempted, NotYet, guarded, is_untouched

TEXTS = Path(__file__).parents[1] / "data" / "exercises.json"


@functools.cache
def texts():
    """What the chapters say of each exercise: {name: {"title", "kind", "hints", ...}}."""
    return json.loads(TEXTS.read_text(encoding="utf-8"))


class Answer:
    """What a check says: `verdict` is "correct", "complete", "not yet" or "not attempted".

    Complete is what people will mark: all parts of it are there.
    """

    def __init__(self, verdict, message=""):
        self.verdict, self.message = verdict, message

    def __repr__(self):
        mark = {"not yet": "✗ ", "not attempted": "… "}.get(self.verdict, "✓ ")
        return f"{mark}{self.verdict}{': ' if self.message else ''}{self.message}"


class Exercise:
    """One exercise: call it with your answer; ask it for a hint or the solution."""

    def __init__(self, name):
        self.name = name

    @property
    def best(self):
        """What a check can say at best."""
        return "complete" if texts()[self.name]["kind"] == "graded by hand" else "correct"

    def __call__(self, student):
        """Judge an answer; never raises, unless COLORLIB_CHECKS=strict is in the environment.

        Parameters
        ----------
        student : object
            What the exercise asks for: a function, a number, an array, a text.

        Returns
        -------
        Answer

        Raises
        ------
        AssertionError
            Under the strict setting, for every answer that is not correct (or complete).
        """
        answer = self._judge(student)
        if os.environ.get("COLORLIB_CHECKS") == "strict" and answer.verdict != self.best:
            raise AssertionError(f"{self.name}: {answer!r}")
        return answer

    def _judge(self, student):
        module = importlib.import_module(f"colorlib.checks.{self.name.split('_')[0]}")
        judge = getattr(module, self.name)
        try:
            if is_untouched(student):
                return Answer("not attempted", "replace the dots by your answer.")
            praise = guarded(judge, student, np.random.default_rng(), seconds=60)
        except NotAttempted:
            return Answer("not attempted", "replace the dots by your answer.")
        except NotYet as reason:
            return Answer("not yet", str(reason))
        return Answer(self.best, praise or "")

    def use(self, student):
        """Judge the answer to a small task, a function, and say what to go on with.

        Returns
        -------
        function
            The student's, if it is right; else the chapter's own.
        """
        answer = self(student)
        print(answer)
        if answer.verdict == self.best:
            return student
        print("Until then the chapter goes on with its own.")
        code = texts()[self.name]["solution"]
        space = dict(sys._getframe(1).f_globals)  # those of the cell
        exec(code, space)
        return space[ast.parse(code).body[-1].name]

    def hint(self, number=1):
        """Show a hint; the first one gives least away."""
        hints = texts()[self.name]["hints"]
        if number not in range(1, len(hints) + 1):
            return Markdown(f"This exercise has hints 1 to {len(hints)}.")
        return Markdown(f"**Hint {number} of {len(hints)}.** {hints[number - 1]}")

    def solution(self):
        """Show the solution, if the exercise is for practice."""
        code = texts()[self.name].get("solution")
        if code is None:
            return Markdown("This exercise is graded: your instructor has its solution.")
        return Markdown(f"```python\n{code}\n```")

    def __repr__(self):
        return f"check.{self.name}: {texts()[self.name]['title']}"


class Checks:
    """All exercises by name, as attributes: type `check.` and press Tab."""

    def __getattr__(self, name):
        if name not in texts():
            raise AttributeError(
                f"there is no exercise {name!r}; known are {', '.join(dir(self))}"
                if not name.startswith("_")
                else name
            )
        return Exercise(name)

    def __dir__(self):
        return sorted(texts())


check = Checks()
