import io

import numpy as np
from PIL import Image

from colorlib.evaluation import wilson_interval
from colorlib.widgets.real_or_colorized import real_or_colorized


def parts(box):
    view, buttons, says = box.children
    return view, buttons.children, says


def real_side(view, photos):
    """0 or 1: the half of the picture that is one of the photos."""
    picture = np.asarray(Image.open(io.BytesIO(view.value))).astype(int)
    halves = picture[:, :256], picture[:, -256:]
    return int(np.argmin([min(np.abs(half - p).mean() for p in photos) for half in halves]))


def test_it_counts_who_was_fooled(photos):
    grey = photos.mean(axis=-1, keepdims=True).repeat(3, axis=-1).astype("uint8")
    view, buttons, says = parts(real_or_colorized(photos, grey))
    assert "Which one is real?" in says.value
    seen, fooled, sides = set(), 0, []
    for number in range(1, 9):
        seen.add(view.value)
        sides.append(real_side(view, photos))
        wrong = number % 3 == 0
        fooled += wrong
        buttons[sides[-1] ^ wrong].click()
        low, high = wilson_interval(fooled, number)
        assert says.value.startswith("It fooled you." if wrong else "Right.")
        assert f"fooled in {fooled} of {number} pairs" in says.value
        assert f"{low:.0%} to {high:.0%}" in says.value
    assert len(seen) == 8  # every pair once
    assert set(sides) == {0, 1}
    assert "last pair" in says.value
    assert all(button.disabled for button in buttons)


def test_the_same_seed_asks_the_same(photos):
    first, again, other = (
        parts(real_or_colorized(photos, photos[:, ::-1], seed))[0].value for seed in (0, 0, 3)
    )
    assert first == again != other
    assert len(first) < 60_000
