"""Real or colourized? The oldest test of all: ask somebody.

Chapter: 06_evaluation.
"""

import ipywidgets
import numpy as np

from colorlib.evaluation import wilson_interval
from colorlib.widgets import jpeg

START = "One has its true colours, the other was colourized. Which one is real?"


def real_or_colorized(true, colorized, seed: int = 0) -> ipywidgets.VBox:
    """Pairs of photos, two buttons, and a score with its 95 % interval.

    Parameters
    ----------
    true, colorized : sequence of uint8 arrays (H, W, 3)
        The photos and their colourizations, all of one size.
    seed : int
        Of the order of the pairs, and of the side on which the real photo stands.

    Returns
    -------
    ipywidgets.VBox
        The pair, the buttons, and a line that counts in how many pairs the colourized photo was
        taken for the real one. Chapter: 06_evaluation.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(true))
    sides = generator.integers(2, size=len(true))  # where the real photo stands: 0 is left
    answers = []  # for each pair: was the colourized photo taken for the real one?
    view = ipywidgets.Image(format="jpeg", width=528)
    buttons = [ipywidgets.Button(description=f"{side} is real") for side in ("left", "right")]
    says = ipywidgets.HTML(START)

    def show():
        photo, side = order[len(answers)], sides[len(answers)]
        pair = [true[photo], colorized[photo]]
        gap = np.full((len(pair[0]), 16, 3), 255, "uint8")
        view.value = jpeg(np.concatenate([pair[side], gap, pair[1 - side]], axis=1))

    def answer(button):
        answers.append(buttons.index(button) != sides[len(answers)])
        low, high = wilson_interval(sum(answers), len(answers))
        says.value = (
            f"{'It fooled you.' if answers[-1] else 'Right.'} You were fooled in {sum(answers)} "
            f"of {len(answers)} pairs (95 % interval {low:.0%} to {high:.0%}). "
        )
        if len(answers) < len(true):
            says.value += START
            return show()
        says.value += "That was the last pair."
        for button in buttons:
            button.disabled = True

    show()
    for button in buttons:
        button.on_click(answer)
    return ipywidgets.VBox([view, ipywidgets.HBox(buttons), says])
