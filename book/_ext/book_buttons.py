"""The buttons above a page: Colab and the download offer the student's copy of a notebook.

`tools/classroom/student.py` makes the copies. The masters are for people who work on the kit.
"""

import shutil
from pathlib import Path

COPIES = Path("notebooks/student")


def _offer_copies(app, pagename, templatename, context, doctree):
    copy = COPIES / f"{Path(pagename).name}.ipynb"
    buttons = context.get("header_buttons", [])
    for number, group in enumerate(buttons):
        if group.get("label") == "launch-buttons":
            (colab,) = group["buttons"]
            buttons[number] = colab | {
                "url": colab["url"].replace(f"{pagename}.ipynb", copy.as_posix()),
                "icon": "fas fa-rocket",
                "text": "Open in Colab",
                "tooltip": "Run this chapter on Google Colab",
                "label": "colab",
            }
        if group.get("label") == "download-buttons":
            printing = {"text": "Print", "tooltip": "Print this page", "icon": "fas fa-print"}
            offered = [group["buttons"][-1] | printing]
            if pagename.startswith("notebooks/"):
                offered.insert(0, _download(context["pathto"](copy.as_posix(), 1)))
            group["buttons"] = offered


def _download(address):
    return {
        "type": "link",
        "url": address,
        "text": "Notebook",
        "icon": "fas fa-code",
        "tooltip": "Download this chapter as a notebook",
        "label": "download-notebook-button",
    }


def _copy_notebooks(app, exception):
    if exception is None and app.builder.format == "html":
        target = Path(app.outdir) / COPIES
        target.mkdir(parents=True, exist_ok=True)
        for path in (Path(app.srcdir) / COPIES).glob("*.ipynb"):
            shutil.copy(path, target)


def setup(app):
    # After the theme has made its buttons.
    app.connect("html-page-context", _offer_copies, priority=600)
    app.connect("build-finished", _copy_notebooks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
