"""Every exercise: its solution passes, its stub is not attempted, mistakes are called by name."""

import ast
import copy
import importlib
import json
import re

import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from wrong_answers.sentences import SENTENCES

from colorlib import checks
from tools.classroom import exercises, student

BOOKS = student.masters()
TASKS = {each.name: each for each in exercises.of_the_book(exercises.tasks_of)}
ALL = {each.name: each for each in exercises.of_the_book()} | TASKS
GRADED = [name for name, each in ALL.items() if each.kind == "graded"]
CHECKED = [name for name, each in ALL.items() if each.kind in ("practice", "graded")]
DRAWS = 5  # of a check's inputs: each of them has to find the mistake


def wrong_answers(name):
    return importlib.import_module(f"wrong_answers.{name.split('_')[0]}").WRONG[name]


def imports_of(notebook):
    """What a chapter imports, as code."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    trees = [
        ast.parse(TransformerManager().transform_cell("".join(cell["source"]))) for cell in cells
    ]
    found = [each for tree in trees for each in tree.body]
    kept = [each for each in found if isinstance(each, (ast.Import, ast.ImportFrom))]
    return "\n".join(map(ast.unparse, kept))


@pytest.fixture(scope="module")
def setups():
    """For each chapter, what its exercises and tasks may use: run once."""
    spaces = {}
    for stem, notebook in BOOKS.items():
        spaces[stem] = {}
        if any(task.chapter == stem for task in TASKS.values()):
            exec(imports_of(notebook), spaces[stem])
        exec(exercises.setup_of(notebook), spaces[stem])
    return spaces


@pytest.fixture
def answer_to(setups):
    """What the check cell says after the stub and then the given code have run."""

    def answer(exercise, code=""):
        space = dict(setups[exercise.chapter])
        exec(exercise.stub, space)
        exec(code, space)
        tree = ast.parse(exercise.check)
        last = tree.body.pop()
        if exercise.name in TASKS:
            return getattr(checks.check, exercise.name)(space[last.targets[0].id])
        last = ast.Expression(last.value)
        exec(compile(tree, "check", "exec"), space)
        return eval(compile(last, "check", "eval"), space)

    return answer


def solution_of(exercise):
    return exercises.solution_of(exercise, exercises.SAMPLE)


@pytest.mark.parametrize("name", ALL)
def test_the_stub_is_not_attempted(name, answer_to):
    assert answer_to(ALL[name]).verdict == "not attempted"


@pytest.mark.parametrize("name", ALL)
def test_the_solution_is_correct(name, answer_to, monkeypatch):
    monkeypatch.setenv("COLORLIB_CHECKS", "strict")
    # Inputs are drawn anew each time; what a person grades has none.
    for _ in range(1 if ALL[name].kind == "graded by hand" else 3):
        best = "complete" if ALL[name].kind == "graded by hand" else "correct"
        assert answer_to(ALL[name], solution_of(ALL[name])).verdict == best


@pytest.mark.parametrize("name", ALL)
def test_wrong_answers_are_told_what_is_wrong(name, answer_to):
    wrong = wrong_answers(name)
    assert len({words for words, _ in wrong}) >= 3
    for words, code in wrong:
        for _ in range(1 if ALL[name].kind == "graded by hand" else DRAWS):
            answer = answer_to(ALL[name], code)
            assert answer.verdict == "not yet" and words in answer.message, (words, answer)


def sentences_of(text):
    """A statement's sentences: equations are parts of theirs, items of a list are sentences."""
    text = re.sub(r"\$\$.*?\$\$( \(\S+\))?", "", text, flags=re.DOTALL)
    ends = r"\n- |(?<=[.?!])\s+|(?<=[.?!]\))\s+|(?<=:)\s+(?=[A-Z][a-z])"
    return [" ".join(each.split()) for each in re.split(ends, text) if each.strip()]


@pytest.mark.parametrize("name", CHECKED)
def test_each_sentence_of_a_statement_has_an_answer_that_breaks_it(name):
    """Unless it demands nothing; whoever changes a statement thinks of its test."""
    sentences, listed = sentences_of(ALL[name].text), SENTENCES[name]
    known = {words for words, _ in wrong_answers(name)}
    for sentence, (begins, broken_by) in zip(sentences, listed, strict=False):
        assert sentence.startswith(begins), f"{sentence!r} should be listed, not {begins!r}"
        named = {broken_by} if isinstance(broken_by, str) else {*(broken_by or ())}
        assert named <= known, f"{sentence!r}: no wrong answer has the words {named - known}"
    assert len(sentences) == len(listed), f"{len(sentences)} sentences, {len(listed)} listed"


def test_sentences_are_listed_for_every_exercise_with_a_check():
    assert list(SENTENCES) == CHECKED


@pytest.mark.parametrize("name", GRADED)
def test_hidden_tests_reject_what_the_check_rejects(name, setups):
    """They differ from the check in data, not in what they ask for."""
    hidden = exercises.private(exercises.SAMPLE, name, "hidden.py")
    for words, code in wrong_answers(name):
        space = dict(setups[ALL[name].chapter])
        exec(code, space)
        with pytest.raises(Exception):  # noqa: B017 (an assertion, or what the answer raises)
            exec(hidden, space)
            pytest.fail(f"hidden tests accept the answer of which the check says: {words}")


def careless(function):
    """The function, but it changes what it was given."""

    def changed(*inputs):
        answer = copy.deepcopy(function(*inputs))
        for each in inputs:
            if isinstance(each, np.ndarray):
                each[:] = each[::-1].copy()
            elif isinstance(each, list):
                each.reverse()
        return answer

    return changed


CHANGEABLE = sorted({*GRADED} - {"asking_rule", "photos_sources"})  # those take plain numbers only


@pytest.mark.parametrize("name", CHANGEABLE)
def test_hidden_tests_reject_an_answer_that_changes_its_arguments(name, setups):
    space = dict(setups[ALL[name].chapter])
    exec(solution_of(ALL[name]), space)
    function = ast.parse(ALL[name].stub).body[-1].name
    space[function] = careless(space[function])
    with pytest.raises(Exception):  # noqa: B017 (in words, or since later tests find their data lost)
        exec(exercises.private(exercises.SAMPLE, name, "hidden.py"), space)


@pytest.mark.parametrize("name", GRADED)
def test_each_hidden_test_is_worth_a_mark(name):
    hidden = exercises.private(exercises.SAMPLE, name, "hidden.py")
    tests = exercises.tests_of(hidden)
    assert len(tests) == ALL[name].marks and "\n".join(tests) == hidden
    for each in tests:
        found = [node for node in ast.walk(ast.parse(each)) if isinstance(node, ast.Assert)]
        assert found and all(node.msg for node in found), "it says nothing to learn from"


@pytest.mark.parametrize("name", GRADED)
def test_hidden_tests_tell_the_solution_from_the_rest(name, setups):
    hidden = exercises.private(exercises.SAMPLE, name, "hidden.py")
    space = dict(setups[ALL[name].chapter])
    exec(ALL[name].stub, space)
    with pytest.raises(Exception):  # noqa: B017 (whatever a stub's None leads to)
        exec(hidden, dict(space))
    exec(solution_of(ALL[name]), space)
    exec(hidden, space)


@pytest.mark.parametrize(
    "name", [name for name, each in ALL.items() if each.kind == "graded by hand"]
)
def test_a_text_is_counted_and_not_judged_by_its_words(name, answer_to):
    variable = "answer" if "answer = ..." in ALL[name].stub else "text"
    code = solution_of(ALL[name]) + f"\n{variable} = 'Quite other words. ' * 30"
    answer = answer_to(ALL[name], code)
    assert answer.verdict == "complete" and "90 words" in answer.message, answer


def test_under_the_strict_setting_every_check_raises(answer_to, monkeypatch):
    monkeypatch.setenv("COLORLIB_CHECKS", "strict")
    for each in ALL.values():
        with pytest.raises(AssertionError, match="not attempted"):
            answer_to(each)


@pytest.mark.parametrize("stem", [stem for stem in BOOKS if not stem.startswith("00")])
def test_a_chapter_has_exercises_of_every_kind(stem):
    found = [each for each in ALL.values() if each.chapter == stem and each.kind != "task"]
    assert 4 <= len(found) <= 6
    assert {each.kind for each in found} == {"practice", "graded", "graded by hand"}
    chapter = int(stem.split("_")[0])
    assert [each.number for each in found] == [f"{chapter}.{i + 1}" for i in range(len(found))]
    for each in found:
        assert 5 <= each.minutes <= 60 and len(each.hints) >= 2
        assert len(each.notes.split()) >= 25, f"{each.name}: say more to the instructor"
        assert each.kind != "graded by hand" or "Rubric" in each.text


def test_what_checks_tell_is_in_step_with_the_chapters():
    texts = exercises.texts(ALL.values(), student.Copier.of_the_book())
    assert json.loads(checks.TEXTS.read_text("utf-8")) == texts, "stale: make exercises"


def test_no_graded_solution_is_in_the_package():
    text = checks.TEXTS.read_text("utf-8")
    for each in ALL.values():
        if each.graded:
            assert json.dumps(solution_of(each))[1:-1] not in text


@pytest.mark.parametrize("name", TASKS)
def test_a_chapter_goes_on_with_what_is_right(name, setups, capsys):
    task, space = TASKS[name], dict(setups[TASKS[name].chapter])
    exec(task.stub, space)
    exec(task.check, space)
    assert "not attempted" in capsys.readouterr().out
    target = ast.parse(task.check).body[-1].targets[0].id
    assert getattr(checks.check, name)(space[target]).verdict == "correct"
    exec(task.solution, space)
    mine = space[target]
    exec(task.check, space)
    assert space[target] is mine and "correct" in capsys.readouterr().out


def test_hints_and_solutions_are_shown():
    practice = next(each for each in ALL.values() if not each.graded)
    exercise = getattr(checks.check, practice.name)
    assert practice.solution in exercise.solution().data
    assert "Hint 1 of" in exercise.hint().data and "hints 1 to" in exercise.hint(9).data
    graded = next(each for each in ALL.values() if each.graded)
    assert "your instructor" in getattr(checks.check, graded.name).solution().data
    assert practice.name in dir(checks.check) and practice.title in repr(exercise)
    with pytest.raises(AttributeError, match="known are"):
        checks.check.nothing_of_this_name  # noqa: B018


@pytest.mark.parametrize("answer", ["np.vectorize(abs)", "27.7", "print"])
def test_a_chapter_goes_on_whatever_the_answer_is(answer, capsys):
    """Its own function is given what the cell knows, not what the answer does."""
    code = "import numpy as np\nfrom colorlib import lab\nfrom colorlib.checks import check\n"
    space = {}
    exec(f"{code}root = check.lab_root.use({answer})", space)
    assert "Until then the chapter goes on with its own." in capsys.readouterr().out
    assert space["root"](np.array([8.0])) == 2
