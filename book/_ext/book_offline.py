"""Keep sphinx-thebe out of the site.

Jupyter Book 1 always loads it, and it writes the same constant twice into every page, an
error in the browser's console, and names another host. The kit offers no live cells there.
"""


def _drop_thebe(app, config):
    for listeners in app.events.listeners.values():
        listeners[:] = [
            listener
            for listener in listeners
            if not getattr(listener.handler, "__module__", "").startswith("sphinx_thebe")
        ]


def setup(app):
    app.connect("config-inited", _drop_thebe, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
