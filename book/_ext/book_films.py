"""The directive `{film} NAME`: a numbered figure that plays `_static/films/NAME.mp4`.

The content is its caption. Nothing is loaded before somebody plays it but NAME.jpg, its poster.
"""

from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.directives.patches import Figure
from sphinx.util.osutil import relative_uri

FOLDER = "_static/films"


class film(nodes.General, nodes.Element):
    """What stands in the figure, in the place of a picture."""


class Film(Figure):
    """A figure that holds a film."""

    required_arguments = 1
    optional_arguments = 0
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 (docutils' own form)

    def run(self):
        name, alt = self.arguments[0].strip(), self.options.get("alt", "")
        self.arguments[0] = f"/{FOLDER}/{name}.jpg"
        self.options["name"] = f"film-{name}"
        figure, *others = super().run()
        poster = figure.next_node(nodes.image)
        poster.replace_self(film(name=name, alt=alt))
        return [figure, *others]


def markup(name, alt, static):
    """The HTML; `static` is where the page finds the site's `_static/films`."""
    return (
        f'<video controls muted loop playsinline preload="none" width="100%" '
        f'poster="{static}/{name}.jpg" aria-label="{escape(alt)}">\n'
        f'<source src="{static}/{name}.mp4" type="video/mp4">\n</video>\n'
    )


def _visit(self, node):
    page = self.builder.get_target_uri(self.builder.current_docname)
    self.body.append(markup(node["name"], node["alt"], relative_uri(page, FOLDER)))
    raise nodes.SkipNode


def _skip(self, node):
    raise nodes.SkipNode


def setup(app):
    app.add_node(film, html=(_visit, None), latex=(_skip, None), text=(_skip, None))
    app.add_directive("film", Film)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
