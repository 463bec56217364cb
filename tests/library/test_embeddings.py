import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from skimage import data

from colorlib import augment, embeddings, extractors
from colorlib.embeddings import embed
from colorlib.extractors import SHIPPED, load_extractor
from colorlib.files import UserError, hash_of


def small_set(path, count):
    """What `embed` needs of a photo set; a larger one begins with the smaller one's photos."""
    photos = np.stack([np.roll(data.astronaut()[::8, ::8], 3 * i, axis=1) for i in range(count)])
    manifest = [{"sha256": f"{i:064x}"} for i in range(count)]
    return SimpleNamespace(path=path, photos=photos, manifest=manifest)


@pytest.fixture(scope="module")
def lite0():
    return load_extractor("efficientnet_lite0")


@pytest.fixture
def fast(monkeypatch):
    """In place of every extractor: the mean colour of each third of the photo. Counts photos."""
    seen = []

    def predict_on_batch(photos):
        photos = keras.ops.convert_to_numpy(photos)
        seen.append(len(photos))
        return np.resize(photos[:, :, :20].mean(axis=(1, 2)).T, (1000, len(photos))).T / 10

    fake = SimpleNamespace(predict_on_batch=predict_on_batch)
    monkeypatch.setattr(extractors, "load_extractor", lambda name, weights: fake)
    return seen


def test_embeddings_are_computed_once_and_kept(tmp_path, fast, monkeypatch):
    photo_set = small_set(tmp_path, 40)
    ways = ("identity", "turn 90, mirror")
    found = embed(photo_set, "efficientnet_lite0", ways)
    assert found.shape == (40, 2, 1000) and found.dtype == "float16" and sum(fast) == 80

    folder = (
        tmp_path
        / "embeddings"
        / f"efficientnet_lite0-{hash_of(SHIPPED / 'efficientnet_lite0.weights.h5')[:8]}"
    )
    files = {"identity.npy", "turn-90-mirror.npy", "photos.txt", ".lock"}
    assert {path.name for path in folder.iterdir()} == files
    number = augment.TRANSFORMS.index("turn 90, mirror")
    turned = keras.ops.convert_to_numpy(augment.transform(photo_set.photos, number))
    expected = turned[:, :, :20].mean(axis=(1, 2)) / 10
    np.testing.assert_allclose(found[:, 1, :3], expected, rtol=1e-3)

    again = embed(photo_set, "efficientnet_lite0", ways[::-1])
    assert sum(fast) == 80 and np.array_equal(again, found[:, ::-1])


def test_a_grown_set_gets_new_rows_only(tmp_path, fast):
    before = embed(small_set(tmp_path, 33), "efficientnet_lite0", ["mirror"])
    after = embed(small_set(tmp_path, 70), "efficientnet_lite0", ["mirror"])
    assert sum(fast) == 70 and np.array_equal(after[:33], before)
    at_once = embed(small_set(tmp_path / "b", 70), "efficientnet_lite0", ["mirror"])
    assert np.array_equal(after, at_once)


def test_embeddings_of_other_photos_are_refused(tmp_path, fast):
    photo_set = small_set(tmp_path, 5)
    embed(photo_set, "efficientnet_lite0")
    with pytest.raises(UserError, match="belongs to other photos"):
        embed(small_set(tmp_path, 4), "efficientnet_lite0")
    photo_set.manifest.reverse()
    with pytest.raises(UserError, match="belongs to other photos"):
        embed(photo_set, "efficientnet_lite0")
    with pytest.raises(UserError, match="no such transforms"):
        embed(photo_set, "efficientnet_lite0", ["flip"])


def test_damaged_embeddings_are_refused(tmp_path, fast):
    photo_set = small_set(tmp_path, 5)
    embed(photo_set, "efficientnet_lite0")
    (path,) = tmp_path.rglob("mirror.npy")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(UserError, match=r"mirror\.npy: is damaged"):
        embed(photo_set, "efficientnet_lite0")
    np.save(path, np.zeros((6, 1000), "float16"))
    with pytest.raises(UserError, match="does not hold what 5 photos would give"):
        embed(photo_set, "efficientnet_lite0")


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_embeddings import small_set
from colorlib import embeddings, extractors

embeddings.BATCH, embeddings.SAVE_EVERY = 8, 0
load = extractors.load_extractor

def load_and_die_later(name, weights):
    model = load(name, weights)
    compute, left = model.predict_on_batch, [2]
    def predict_on_batch(photos):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return compute(photos)
    model.predict_on_batch = predict_on_batch
    return model

extractors.load_extractor = load_and_die_later
embeddings.embed(small_set(Path({path!r}), 20), "efficientnet_lite0", ["mirror"])
"""


def test_a_killed_run_goes_on_where_it_was_and_gives_the_same_bytes(tmp_path, lite0, monkeypatch):
    script = KILLED.format(tests=str(Path(__file__).parent), path=str(tmp_path / "a"))
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()[-2000:]
    (path,) = (tmp_path / "a").rglob("mirror.npy")
    assert len(np.load(path)) == 16

    monkeypatch.setattr(embeddings, "BATCH", 8)
    monkeypatch.setattr(extractors, "load_extractor", lambda name, weights: lite0)
    resumed = embed(small_set(tmp_path / "a", 20), "efficientnet_lite0", ["mirror"])
    embed(small_set(tmp_path / "b", 20), "efficientnet_lite0", ["mirror"])
    (uninterrupted,) = (tmp_path / "b").rglob("mirror.npy")
    assert path.read_bytes() == uninterrupted.read_bytes()
    assert len(np.unique(resumed[:, 0], axis=0)) == 20 and np.isfinite(resumed).all()


def test_two_at_once_share_the_work(tmp_path, fast, monkeypatch):
    """Two runs begun on a new set: the second waits, and finds all rows."""
    slow = extractors.load_extractor("", None).predict_on_batch

    def predict_on_batch(photos):
        time.sleep(0.1)
        return slow(photos)

    fake = SimpleNamespace(predict_on_batch=predict_on_batch)
    monkeypatch.setattr(extractors, "load_extractor", lambda name, weights: fake)
    some = small_set(tmp_path, 80)
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda _: np.array(embed(some, "efficientnet_lite0")), range(2)))
    assert sum(fast) == 2 * 80, "as they are and mirrored, once"
    assert np.array_equal(*found) and np.isfinite(found[0]).all()
