"""The quizzes: well-formed, readable without a script, and judged at once with one."""

import json
import shutil

import pytest
import quiz
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from sphinx.application import Sphinx

from tools import ROOT
from tools.classroom import student

FILES = sorted((ROOT / "book" / "quizzes").glob("*.json"))


STEMS = {path.stem for path in student.MASTERS.glob("*.ipynb")}
SAMPLE = [
    {
        "question": f"Question {number}: what does `lab` *mean*?",
        "options": ["a dog < a cat", "a colour space", f"option {number}"],
        "answer": number % 3,
        "why": f"Because of reason{number}, and `L` is *not* a breed.",
    }
    for number in range(5)
]


def flaws(questions):
    """What is wrong with a quiz, in words; nothing if it is well-formed."""
    if len(questions) != 5:
        yield f"has {len(questions)} questions, not five"
    for number, each in enumerate(questions, 1):
        if set(each) != {"question", "options", "answer", "why"}:
            yield f"{number} has the fields {sorted(each)}"
        elif len(set(each["options"])) != len(each["options"]):
            yield f"{number} has an option twice"
        elif not 3 <= len(each["options"]) <= 4 or each["answer"] not in range(
            len(each["options"])
        ):
            yield f"{number} has options or an answer out of range"
        elif not all(map(str.strip, [each["question"], each["why"], *each["options"]])):
            yield f"{number} has an empty text"
    if len({each.get("answer") for each in questions}) < 2:
        yield "has every right answer in the same place"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_quizzes_are_well_formed_and_shown_by_their_chapter(path):
    assert path.stem in STEMS, "a quiz without a chapter"
    assert list(flaws(json.loads(path.read_text(encoding="utf-8")))) == []
    assert f"{{quiz}} {path.stem}\n" in (student.MASTERS / f"{path.stem}.ipynb").read_text(
        encoding="utf-8"
    ).replace("\\n", "\n")


@pytest.mark.parametrize(
    "change, flaw",
    [
        ({"options": ["a", "a", "b"]}, "twice"),
        ({"answer": 3}, "out of range"),
        ({"why": " "}, "empty"),
        ({"hint": ""}, "fields"),
    ],
)
def test_a_flawed_quiz_is_noticed(change, flaw):
    assert list(flaws(SAMPLE)) == []
    assert flaw in next(flaws([SAMPLE[0] | change, *SAMPLE[1:]]))
    assert "not five" in next(flaws(SAMPLE[1:]))
    assert "same place" in next(flaws([each | {"answer": 0} for each in SAMPLE]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of two pages, one with a quiz."""
    folder = tmp_path_factory.mktemp("quiz")
    (folder / "index.md").write_text("# Home\n\n```{toctree}\nasked\n```\n")
    (folder / "asked.md").write_text("# Asked\n\n:::{quiz} sample\n:::\n")
    (folder / "quizzes").mkdir()
    (folder / "quizzes" / "sample.json").write_text(json.dumps(SAMPLE))
    (folder / "_static").mkdir()
    shutil.copy(ROOT / "_static" / "custom.css", folder / "_static")
    (folder / "conf.py").write_text(
        "extensions = ['myst_parser', 'quiz']\nmyst_enable_extensions = ['colon_fence']\n"
        "html_static_path = ['_static']\nhtml_css_files = ['custom.css']\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quiz, "QUIZZES", folder / "quizzes")
        app = Sphinx(
            *(folder, folder, folder / "html", folder / "doctrees", "html"),
            status=None,
            warningiserror=True,
        )
        app.build()
        assert any(name.endswith("sample.json") for name in app.env.dependencies["asked"])
    return folder / "html"


@pytest.fixture
def show(browser, folder):
    """Open the page with the quiz as a file; a complaint of the browser fails the test."""
    complaints, contexts = [], []

    def open_page(**options):
        contexts.append(browser.new_context(**options))
        tab = contexts[-1].new_page()
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto((folder / "asked.html").as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_markdown_is_rendered_and_can_be_searched(folder):
    page = BeautifulSoup((folder / "asked.html").read_text(), "html.parser")
    legends = [legend.text for legend in page.select("fieldset > legend")]
    assert legends == [f"{n + 1}. Question {n}: what does lab mean?" for n in range(5)]
    assert page.legend.code.text == "lab" and page.legend.em.text == "mean"
    assert page.label.text.split() == ["a)", "a", "dog", "<", "a", "cat"]
    assert page.select_one(".why code").text == "L"
    index = (folder / "searchindex.js").read_text()
    assert all(f'"reason{number}"' in index for number in range(5))


def test_only_pages_with_a_quiz_have_its_script(folder):
    assert "fieldset" not in (folder / "index.html").read_text()
    script = quiz.SCRIPT.read_text()
    assert script in (folder / "asked.html").read_text()
    assert len(script) < 3000
    for forbidden in ("import ", "fetch", "Storage", "cookie", "http"):
        assert forbidden not in script


def test_by_keyboard(show):
    tab = show()
    question = tab.locator("fieldset").nth(1)  # the second option is right
    says, score = question.get_by_role("status"), tab.locator(".score")
    expect(score).to_have_text("0 of 5 right")
    question.locator("input").first.focus()
    tab.keyboard.press("Space")
    expect(says).to_have_text("✗ Not right. Because of reason1, and L is not a breed.")
    expect(score).to_have_text("0 of 5 right")
    tab.keyboard.press("ArrowDown")
    expect(says).to_contain_text("Not right")  # to move is not to choose
    tab.keyboard.press("Space")
    expect(says).to_contain_text("✓ Right. Because of reason1")
    expect(score).to_have_text("1 of 5 right")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Enter")
    expect(question.locator("input").nth(2)).to_be_checked()
    expect(score).to_have_text("0 of 5 right")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    expect(tab.locator("fieldset").nth(2).get_by_role("status")).to_contain_text("Not right")


def test_by_touch_on_a_phone(show):
    tab = show(viewport={"width": 390, "height": 800}, has_touch=True)
    for number in range(5):
        question = tab.locator("fieldset").nth(number)
        label = question.locator("label").nth(SAMPLE[number]["answer"])
        assert label.bounding_box()["height"] >= 32
        label.tap()
        assert label.evaluate("e => getComputedStyle(e).borderStyle") == "solid"
    expect(tab.locator(".score")).to_have_text("5 of 5 right")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.locator("label").nth(1).tap()
    assert tab.locator("label").nth(1).evaluate("e => getComputedStyle(e).borderStyle") == "dashed"


def test_without_a_script(show):
    tab = show(java_script_enabled=False)
    expect(tab.locator("legend").first).to_contain_text("Question 0")
    expect(tab.locator(".score")).to_be_hidden()
    answer = tab.locator("details").first
    expect(answer.locator("p")).to_be_hidden()
    answer.locator("summary").click()
    expect(answer.locator("p")).to_have_text("a) Because of reason0, and L is not a breed.")


def test_paper_shows_questions_and_no_answers(show):
    for script in (True, False):
        tab = show(java_script_enabled=script)
        tab.locator("label").first.click()
        tab.emulate_media(media="print")
        expect(tab.locator("legend").first).to_be_visible()
        expect(tab.locator("label").first).to_be_visible()
        for hidden in ("details", ".says", ".score"):
            expect(tab.locator(hidden).first).to_be_hidden()


def test_the_students_copies_hold_the_questions_with_folded_answers():
    copier = student.Copier({}, {})
    text = copier.quiz(SAMPLE, "01_lab")
    assert text.startswith(
        "**1.** Question 0: what does `lab` *mean*?\n\n- a) a dog < a cat\n- b) a colour space\n"
        "- c) option 0\n\n<details><summary>Answer</summary>\n\n"
        "a) Because of reason0, and `L` is *not* a breed.\n\n</details>\n\n**2.** "
    )
    assert text.count("<details>") == text.count("</details>") == 5
    assert "c) Because of reason2" in text
