"""A file of the machine that the notebook runs on, brought to the machine you sit at.

Chapter: 05_training.
"""

from pathlib import Path

import ipywidgets


def download(path) -> ipywidgets.Button | str:
    """Offer a file for download.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    ipywidgets.Button or str
        On Colab a button; elsewhere a hint, since JupyterLab's file browser downloads any file.
    """
    path = Path(path)
    try:
        from google.colab import files
    except ImportError:
        return f"To download {path}: in the file browser, right-click it and choose Download."
    button = ipywidgets.Button(description=f"Download {path.name}")
    button.on_click(lambda _: files.download(str(path)))
    return button
