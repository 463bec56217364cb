"""The slider over a run's epochs shows the photos and the loss of the epoch it stands on."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from colorlib import figures
from colorlib.widgets.scrubber import scrubber

EPOCHS = (1, 2, 4)


@pytest.fixture
def run(tmp_path):
    """A run of four epochs with three sample sheets, each of one grey level of its own."""
    rows = [{"epoch": n, "loss": 1 / n, "val_loss": 2 / n} for n in range(1, 5)]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "samples").mkdir()
    for epoch in EPOCHS:
        sheet = np.zeros((3 * 64, 8 * 64, 3), "uint8")
        sheet[64:128] = 60 * epoch
        Image.fromarray(sheet).save(tmp_path / "samples" / f"epoch-{epoch:04d}.png")
    return tmp_path


def middle_of(jpeg):
    picture = Image.open(io.BytesIO(jpeg))
    assert picture.format == "JPEG"
    return picture.getpixel((picture.width // 2, picture.height * 5 // 16))[0]


def test_each_epoch_has_its_picture(run):
    slider, picture = scrubber(run).children
    assert slider.options == EPOCHS
    assert slider.value == 4
    assert abs(middle_of(picture.value) - 240) < 5
    seen = {picture.value}
    for epoch in EPOCHS[:2]:
        slider.value = epoch
        assert abs(middle_of(picture.value) - 60 * epoch) < 5
        seen.add(picture.value)
    assert len(seen) == 3
    slider.value = 4
    assert picture.value in seen  # the same epoch, the same picture


def test_a_published_run_stays_small(tmp_path, photos):
    small = [np.asarray(Image.fromarray(photo).resize((64, 64))) for photo in photos]
    sprite = np.concatenate([np.concatenate(small, axis=1)] * 4)
    Image.fromarray(sprite).save(tmp_path / "scrubber.jpg", quality=85)
    (tmp_path / "scrubber.json").write_text(json.dumps({"sheets": [1, 25]}))
    rows = [{"epoch": n, "loss": 0.017, "val_loss": 0.019} for n in range(1, 26)]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    epochs, cut = figures.read_samples(tmp_path)
    assert epochs == [1, 25]
    assert np.shape(cut) == (4, 8, 64, 64, 3)
    slider, picture = scrubber(tmp_path).children
    assert slider.options == (1, 25)
    assert len(picture.value) < 60_000  # it is kept in the notebook
