"""`make slides`: a deck of slides of each chapter, from its own cells.

    python -m tools.site.slides [CHAPTER ...]

A deck has the chapter's title and promise; for each section its heading with its question, its
figures with their captions, and the answer, which waits for a key; and what we learned. The code of
a figure is in the speaker's notes (key S). Chapters run once, at the smoke tier. The decks and what
they load go into `_build/slides`, a folder for any host or stick.
"""

import argparse
import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbconvert.exporters import SlidesExporter
from tqdm import tqdm

from tools.classroom import student
from tools.site import book, vendor

TARGET = book.BUILD / "slides"
COPIES = (
    ("reveal.js/dist/reveal.js", "reveal"),
    ("reveal.js/dist/reveal.css", "reveal"),
    ("reveal.js/plugin/notes/notes.js", "reveal"),
    *(copy for copy in vendor.COPIES if copy[0].startswith("mathjax")),
)
SHARP = "%matplotlib inline\n%config InlineBackend.figure_formats = ['retina']"
# What makes a slide: a heading, a question in one of two forms, a folded answer.
EVENT = re.compile(
    r"^\#{2,3} (?P<heading>[^\n]+)$|^\*\*Predict, then run\.\*\* (?P<question>.+?)(?=\n\n|\Z)|"
    + student.DIRECTIVE.pattern,
    re.MULTILINE | re.DOTALL,
)
PROMISE = re.compile(r"^# (.+?)\n+\*\*The promise of this chapter:\*\* (.+?)\n\n", re.DOTALL)
GOALS = re.compile(r"^\*\*You will\*\*\n\n(.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
LEARNED = re.compile(r"(?:## |\*\*)What we learned\.?(?:\*\*)?\s+(.+?)(?=\n\n|\Z)", re.DOTALL)
FULL = 480  # characters of a list that one slide takes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    copier = student.Copier.of_the_book()
    chosen = parser.parse_args().chapters or list(copier.books)
    if unknown := set(chosen) - set(copier.books):
        sys.exit(f"no such chapter: {', '.join(unknown)}; there are {', '.join(copier.books)}")
    copy_vendored()
    for stem in tqdm(chosen, unit="chapter"):
        write(stem, run(copier.books[stem]), copier)
    print(f"decks: {TARGET}; full screen with F, notes with S")


def copy_vendored(target=TARGET):
    """Bring what the decks load."""
    if not vendor.installed():
        vendor.install()
    for pattern, folder in COPIES:
        (target / "vendor" / folder).mkdir(parents=True, exist_ok=True)
        for path in vendor.NODE.glob(pattern):
            shutil.copy(path, target / "vendor" / folder)
    (target / "vendor" / "licences.txt").write_text(vendor.licences())


def run(notebook):
    """A chapter with its figures, at twice their usual number of pixels."""
    os.environ.setdefault("COLORLIB_TIER", "smoke")
    cells = [student.code(SHARP) | {"id": "sharp"}, *notebook["cells"]]
    read = nbformat.reads(student.write(notebook | {"cells": cells}), as_version=4)
    path = {"metadata": {"path": str(student.MASTERS)}}
    NotebookClient(read, timeout=600, resources=path).execute()
    return read


def write(stem, executed, copier, target=TARGET):
    """Write the deck of a chapter that has run."""
    deck = nbformat.v4.new_notebook(cells=deck_of(stem, executed["cells"], copier))
    deck.metadata.title = copier.books[stem]["cells"][0]["source"][0].removeprefix("# ").strip()
    exporter = SlidesExporter(
        template_name="slides_template", extra_template_basedirs=[str(Path(__file__).parent)]
    )
    (target / f"{stem}.html").write_text(exporter.from_notebook_node(deck)[0], encoding="utf-8")


def deck_of(stem, cells, copier):
    """The slides of a chapter, as the cells of a notebook."""

    def flat(text):
        text = copier.flatten(text.strip(), stem)
        return re.sub(r"(?<!!)\[([^\]]+)\]\([^)]*\)", r"\1", text)  # links are for readers

    first = flat(next("".join(cell["source"]) for cell in cells if not is_code(cell)))
    title, promise = PROMISE.search(first).groups()
    slides = [slide(f"# {title}\n\n{promise[0].upper()}{promise[1:]}")]
    if goals := GOALS.search(first):
        slides += listed("You will", goals[1])
    heading = question = new = ""  # new: a heading that no slide has shown yet
    for cell in cells:
        text = "".join(cell["source"])
        if is_code(cell):
            if picture := drawn(cell, copier, stem, flat, new):
                slides += picture
                new = ""
            continue
        if re.search(r"^## (Exercises|Going on|What we learned)", text, re.MULTILINE):
            if learned := LEARNED.search(text):
                slides += listed("What we learned", flat(learned[1]))
            continue
        for event in EVENT.finditer(text):
            body, folded = event["body"] or "", "dropdown" in (event["options"] or "")
            if event["heading"]:
                heading, question = flat(event["heading"]), ""
                new = f"## {heading}\n\n"
            elif event["question"] or event["argument"] == "Predict, then run":
                question = flat(event["question"] or body)
                slides.append(slide(f"## {heading}\n\n{question}"))
                new = ""
            elif folded and question:
                if question not in slides[-1].source:
                    slides.append(slide(quoted(question), "subslide"))
                slides.append(slide(flat(body), "fragment"))
                question = ""
            elif event["kind"] == "admonition":
                question = ""  # a task: what is folded after it answers that
    return slides


def is_code(cell):
    return cell["cell_type"] == "code"


def slide(text, slide_type="slide", **data):
    cell = nbformat.v4.new_markdown_cell(text)
    cell.metadata.slideshow = {"slide_type": slide_type, "data": data}
    return cell


def quoted(text):
    return "> " + text.replace("\n", "\n> ")


def listed(heading, text):
    """A list, or the sentences of a paragraph, on as many slides as it takes."""
    parts = re.split(r"^- " if text.startswith("- ") else r"(?<=[.:]) (?=[A-Z])", text, flags=re.M)
    parts = [part.strip() for part in parts if part.strip()]
    groups = np.array_split(parts, np.ceil(len(text) / FULL))
    texts = ["\n".join(f"- {part}" for part in group).replace("\n  ", " ") for group in groups]
    return [slide(f"## {heading}\n\n{text}") for text in texts]


def drawn(cell, copier, stem, flat, heading):
    """The figure of a cell with its caption, and its code as a note to the speaker."""
    figure = student.figure_of(cell)
    shown = [each["data"] for each in cell.get("outputs", []) if "data" in each]
    pictures = [data["image/png"] for data in shown if "image/png" in data]
    if not figure or not pictures:
        return []
    alt = cell["metadata"]["mystnb"].get("image", {}).get("alt", "").translate({91: "(", 93: ")"})
    caption = flat(copier.caption(figure["name"], figure["caption"], stem))
    text = f"{heading}![{alt}](attachment:figure.png)\n\n{caption}"
    picture = slide(text, "slide" if heading else "subslide", kind="figure")
    picture.attachments = {"figure.png": {"image/png": pictures[-1]}}
    code = "".join(cell["source"])
    return [picture, slide(f"```python\n{code}\n```", "notes")]


if __name__ == "__main__":
    main()
