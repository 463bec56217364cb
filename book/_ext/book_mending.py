"""Mend what docutils and the theme get wrong, most of it for people who hear a page."""

import re


def _mend(app, pagename, templatename, context, doctree):
    if "body" in context:
        # A list of sources whose items hold what no list item may: plain boxes read better.
        for role in (' role="list"', ' role="doc-biblioentry"'):
            context["body"] = context["body"].replace(role, "")
        # A folded cell says "Show the solution"; a second name would hide that.
        context["body"] = context["body"].replace(
            '<summary aria-label="Toggle hidden content">', "<summary>"
        )
        # No line ends between a number and its per cent.
        context["body"] = re.sub(r"(?<=\d) (?=%)", "\u00a0", context["body"])


def setup(app):
    app.connect("html-page-context", _mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
