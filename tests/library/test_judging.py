"""Checks survive anything that a student hands in."""

import re
import sys
import time

import numpy as np
import pytest

from colorlib import figures
from colorlib.checks import judging
from colorlib.checks.judging import NotAttempted, NotYet

NUMBERS = np.arange(6.0).reshape(2, 3)


class Hostile:
    """Looks like a value, and fights back when one looks at it."""

    def __repr__(self):
        raise SystemExit("no repr")

    def __array__(self, *arguments, **options):
        raise KeyboardInterrupt

    def __eq__(self, other):
        raise MemoryError

    __hash__ = None


class Mute(Exception):
    def __str__(self):
        raise RuntimeError


def loop_for_ever(x):
    while True:
        try:
            print("more" * 100)
        except:  # noqa: E722
            pass


def endless(x):
    while True:
        yield x


def change(x):
    x[0] = 7
    return x


def choose(x):
    if x > 1:
        return x
    return -x


def raise_mute(x):
    raise Mute


@pytest.mark.parametrize(
    "function, words",
    [
        (3, "should be a function"),
        (Hostile(), "of the type Hostile"),
        (lambda x: Hostile(), "KeyboardInterrupt"),
        (lambda x: "text", "'text'"),
        (lambda x: [x, [1]], "should be an array"),
        (lambda x: None, "does it end in `return ...`".capitalize()),
        (lambda x: x.T, "shape should be `(2, 3)`"),
        (lambda x: x * np.nan, "NaN"),
        (lambda x: x + 1, "numbers differ"),
        (lambda x: -x, "sign is turned"),
        (lambda x: x * 1j, "should be an array"),
        (lambda x: {"x": x}, "should be an array"),
        (lambda: 1, "TypeError"),
        (lambda x: sys.exit(), "SystemExit"),
        (lambda x: [][1], "IndexError"),
        (raise_mute, "Mute"),
        (endless, "generator"),
        (change, "changes its argument"),
        (lambda x: print("a clue") or 1 / 0, "a clue"),
        (lambda x: np.zeros(10**14), "MemoryError"),
    ],
)
def test_anything_ends_in_words(function, words):
    with pytest.raises(NotYet) as reason:
        judging.expect(function, NUMBERS, right=NUMBERS, mistakes={"The sign is turned.": -NUMBERS})
    assert words in str(reason.value)
    assert (NUMBERS == np.arange(6).reshape(2, 3)).all()


def test_what_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(judging.guarded, "__kwdefaults__", {"seconds": 1})
    started = time.monotonic()
    with pytest.raises(NotYet, match="never ends"):
        judging.call(loop_for_ever, NUMBERS)
    assert time.monotonic() - started < 10


def test_a_limit_within_a_limit_leaves_the_outer_one_running():
    def judge():
        judging.guarded(lambda: 1, seconds=30)
        time.sleep(20)

    started = time.monotonic()
    with pytest.raises(NotYet, match="2 seconds"):
        judging.guarded(judge, seconds=2)
    assert time.monotonic() - started < 10


def dots(x):
    """Only a docstring."""
    ...


@pytest.mark.parametrize("stub", [..., dots, lambda x: ..., lambda x: None])
def test_an_untouched_stub_is_known(stub):
    assert judging.is_untouched(stub)


@pytest.mark.parametrize("answer", [None, 0, "", dots.__name__, lambda x: x, lambda x: 0, len])
def test_an_attempt_is_known(answer):
    assert not judging.is_untouched(answer)


def test_dots_that_a_function_returns_are_no_attempt():
    def unfinished(x):
        y = ...
        return y

    with pytest.raises(NotAttempted):
        judging.call(unfinished, NUMBERS)


@pytest.mark.parametrize("answer", [NUMBERS, NUMBERS.tolist(), NUMBERS.astype("float32")])
def test_right_is_right_in_any_form(answer):
    judging.compare(answer, NUMBERS, {})


def test_a_mistake_that_happens_to_be_right_is_not_blamed():
    judging.compare(NUMBERS, NUMBERS, {"This is no mistake.": NUMBERS})


def test_a_mistake_that_comes_near_by_chance_is_still_one():
    with pytest.raises(NotYet, match="You did not square"):
        judging.compare(1.00005, 1.0, {"You did not square.": 1.00005})
    judging.compare(np.float32(1 / 3), 1 / 3, {"You did not square.": 1 / 3 + 2e-5})


def test_the_nearest_mistake_is_blamed():
    with pytest.raises(NotYet, match="You forgot alpha"):
        judging.compare(2.0, 1.0, {"You did not square.": 2.0001, "You forgot alpha.": 2.0})


def test_the_place_of_a_wrong_truth_value_is_shown():
    with pytest.raises(NotYet, match=r"You give `1` at \[0\]; it should be `0`"):
        judging.compare([True, True], [False, True], {})


@pytest.mark.parametrize(
    "value, right, words",
    [
        (np.arange(12).reshape(2, 2, 3), np.ones((2, 2)), "`[0 1 2]`"),  # a pixel gives a number
        (NUMBERS, np.ones((2, 3)), "`[0. 1. 2.]`"),  # a pixel gives a pixel
        (NUMBERS, np.ones((2, 3, 2)), "`0.`"),  # a number gives a pixel
        (np.array(["Ann", "Bo"]), np.ones(2), "`['Ann' 'Bo']`"),
        (np.arange(20), np.ones(20), "`0`"),
        (7, np.ones((2, 3)), "`7` (int)"),
    ],
)
def test_the_input_of_a_wrong_place_is_shown(value, right, words):
    with pytest.raises(NotYet) as reason:
        judging.expect(lambda x: 0 * right, value, right=right, mistakes={})
    assert re.search(rf"for the input .*{re.escape(words)}", str(reason.value))


def test_an_input_too_large_to_show_is_left_out():
    with pytest.raises(NotYet) as reason:
        judging.expect(lambda x: 0, NUMBERS, right=1, mistakes={})
    assert "for the input" not in str(reason.value)


def test_a_ready_function_is_known_under_any_name():
    from skimage.color import rgb2lab as mine

    colors = np.full((1, 1, 3), 0.5)
    with pytest.raises(NotYet, match="`rgb2lab`"), judging.without(mine):
        mine(colors)
    with judging.without(mine):
        judging.guarded(np.sqrt, colors)


def test_a_choice_for_a_whole_array_is_explained():
    with pytest.raises(NotYet, match=r"`if x > 1.*np\.where"):
        judging.call(choose, NUMBERS)


def test_a_line_of_the_checks_is_not_shown_to_a_student():
    with pytest.raises(NotYet) as reason:
        judging.guarded(judging.describe, 1, 2)
    assert "in the line" not in str(reason.value)


def test_a_case_is_named():
    with pytest.raises(NotYet, match="grey: the numbers differ"), judging.naming("grey"):
        judging.compare(1, 2, {})


@pytest.mark.parametrize(
    "text, words",
    [(7, "text in quotes"), ("too short", "2 words")],
)
def test_a_text_must_be_complete(text, words):
    with pytest.raises(NotYet, match=words):
        judging.expect_text(text, words=5)


def test_a_complete_text_is_for_people_to_judge():
    text = "Clouds are " + "very " * 5
    assert "person" in judging.expect_text(text, words=5)
    with pytest.raises(NotAttempted):
        judging.expect_text(" ... ", words=5)


def drawing(photos=0, title="", bars=0, label=""):
    figure, axes = figures.axes(1, photos + bars + 1)
    for axis in axes[:photos]:
        axis.imshow(NUMBERS)
        axis.set_title(title)
    for axis in axes[photos : photos + bars]:
        axis.bar(["one", "two"], [1, 2])
        axis.set_ylabel(label)
    return figure


@pytest.mark.parametrize(
    "figure, words",
    [
        (NUMBERS, "should be a Matplotlib figure"),
        (drawing(photos=1, title="photo", bars=1, label="error"), "shows 1 photos"),
        (drawing(photos=2, title="photo"), "is empty"),
        (drawing(photos=2, bars=1, label="error"), "above or beside"),
        (drawing(photos=2, title="photo", bars=1), "which unit"),
    ],
)
def test_a_figure_must_be_complete(figure, words):
    with pytest.raises(NotYet, match=words):
        judging.expect_figure(figure, photos=2, plots=1)


def test_a_complete_figure_is_for_people_to_judge():
    judging.expect_figure(drawing(photos=2, title="photo", bars=1, label="error"), 2, 1)
    with pytest.raises(NotAttempted):
        judging.expect_figure(..., photos=2)
