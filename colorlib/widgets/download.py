"""A file of the machine that the notebook runs on, brought to the machine you sit at.

Chapter: 05_training.
"""

from pathlib import Path

from IPython.display import FileLink


def download(path):
    """Offer a file for download: on Colab at once, elsewhere as a link.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    IPython.display.FileLink or None
        The link, for a notebook to show; JupyterLab follows it within the folder that it was
        started in.
    """
    try:
        from google.colab import files
    except ImportError:
        return FileLink(Path(path))
    return files.download(str(path))
