"""Number figures and equations by the chapters' own numbers: Fig. 4.2 is in chapter 04.

Sphinx would count chapters from 1; ours begin with 00. The student copies are numbered in the same
way.
"""

import re


def _number(app, env):
    for page, kinds in env.toc_fignumbers.items():
        chapter = re.match(r"notebooks/(\d+)_", page)
        first = (int(chapter[1]),) if chapter else ()
        for kind, found in kinds.items():
            kinds[kind] = {name: (*first, number) for number, name in enumerate(found, 1)}
    return []


def setup(app):
    # After Sphinx has numbered them.
    app.connect("env-get-updated", _number, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
