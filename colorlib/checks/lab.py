"""The exercises of chapter 01_lab."""

import numpy as np

from colorlib.checks.judging import expect


def lab_chroma(student, draw):
    """The distance from grey in the a-b plane."""
    colors = draw.uniform((0, -80, -80), (100, 80, 80), (4, 5, 3))
    lightness, a, b = np.moveaxis(colors, -1, 0)
    expect(
        student,
        colors,
        right=np.hypot(a, b),
        mistakes={
            "You included L: then white would be colourful.": np.linalg.norm(colors, axis=-1),
            "You took L and a instead of a and b.": np.hypot(lightness, a),
            "You added a and b: so red and green cancel each other.": a + b,
            "You forgot the square root.": a**2 + b**2,
        },
    )
