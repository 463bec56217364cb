"""Keep the pages lean, and off the network.

Jupyter Book 1 always loads sphinx-thebe, which writes the same constant twice into every page, an
error in the browser's console, and names another host. The kit offers no live cells there. Other
extensions give their script to every page; here only pages that use it keep it.
"""

import re

from markupsafe import Markup

# A script's name or a part of its text, and what a page that needs it has in its body.
SCRIPTS = {
    "mathjax": ('class="math',),
    "MathJax": ('class="math',),
    "togglebutton": ("toggle", "dropdown"),
    "toggleHint": ("toggle", "dropdown"),
    "toggleOpenOnPrint": ("toggle", "dropdown"),
    "design-tabs": ("sd-tab-set",),
    "copybutton": ('class="highlight',),
    "clipboard.min": ('class="highlight',),
}


def _drop_thebe(app, config):
    for listeners in app.events.listeners.values():
        listeners[:] = [
            listener
            for listener in listeners
            if not getattr(listener.handler, "__module__", "").startswith("sphinx_thebe")
        ]


def _drop_unused_scripts(app, pagename, templatename, context, doctree):
    body = context.get("body", "")

    def used(script):
        what = f"{getattr(script, 'filename', script)} {getattr(script, 'attributes', {})}"
        return all(
            any(mark in body for mark in marks) for name, marks in SCRIPTS.items() if name in what
        )

    context["script_files"][:] = filter(used, context["script_files"])
    styles = context["css_files"]
    styles[:] = [style for style in styles if "thebe" not in getattr(style, "filename", "")]


def _add_filters(app):
    def without_icon_script(html):
        return Markup(
            re.sub(r"<script defer src=\"[^\"]*/fontawesome\.js[^>]*></script>", "", html)
        )

    app.builder.templates.environment.filters["without_icon_script"] = without_icon_script


def setup(app):
    app.connect("config-inited", _drop_thebe, priority=900)
    app.connect("builder-inited", _add_filters)
    app.connect("html-page-context", _drop_unused_scripts, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
