"""What builds, checks and measures the kit; never imported by colorlib."""

import sys
from pathlib import Path

from colorlib.files import UserError

ROOT = Path(__file__).resolve().parents[1]


def _in_a_line(kind, error, trace):
    """Say without a traceback what a person can mend, or has done."""
    if kind is KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
    elif issubclass(kind, UserError):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _in_a_line
