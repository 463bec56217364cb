"""Published results: the reports and small runs that chapters show, which come with the package.

`make results` and `make compare` write them; notebooks and the book's pages read the same files.
"""

from pathlib import Path

from colorlib.files import UserError

FOLDER = Path(__file__).parent / "data" / "results"


def result(name: str) -> Path:
    """Where a published result lies, by its name.

    Parameters
    ----------
    name : str
        A file or folder, such as "shipped.json" or "lab".

    Returns
    -------
    pathlib.Path

    Raises
    ------
    UserError
        If nothing of this name was published. Chapter: 05_training.
    """
    path = FOLDER / name
    if not path.exists():
        there = ", ".join(sorted(each.name for each in FOLDER.iterdir()))
        raise UserError(f"{name}: no such published result; choose from {there}")
    return path
