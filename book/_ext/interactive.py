"""The directive `{interactive} NAME`: a numbered figure that a script brings to life.

The page first holds a picture, `book/interactive/NAME.jpg`, which stays where scripts do not run.
The script is `book/interactive/NAME.mjs`, after the modules that it imports. All are written into
the page itself: a browser imports no module from a page opened as a file, and pages without
interactives load nothing.
"""

import json
import re
import shutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.directives.patches import Figure
from sphinx.util.osutil import relative_uri

BOOK = Path(__file__).resolve().parent.parent
PUBLISHED = "../colorlib/data/results"  # chapters show these, too
# The old photos that the page offers, in the order of its data.
OLD = ("01788", "00106", "00172", "01043", "01736", "00963")
PLATES = "../colorlib/data/plates"
# What a script needs beside itself: data, and pictures.
DATA = {
    "why-grey": ("interactive/why-grey.json",),
    "before-after": (
        "interactive/before-after.json",
        f"{PLATES}/01788v-grey.jpg",
        "img/01788v-vivid.jpg",
    ),
    "colorize": (
        "interactive/colorize.json",
        *(f"{PLATES}/{number}v-grey.jpg" for number in OLD),
    ),
    "training-scrubber": (f"{PUBLISHED}/lab/scrubber.json", f"{PUBLISHED}/lab/scrubber.jpg"),
    "real-or-colorized": ("results/pairs.json", "results/pairs.jpg"),
}


class interactive_script(nodes.General, nodes.Element):
    """The script of an interactive, and its data."""


class Interactive(Figure):
    """A figure with a script behind it; the content is its caption."""

    required_arguments = 1
    optional_arguments = 0
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 (docutils' own form)

    def run(self):
        name = self.arguments[0].strip()
        source = BOOK / "interactive" / f"{name}.mjs"
        if not source.exists():
            raise self.error(f"there is no interactive {name!r}")
        for file in (*_modules(name), *_data_files(name)):
            self.state.document.settings.env.note_dependency(str(file))
        self.arguments[0] = f"/book/interactive/{name}.jpg"
        self.options |= {"figclass": ["interactive"], "name": f"interactive-{name}"}
        return [*super().run(), interactive_script(name=name)]


def _modules(name):
    """Files of what the interactive imports, then its own."""
    source = BOOK / "interactive" / f"{name}.mjs"
    imported = re.findall(r'^import [^;]* from "(.+?)";', source.read_text(encoding="utf-8"), re.M)
    return [*(source.parent / file for file in imported), source]


def compose(name):
    """One script without imports: the shared parts, then the interactive's own."""
    parts = [file.read_text(encoding="utf-8") for file in _modules(name)]
    text = re.sub(r"^import .*?;\n", "", "\n".join(parts), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def markup(name, static):
    """The HTML after the figure; `static` is where the page finds the site's `_static`."""
    html = ""
    if name in DATA:
        data, *pictures = DATA[name]
        values = json.loads((BOOK / data).read_text(encoding="utf-8"))
        values["pictures"] = [f"{static}/interactive/{Path(file).name}" for file in pictures]
        values["static"] = static
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        html = f'<script type="application/json" id="interactive-data-{name}">{text}</script>\n'
    return f'{html}<script type="module">\n{compose(name)}</script>\n'


def _data_files(name):
    return [BOOK / file for file in DATA.get(name, ())]


def _visit(self, node):
    page = self.builder.get_target_uri(self.builder.current_docname)
    self.body.append(markup(node["name"], relative_uri(page, "_static")))
    raise nodes.SkipNode


def _skip(self, node):
    raise nodes.SkipNode


def _copy_pictures(app, exception):
    if exception is None and app.builder.format == "html":
        target = Path(app.outdir) / "_static" / "interactive"
        target.mkdir(parents=True, exist_ok=True)
        for _, *pictures in DATA.values():
            for file in pictures:
                shutil.copy(BOOK / file, target)


def setup(app):
    app.add_node(interactive_script, html=(_visit, None), latex=(_skip, None), text=(_skip, None))
    app.add_directive("interactive", Interactive)
    app.connect("build-finished", _copy_pictures)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
