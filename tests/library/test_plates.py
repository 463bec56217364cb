import numpy as np

from colorlib.lab import to_lab
from colorlib.plates import FOLDER, plates


def test_seven_old_photos_with_their_colours():
    found = plates()
    assert [plate.number for plate in found] == [
        "00106v", "00172v", "00963v", "01043v", "01443v", "01736v", "01788v",
    ]  # fmt: skip
    for plate in found:
        assert plate.grey.shape == plate.color.shape and plate.grey.dtype == np.uint8
        grey, color = (np.hypot(*to_lab(x)[..., 1:].T).mean() for x in (plate.grey, plate.color))
        assert grey < 1 < 8 < color
        # One scene: its two photos go up and down together.
        both = to_lab(plate.grey)[..., 0].ravel(), to_lab(plate.color)[..., 0].ravel()
        assert np.corrcoef(*both)[0, 1] > 0.8
    credits = (FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    assert all(plate.number in credits for plate in found)
