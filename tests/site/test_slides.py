"""A deck of slides comes from a chapter's own cells, asks no host, and fits its screen."""

import re

import pytest

from tools.classroom import student
from tools.site import book, slides

STEM = "00_quickstart"  # quick to run; what other chapters have besides is in the cells below
OTHER = "08_many_answers"


def pictured(copier, stem, outputs):
    """The cells of a chapter, with one picture for all its figures."""
    cells = [dict(cell) for cell in copier.books[stem]["cells"]]
    for cell in cells:
        if student.figure_of(cell):
            cell["outputs"] = outputs
    return cells


@pytest.fixture(scope="module")
def copier():
    return student.Copier.of_the_book()


@pytest.fixture(scope="module")
def deck(copier, tmp_path_factory):
    """Two decks: of a chapter that ran, and of another's texts with a picture of the first."""
    folder = tmp_path_factory.mktemp("slides")
    slides.copy_vendored(folder)
    ran = slides.run(copier.books[STEM])
    slides.write(STEM, ran, copier, folder)
    outputs = next(cell.outputs for cell in ran.cells if student.figure_of(cell))
    slides.write(OTHER, {"cells": pictured(copier, OTHER, outputs)}, copier, folder)
    return folder


@pytest.mark.parametrize("stem", student.masters())
def test_every_chapter_has_its_questions_with_answers(stem, copier):
    cells = pictured(copier, stem, [{"data": {"image/png": "iVBORw0KGgo="}}])
    made = slides.deck_of(stem, cells, copier)
    kinds = [cell.metadata.slideshow.slide_type for cell in made]
    assert made[0].source.startswith("# ") and made[1].source.strip()
    assert not re.search(r"\{\w+\}`|:::|\]\((?!attachment:)", "".join(each.source for each in made))
    assert kinds.count("notes") == sum(map(bool, map(student.figure_of, cells)))
    text = "".join("".join(cell["source"]) for cell in cells)
    assert kinds.count("fragment") >= len(re.findall(r"\{admonition\} (?:The a|A)nswer\n", text))
    assert made[-1].source.startswith("## What we learned") or stem == "00_quickstart"


def test_a_deck_fits_its_screen_and_asks_no_host(deck, browser):
    for stem, figures in ((STEM, 6), (OTHER, 11)):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        asked, said = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto(f"file://{deck}/{stem}.html")
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        text, pictures = "", 0
        for _ in range(100):
            seen = page.evaluate(LOOK)
            assert seen["bottom"] <= 720 and seen["right"] <= 1280 and seen["size"] >= 24, seen
            assert all(width > 300 for width in seen["widths"])
            text, pictures = text + seen["text"], pictures + len(seen["widths"])
            if seen["last"]:
                break
            page.evaluate("Reveal.next()")
        assert seen["last"] and pictures == figures and "figure.png" not in text
        assert all(re.match(r"file:|data:|blob:", url) for url in asked) and not said, said
        page.close()
    assert "Less than a hundred times" in text and "What we learned" in text  # of the second
    assert "import keras" not in text


LOOK = """() => {
  const slide = Reveal.getCurrentSlide(), all = [slide, ...slide.querySelectorAll("*")]
  const shown = all.filter(each => !each.closest("aside, mjx-assistive-mml"))
  const boxes = shown.map(each => each.getBoundingClientRect())
  return {
    bottom: Math.max(...boxes.map(box => box.bottom)),
    right: Math.max(...boxes.map(box => box.right)),
    size: parseFloat(getComputedStyle(slide).fontSize),
    widths: [...slide.querySelectorAll("img")].map(picture => picture.naturalWidth),
    text: slide.innerText,
    last: Reveal.isLastSlide() && !Reveal.availableFragments().next,
  }
}"""


def test_decks_are_no_part_of_the_site():
    assert not slides.TARGET.is_relative_to(book.SITE)
