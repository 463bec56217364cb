"""`make student`: the copies of the notebooks that students open, in Colab or anywhere.

    python -m tools.classroom.student

The masters in `notebooks/` speak the book's Markdown (MyST), which only the site understands. The
copies in `notebooks/student/` say the same in plain Markdown: figures and equations are numbered,
citations are names and years, links lead to the site, and the first code cell installs colorlib
where it is missing. Addresses come from `_config.yml`. The same masters give the same bytes.
"""

import codecs
import json
import re
from pathlib import Path
from urllib.parse import quote, urljoin

import latexcodec  # noqa: F401 (teaches codecs LaTeX's letters)
from pybtex.database import parse_string

from tools.site import book

MASTERS = book.ROOT / "notebooks"
COPIES = MASTERS / "student"
DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<kind>[\w-]+)\}[ ]*(?P<argument>[^\n]*)\n"
    r"(?P<options>(?::[\w-]+:[^\n]*\n)*)(?P<body>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
ROLE = re.compile(r"(?<!`)\{(?P<kind>[\w:]+)\}`(?P<text>[^`]+)`")
# Figures that live on the website alone, and what one does with them there.
ALIVE = {"interactive": "Try", "film": "Watch"}
EQUATION = re.compile(r"^\$\$\n(?P<body>.*?)\n\$\$ \((?P<name>[\w-]+)\)$", re.MULTILINE | re.DOTALL)
# What cells are to an exercise, and which of them are not for students.
ROLES = ("exercise:", "task:", "stub:", "check:", "hint:", "solution:", "instructor:")
KEPT_BACK = ("solution:", "instructor:")
EXTRAS = {"11_film": "[film]"}  # what chapters need beyond colorlib's own requirements
# Assertions by which the makers see that a chapter still says what is true; no part of the lesson.
MAKERS = "makers"
ADMONITIONS = ("note", "tip", "hint", "important", "warning", "caution", "seealso", "admonition")


def main():
    copier = Copier.of_the_book()
    COPIES.mkdir(exist_ok=True)
    for path in COPIES.glob("*.ipynb"):
        if path.stem not in copier.books:
            path.unlink()
    for stem in copier.books:
        (COPIES / f"{stem}.ipynb").write_text(write(copier.copy(stem)), encoding="utf-8")


def masters():
    """The chapters by their stems, in order."""
    return {path.stem: read(path) for path in sorted(MASTERS.glob("*.ipynb"))}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write(notebook):
    """The normal form of a notebook, as text."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_sources(bibtex):
    """The entries of a bibliography, by their keys."""
    return parse_string(bibtex, "bibtex").entries


class Copier:
    """Copies masters; knows every figure, equation and source that one may refer to."""

    @classmethod
    def of_the_book(cls):
        bibtex = (book.ROOT / "book" / "references.bib").read_text("utf-8")
        return cls(masters(), read_sources(bibtex))

    def __init__(self, books, sources):
        self.books, self.sources = books, sources
        self.site, self.raw = book.site_address(), book.raw_address()
        self.installed_from = f"git+{book.repository()}"
        self.figures = {}  # name -> (notebook, "Fig. 4.3")
        self.equations = {}  # name -> (notebook, "(4.2)")
        for stem, notebook in books.items():
            self._number(stem, notebook)
        for page in sorted((book.ROOT / "book").glob("*.md")):
            for name in re.findall(r"^:name: ([\w-]+)$", page.read_text("utf-8"), re.MULTILINE):
                self.figures.setdefault(name, (page, "a figure"))

    def _number(self, stem, notebook):
        figures, equations = [], []
        for cell in notebook["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "code":
                figures += [figure["name"] for figure in [figure_of(cell)] if figure]
            else:
                figures += [name for found in DIRECTIVE.finditer(text) for name in named(found)]
                equations += [found["name"] for found in EQUATION.finditer(text)]
        chapter = int(stem.split("_")[0])
        for number, name in enumerate(figures, 1):
            self.figures[name] = (stem, f"Fig. {chapter}.{number}")
        for number, name in enumerate(equations, 1):
            self.equations[name] = (stem, f"({chapter}.{number})")

    def copy(self, stem, private=None):
        """The copy of a master, in normal form.

        For students without solutions and instructors' notes. With `private`, for instructors: a
        function that gives the cells to be added after one with a certain tag.
        """
        cells = []
        for cell in self.books[stem]["cells"]:
            text, tag = "".join(cell["source"]), tag_of(cell) or ""
            tags = cell["metadata"].get("tags", [])
            if MAKERS in tags or (tag.startswith(KEPT_BACK) and not private):
                continue
            if cell["cell_type"] == "markdown":
                cells.append(markdown(self.flatten(text, stem)))
                cells += private(tag) if private else []
                continue
            if not any(cell["cell_type"] == "code" for cell in cells):
                cells.append(code(self.installation(stem)))
            folded = {"jupyter": {"source_hidden": True}} if "hide-input" in tags else {}
            cells.append(code(text, ({"tags": tags} if tags else {}) | folded))
            cells += private(tag) if private else []
            if figure := figure_of(cell):
                cells.append(markdown(self.caption(figure["name"], figure["caption"], stem)))
        page = f"{self.site}notebooks/{stem}.html"
        title = "".join(cells[0]["source"])
        cells[0] = markdown(f"{title}\n\n[This chapter on the website]({page})")
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number:02d}"
        return self.books[stem] | {"cells": cells}

    def installation(self, stem):
        """The code that installs colorlib, with what a chapter needs beyond it."""
        return INSTALL.format(what=f"colorlib{EXTRAS.get(stem, '')} @ {self.installed_from}")

    def caption(self, name, text, stem):
        number = self.figures[name][1]
        text = self.flatten(text, stem)
        return f"**{number}** " + (text if "*" in text else f"*{text}*")

    def flatten(self, text, stem):
        """MyST to plain Markdown."""
        text = DIRECTIVE.sub(lambda found: self.directive(found, stem), text)
        text = EQUATION.sub(
            lambda found: (
                f"$$\n{found['body']}\n\\tag{{{self.equations[found['name']][1][1:-1]}}}\n$$"
            ),
            text,
        )
        text = ROLE.sub(lambda found: self.role(found["kind"], found["text"], stem), text)
        return re.sub(r"(?<=\]\()[^)\s]+(?=\))", lambda found: self.link(found[0]), text)

    def directive(self, found, stem):
        kind, argument = found["kind"], found["argument"].strip()
        options = dict(re.findall(r"^:([\w-]+):[ ]*(.*)$", found["options"], re.MULTILINE))
        body = found["body"].strip()
        if kind in ("image", "figure"):
            picture = f"![{options['alt']}]({urljoin(self.raw + 'notebooks/', argument)})"
            caption = self.caption(options["name"], body, stem) if "name" in options else body
            return f"{picture}\n\n{caption}".strip()
        if kind in ALIVE:
            name = f"{kind}-{argument}"
            page = f"{self.site}notebooks/{stem}.html#{name}"
            caption = f"**{self.figures[name][1]}** {self.flatten(body, stem)}"
            return f"{caption} [{ALIVE[kind]} it on the website.]({page})"
        if kind == "quiz":
            return self.quiz(read(book.ROOT / "book" / "quizzes" / f"{argument}.json"), stem)
        if "dropdown" in options.get("class", ""):
            body = self.flatten(body, stem)
            return f"<details><summary>{argument}</summary>\n\n{body}\n\n</details>"
        if kind in ADMONITIONS:
            title = argument or kind.capitalize()
            return "> " + f"**{title}**\n\n{body}".replace("\n", "\n> ").replace("> \n", ">\n")
        raise ValueError(f"{stem}: the student copies know no directive {{{kind}}}")

    def quiz(self, questions, stem):
        """Questions with their options; the answers are folded."""
        parts = []
        for number, each in enumerate(questions, 1):
            options = "\n".join(f"- {letter}) {option}" for letter, option in lettered(each))
            answer = f"{'abcdef'[each['answer']]}) {each['why']}"
            parts.append(
                f"**{number}.** {each['question']}\n\n{options}\n\n"
                f"<details><summary>Answer</summary>\n\n{answer}\n\n</details>"
            )
        return self.flatten("\n\n".join(parts), stem)

    def role(self, kind, text, stem):
        if kind.startswith("cite:"):
            return self.cite(kind, text)
        label, name = re.fullmatch(r"(?:(.*?)\s*<)?([^<>]*)>?", text, re.DOTALL).groups()
        if kind == "numref":
            return self.refer(*self.figures[name], stem, label)
        if kind == "eq":
            return self.refer(*self.equations[name], stem)
        if kind in ("term", "ref", "doc"):
            return label or name
        raise ValueError(f"{stem}: the student copies know no role {{{kind}}}")

    def refer(self, where, number, stem, label=None):
        """A figure or equation by its number, with a link if it is elsewhere."""
        number = label.replace("%s", number.removeprefix("Fig. ")) if label else number
        if isinstance(where, Path):
            return f"[{number}]({self.site}book/{where.stem}.html)"
        return number if where == stem else f"[{number}]({where}.ipynb)"

    def cite(self, kind, keys):
        """Authors and years, linked to the sources."""
        cited = []
        for key in map(str.strip, keys.split(",")):
            entry = self.sources[key]
            names, year = authors(entry), entry.fields["year"]
            shown = f"{names}, {year}" if kind == "cite:p" else f"{names} ({year})"
            cited.append(f"[{shown}]({self.source(entry)})")
        return f"({'; '.join(cited)})" if kind == "cite:p" else ", ".join(cited)

    def source(self, entry):
        """Where a source can be read, or else where the book describes it."""
        if "doi" in entry.fields:
            return f"https://doi.org/{quote(entry.fields['doi'])}"
        return entry.fields.get("url", f"{self.site}book/bibliography.html")

    def link(self, address):
        """Other chapters are neighbours; pages of the book are on the site."""
        chapter = address.split("#")[0].removesuffix(".ipynb")
        if chapter in self.books or re.match(r"[a-z]+:|#", address):
            return address
        return re.sub(r"\.(md|ipynb)\b", ".html", urljoin(f"{self.site}notebooks/", address))


INSTALL = """\
# On Colab, colorlib is missing: this installs it, and changes no package that is there.
import importlib.util

if importlib.util.find_spec("colorlib") is None:
    %pip install -q "{what}\""""


def tag_of(cell):
    """The tag that says what a cell is to an exercise (see `exercises`), or None."""
    tags = cell["metadata"].get("tags", [])
    return next((tag for tag in tags if tag.startswith(ROLES) or tag == "exercises"), None)


def lettered(question):
    """The options of a quiz question, with the letters that name them."""
    return zip("abcdef", question["options"], strict=False)


def figure_of(cell):
    """Name and caption of the figure that a code cell draws, if it draws one."""
    return cell["metadata"].get("mystnb", {}).get("figure")


def named(found):
    """The name of a figure in Markdown, as a list of none or one."""
    if found["kind"] in ALIVE:
        return [f"{found['kind']}-{found['argument'].strip()}"]
    return re.findall(r"^:name:[ ]*([\w-]+)", found["options"], re.MULTILINE)


def authors(entry):
    """Last names as the book prints them: one, two, or the first and the others."""
    people = entry.persons.get("author") or entry.persons["editor"]
    last = [" ".join(person.prelast_names + person.last_names) for person in people]
    last = [codecs.decode(name, "ulatex").translate(str.maketrans("", "", "{}")) for name in last]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(True)}


def code(text, metadata=None):
    lines = text.splitlines(True)
    cell = {"cell_type": "code", "metadata": metadata or {}, "source": lines}
    return cell | {"execution_count": None, "outputs": []}


if __name__ == "__main__":
    main()
