"""How an answer is judged: call the student's function, compare, name the likely mistake.

Students' functions do anything: raise, print without end, loop for ever, return nonsense, change
their arguments. Whatever happens ends as `NotYet` with words that help, or as `NotAttempted`.
"""

import contextlib
import copy
import dis
import inspect
import io
import reprlib
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

import numpy as np

SECONDS = 10  # for one call of a student's function
PRINTED = 1000  # characters of a student's prints that are kept


class NotYet(Exception):
    """The answer is not right; the message says why, in Markdown."""


class NotAttempted(Exception):
    """The stub is as it was."""


class _TimeUp(BaseException):
    """Not an Exception, so that `except Exception` in a student's loop does not swallow it."""


def call(student, *inputs):
    """Call a student's function on copies of the inputs, safely.

    Raises
    ------
    NotAttempted
        If it returns the stub's dots.
    NotYet
        If it cannot be called, raises, takes too long, returns nothing or changes its inputs.
    """
    if not callable(student):
        raise NotYet(f"this should be a function, but it is {describe(student)}.")
    given = copy.deepcopy(inputs)
    result = guarded(student, *given)
    if result is ...:
        raise NotAttempted
    if result is None:
        raise NotYet("your function returns nothing (`None`). Does it end in `return ...`?")
    try:
        np.testing.assert_equal(given, inputs)
    except AssertionError:
        raise NotYet(
            "your function changes its argument; whoever calls it would lose their data. "
            "Work on a copy (`x = x.copy()`), or compute a new array."
        ) from None
    return result


def expect(student, *inputs, right, mistakes, tolerance=1e-4):
    """Call a student's function and compare what it returns with what is right.

    Parameters
    ----------
    student : object
        Should be a function.
    *inputs : object
        Its arguments.
    right : array-like
        What it should return.
    mistakes : dict of str to array-like
        What typical mistakes return, under the words that name them.
    tolerance : float
        Largest difference that still is right, relative to the largest right number.

    Raises
    ------
    NotAttempted, NotYet
    """
    compare(call(student, *inputs), right, mistakes, tolerance, inputs)


def compare(answer, right, mistakes, tolerance=1e-4, inputs=()):
    """Compare a student's value with what is right; parameters as in `expect`."""
    right = np.asarray(right)
    answer = guarded(_as_numbers, answer, right)
    found = [
        (_off(answer, wrong), words)
        for words, wrong in mistakes.items()
        if _off(wrong, right) > tolerance / 100  # else it is no mistake for these inputs
    ]
    off = _off(answer, right)
    # Of equals, but for their rounding, the first.
    nearest, words = min(found, key=lambda each: round(each[0], 9), default=(np.inf, ""))
    # By chance a mistake may come near what is right; the answer is still far nearer to it.
    if nearest <= tolerance and (off > tolerance or nearest < off / 100):
        raise NotYet(f"{words}{_place(answer, right, tolerance, inputs)}")
    if answer.shape != right.shape:
        raise NotYet(f"the shape should be `{right.shape}`, but it is `{answer.shape}`.")
    if not np.isfinite(answer).all():
        place = _place(answer, right, tolerance, inputs)
        raise NotYet(f"there is a NaN or an infinity in the answer.{place}")
    if off > tolerance:
        raise NotYet(f"the numbers differ.{_place(answer, right, tolerance, inputs)}")


@contextlib.contextmanager
def naming(case):
    """Begin what is said of an answer with the case in which it is wrong."""
    try:
        yield
    except NotYet as reason:
        raise NotYet(f"{case}: {reason}") from None


@contextlib.contextmanager
def without(*ready):
    """Refuse an answer that calls one of these functions, whatever it calls them."""
    codes = {inspect.unwrap(function).__code__ for function in ready}
    called = set()

    def note(frame, event, argument):
        if event == "call" and frame.f_code in codes:
            called.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)
    if called:
        names = ", ".join(f"`{name}`" for name in sorted(called))
        raise NotYet(f"You called the ready {names}: here you make each step yourself.")


def attempted(parts):
    """Raise NotAttempted if any part of an open answer still is its dots."""
    if any(part is ... for part in parts):
        raise NotAttempted


def numbers_of(results, shape):
    """The finite numbers of `results`, an array of this shape; NotYet if they are none."""
    try:
        numbers = np.asarray(results, float)
    except (TypeError, ValueError):  # words, or rows of different lengths
        numbers = np.empty(0)
    if numbers.shape != shape or not np.isfinite(numbers).all():
        raise NotYet(
            f"`results` should be an array of finite numbers with the shape `{shape}`, but it is "
            f"{describe(results)}."
        )
    return numbers


def expect_text(answer, words):
    """Look whether a paragraph is long enough; people judge what it says.

    Parameters
    ----------
    answer : object
        Should be a text.
    words : int
        The least number of words.

    Returns
    -------
    str
        What to tell the student of a complete text.
    """
    if not isinstance(answer, str):
        raise NotYet(f"this should be a text in quotes, but it is {describe(answer)}.")
    if not answer.strip(" .…\n"):
        raise NotAttempted
    found = len(answer.split())
    if found < words:
        raise NotYet(f"you have {found} words; explain a little more ({words}).")
    return f"your text has {found} words. A person will judge it by the rubric above."


def expect_figure(figure, photos=0, plots=0):
    """Look whether a figure shows enough and says what it shows.

    Parameters
    ----------
    figure : object
        Should be a Matplotlib figure.
    photos : int
        The least number of photos in it; above or beside them something must be written.
    plots : int
        The least number of axes with bars, lines or points; each must be labelled.
    """
    from matplotlib.figure import Figure  # slow, and few checks need it

    if figure is ...:
        raise NotAttempted
    if not isinstance(figure, Figure):
        raise NotYet(f"this should be a Matplotlib figure, but it is {describe(figure)}.")
    pictures = [axis for axis in figure.axes if axis.images]
    drawn = [axis for axis in figure.axes if axis.has_data() and not axis.images]
    if len(pictures) < photos:
        raise NotYet(f"your figure shows {len(pictures)} photos; it should show {photos} or more.")
    if len(drawn) < plots:
        raise NotYet("your figure is empty: draw bars, lines or points in it.")
    if photos and not any(axis.get_title() or axis.get_ylabel() for axis in pictures):
        raise NotYet("say above or beside the photos what they show (`set_title`, `set_ylabel`).")
    if not all(axis.get_xlabel() or axis.get_ylabel() for axis in drawn):
        raise NotYet("label the axes: what is drawn, and in which unit?")


def guarded(function, *arguments, seconds=SECONDS):
    """Call a function that may do anything; what it prints is kept, what it raises explained."""
    printed = _Sink()
    try:
        with (
            _time_limit(seconds),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            np.errstate(all="ignore"),
        ):
            return function(*arguments)
    except (NotYet, NotAttempted):
        raise
    except _TimeUp:
        raise NotYet(
            f"it was stopped after {seconds} seconds. Is there a loop that never ends?{printed}"
        ) from None
    except BaseException as error:  # SystemExit and KeyboardInterrupt, too
        raise NotYet(f"it raised {_explain(error)}{printed}") from None


def describe(value):
    """A value in a few words, whatever it is."""
    try:
        if isinstance(value, np.ndarray):
            return f"an array of {value.dtype} with the shape `{value.shape}`"
        return f"`{reprlib.repr(value)[:200]}` ({type(value).__name__})"
    except BaseException:  # even a repr may be broken
        return f"of the type {type(value).__name__}"


def is_untouched(student):
    """Whether a stub is as it was: the dots themselves, or a function that does nothing."""
    if student is ...:
        return True
    code = getattr(student, "__code__", None)
    if code is None:
        return False
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP")]
    returned = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    only_returns = {step.opname for step in steps} <= {"LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return only_returns and returned in ([None], [...])


def _as_numbers(answer, right):
    """The answer as an array of numbers of the right kind."""
    try:
        numbers = np.asarray(answer)
    except ValueError:  # parts of different lengths
        numbers = np.array(None)
    if numbers.dtype.kind not in "biuf":
        raise NotYet(f"this should be {_kind(right)}, but it is {describe(answer)}.")
    return numbers


def _kind(right):
    return "a number" if right.ndim == 0 else f"an array with the shape `{right.shape}`"


def _off(one, other):
    """The largest difference, relative to the other's largest number."""
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return np.inf
    scale = max(1e-12, np.abs(other.astype(float)).max(initial=0))
    off = np.abs(one.astype(float) - other.astype(float)).max(initial=0) / scale
    return np.inf if np.isnan(off) else off


def _place(answer, right, tolerance, inputs):
    """Where the answer is wrong first: the input there, what it says and what it should."""
    if answer.shape != right.shape:
        return f" Your answer has the shape `{answer.shape}`; it should be `{right.shape}`."
    difference = np.abs(answer.astype(float) - right.astype(float))
    scale = max(1e-12, np.abs(right.astype(float)).max(initial=0))
    wrong = np.argwhere(~(difference <= tolerance * scale))
    place = tuple(int(i) for i in wrong[0]) if len(wrong) else (0,) * right.ndim
    where = f" at {list(place)}" if place else ""
    shown = (_shown(value, place, right.shape) for value in inputs)
    given = "; ".join(filter(None, shown))
    given = f" for the input {given}" if given else ""
    gives, should = float(answer[place]), float(right[place])  # a bool has no `.6g`
    return f" You give `{gives:.6g}`{where}{given}; it should be `{should:.6g}`."


def _shown(value, place, shape):
    """An input, or the part of it from which the answer at `place` comes; None if too large."""
    if not isinstance(value, np.ndarray):
        return describe(value)
    if value.shape[:-1] == shape:
        value = value[place]
    elif shape[:-1] in (value.shape, value.shape[:-1]):
        value = value[place[:-1]]
    if value.size > 12 and value.shape == shape[-1:]:
        value = value[place[-1]]
    if value.ndim > 1 or value.size > 12:
        return None
    return f"`{np.array2string(np.asarray(value), precision=4)}`".replace("\n", "")


def _explain(error):
    """An exception's name, its words and the student's line that caused it."""
    try:
        words = str(error)[:300]
    except BaseException:
        words = ""
    if "truth value of an array" in words:
        words += " An `if` chooses once; `np.where(condition, one, other)` for each number."
    ours = str(Path(__file__).parent)  # a line of the checks would tell a student nothing
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(ours)
    ]
    line = f" in the line `{frames[0].line}`" if frames and frames[0].line else ""
    return f"`{type(error).__name__}`{line}{': ' if words else '.'}{words}"


class _Sink(io.TextIOBase):
    """Takes any amount of output and keeps the beginning."""

    def __init__(self):
        self.kept = ""

    def write(self, text):
        self.kept += text[: PRINTED - len(self.kept)]
        return len(text)

    def __str__(self):
        return f" It printed:\n```\n{self.kept}\n```" if self.kept.strip() else ""


@contextlib.contextmanager
def _time_limit(seconds):
    """Raise `_TimeUp` in the block after so many seconds, again and again until it gives up.

    Only where the system has such timers (not on Windows), and only in the main thread.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return

    armed = True

    def stop(number, frame):
        if armed:
            raise _TimeUp

    # Again and again, since a loop may swallow it where its body catches everything.
    started = time.monotonic()
    outer_handler = signal.signal(signal.SIGALRM, stop)
    outer_left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 0.01)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, outer_handler)
        if outer_left:  # a check's own limit goes on around that of one call
            left = max(0.01, outer_left - (time.monotonic() - started))
            signal.setitimer(signal.ITIMER_REAL, left, 0.01)
