"""Mark an exercise and its line of facts, so that the style sheet can show it as one block."""

import re

from docutils import nodes


def _mark(app, doctree):
    for section in doctree.findall(nodes.section):
        if re.match(r"Exercise \d", section.next_node(nodes.title).astext()):
            section["classes"].append("exercise")
            if facts := section.next_node(nodes.paragraph):
                facts["classes"].append("facts")


def setup(app):
    app.connect("doctree-read", _mark)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
