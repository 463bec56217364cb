"""Light pictures: notebook figures become WebP, all pictures state their size and load late.

Each leads to itself alone, where a phone can enlarge it.
"""

import io
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from PIL import Image


def _to_webp(app, doctree):
    """Re-encode what notebooks drew, before Sphinx collects the page's pictures."""
    build = Path(app.outdir).parent
    output, known = build / "jupyter_execute", build / "webp"
    known.mkdir(exist_ok=True)
    for node in doctree.findall(nodes.image):
        _, path = app.env.relfn2path(node["uri"], app.env.docname)
        path = Path(path).resolve()
        if path.suffix == ".png" and output in path.parents:
            coded = known / f"{path.stem}.webp"  # named after the picture's hash
            if not coded.exists():
                coded.write_bytes(webp(path))
            shutil.copy(coded, output)
            node["uri"] = str(Path(node["uri"]).with_suffix(".webp"))


def webp(path):
    """A PNG as WebP: exact where that costs little (charts do), else at quality 90 (photos)."""
    coded = {}
    with Image.open(path) as image:
        for lossless in (True, False):
            stream = io.BytesIO()
            image.save(stream, "webp", lossless=lossless, quality=90, method=4, use_sharp_yuv=True)
            coded[lossless] = stream.getvalue()
    return coded[len(coded[True]) <= 1.2 * len(coded[False])]


def _state_sizes(app, pagename, templatename, context, doctree):
    """Width and height for all pictures of a page; all but the first load when they come near."""
    if doctree is None:
        return
    names = {name: Path(app.srcdir) / path for path, name in app.builder.images.items()}
    first = True

    def tag(match):
        nonlocal first
        link, text, source = match[1], match[2], unquote(match[3]).rsplit("/", 1)[-1]
        if source not in names:
            return match[0]
        if not first and " loading=" not in text:
            text = text.replace("<img", '<img loading="lazy"', 1)
        first = False
        if " height=" not in text and names[source].suffix != ".svg":
            with Image.open(names[source]) as image:
                size = f'<img width="{image.width}" height="{image.height}"'
            text = text.replace("<img", size, 1)
        return f"{link}{text}" if link else f'<a class="alone" href="{match[3]}">{text}</a>'

    pattern = r'(<a\b[^>]*>\s*)?(<img\b[^>]*?\bsrc="([^"]*)"[^>]*>)'
    context["body"] = re.sub(pattern, tag, context["body"])


def setup(app):
    app.connect("doctree-read", _to_webp, priority=400)
    app.connect("html-page-context", _state_sizes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
