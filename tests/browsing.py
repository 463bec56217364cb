"""What tests of pages share: a host for the site, and what axe says of a page."""

import http.server
from pathlib import Path

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


class Handler(http.server.SimpleHTTPRequestHandler):
    """The site at / and once more under /kit/, as on a host that shows several."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".webp": "image/webp",
    }

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/kit"))

    def log_message(self, *arguments):
        pass


def violations(page):
    """What axe-core finds that keeps somebody from reading the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))  # not a tag: a page may forbid those
    options = "{resultTypes: ['violations'], preload: false}"  # it need not fetch styles again
    # ipywidgets' patch of colour has no label; the field beside it, for the same value, has one.
    patch = "{exclude: [['.widget-colorpicker input[type=color]']]}"
    found = page.evaluate(f"axe.run({patch}, {options})")["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]
