import numpy as np
import pytest
from running import prepared

from colorlib.batches import Batches
from tools.measure import memory as bench_memory


def test_a_hundred_thousand_photos_stream_through_two_gigabytes(tmp_path):
    """Photos and class scores are 1.6 GB, and TensorFlow alone takes most of a gigabyte."""
    bench_memory.make_set(tmp_path, 100_000, 64)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.npy")) > 1.5e9
    assert bench_memory.peak_memory(tmp_path, 64, steps=20, batch_size=8) < 2


@pytest.mark.parametrize("on_device", [True, False])
def test_a_batch_holds_the_rows_it_names(commons, on_device):
    data, trainer = prepared({"tier": "smoke", "size": 256, "on_device": on_device})
    rows = np.array([3, 1, 2])
    (batch,) = Batches(data, rows, 3)[0]
    if on_device:
        batch = trainer.bank(batch["row"])
    assert np.array_equal(batch["photos"], commons.photos[rows])
    assert np.array_equal(batch["class_scores"], data.told(rows)["class_scores"])
    assert batch["class_scores"].shape == (3, 2, 1000)
