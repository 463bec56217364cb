"""The directive `{quiz} STEM`: the questions of `book/quizzes/STEM.json`, answered on the page.

Without a script it is a form to think about, with folded answers. The script, `quiz.mjs` beside
the questions, judges each choice at once and counts; it is written into the page itself, because a
browser imports no module from a page opened as a file. Nothing is stored and nothing is sent.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

QUIZZES = Path(__file__).resolve().parent.parent / "quizzes"
SCRIPT = QUIZZES / "quiz.mjs"


class quiz(nodes.General, nodes.Element):
    """A quiz; holds questions."""


class quiz_question(nodes.General, nodes.Element):
    """A question; holds its text, its options and its answer."""


class quiz_text(nodes.General, nodes.TextElement):
    """What is asked, as a legend."""


class quiz_option(nodes.General, nodes.TextElement):
    """One of the answers to choose from."""


class quiz_answer(nodes.General, nodes.TextElement):
    """The right answer and why, folded."""


class Quiz(SphinxDirective):
    """A quiz, by the stem of its file."""

    required_arguments = 1

    def run(self):
        stem = self.arguments[0].strip()
        file = QUIZZES / f"{stem}.json"
        if not file.exists():
            raise self.error(f"there is no quiz {stem!r}")
        for source in (file, SCRIPT):
            self.env.note_dependency(str(source))
        questions = json.loads(file.read_text(encoding="utf-8"))
        box = quiz(count=len(questions))
        for number, each in enumerate(questions, 1):
            question = quiz_question(answer=each["answer"])
            question += self.said(quiz_text, each["question"], number=number)
            for value, option in enumerate(each["options"]):
                name = f"quiz-{stem}-{number}"
                question += self.said(quiz_option, option, name=name, value=value)
            question += self.said(quiz_answer, each["why"], letter="abcdef"[each["answer"]])
            box += question
        return [box]

    def said(self, kind, markdown, **attributes):
        """A node of a kind that holds a line of Markdown."""
        found, _ = self.state.inline_text(markdown, self.lineno)
        return kind(markdown, "", *found, **attributes)


def _open_quiz(self, node):
    self.body.append('<div class="quiz">\n')


def _close_quiz(self, node):
    script = SCRIPT.read_text(encoding="utf-8")
    self.body.append(
        f'<p class="score" role="status" hidden>0 of {node["count"]} right</p>\n</div>\n'
        f'<script type="module">\n{script}</script>\n'
    )


def _open_question(self, node):
    self.body.append(f'<fieldset data-answer="{node["answer"]}">\n')


def _close_question(self, node):
    self.body.append("</fieldset>\n")


def _open_text(self, node):
    self.body.append(f'<legend><span class="number">{node["number"]}.</span> ')


def _close_text(self, node):
    self.body.append("</legend>\n")


def _open_option(self, node):
    radio = f'<input type="radio" name="{node["name"]}" value="{node["value"]}">'
    self.body.append(
        f'<label>{radio} <span class="letter">{"abcdef"[node["value"]]})</span> <span>'
    )


def _close_option(self, node):
    self.body.append("</span></label>\n")


def _open_answer(self, node):
    self.body.append(f'<details><summary>Answer</summary><p>{node["letter"]}) <span class="why">')


def _close_answer(self, node):
    self.body.append('</span></p></details>\n<p class="says" role="status" hidden></p>\n')


def _plain_text(self, node):
    """LaTeX and text builders show the words in a row."""


def setup(app):
    for node, opened, closed in (
        (quiz, _open_quiz, _close_quiz),
        (quiz_question, _open_question, _close_question),
        (quiz_text, _open_text, _close_text),
        (quiz_option, _open_option, _close_option),
        (quiz_answer, _open_answer, _close_answer),
    ):
        plain = (_plain_text, _plain_text)
        app.add_node(node, html=(opened, closed), latex=plain, text=plain)
    app.add_directive("quiz", Quiz)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
