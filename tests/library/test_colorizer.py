import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import color

from colorlib import weights
from colorlib.colorizer import SHIPPED, Colorizer
from colorlib.files import UserError


@pytest.fixture(scope="module", params=SHIPPED)
def colorizer(request):
    """Each network that comes with the kit."""
    return Colorizer.load(request.param)


def lightness(rgb):
    return color.rgb2lab(rgb)[..., 0]


def test_a_folder_of_pictures_takes_no_networks_name(tmp_path, monkeypatch):
    """`colorize -o unet`, and then the same command again, or any other."""
    monkeypatch.chdir(tmp_path)
    for name in SHIPPED:
        (tmp_path / name).mkdir()
        (tmp_path / name / "old.jpg").touch()
        (tmp_path / name / "old.json").touch()  # hints
    hashes = {name: weights.read_card(path)["sha256"] for name, path in SHIPPED.items()}
    assert Colorizer.load("paper").card["sha256"] == hashes["paper"]
    (tmp_path / "paper" / "recipe.json").write_text("{}")
    with pytest.raises(UserError, match=r"paper/model.weights.h5: not found"):
        Colorizer.load("paper")  # a run that has not come so far
    (tmp_path / "unet" / "recipe.json").write_text("{}")
    assert Colorizer.load().card["sha256"] == hashes["unet"], "the default is no folder here"


def test_kind_and_size_are_kept(colorizer, photos):
    array = colorizer.colorize(photos[0])
    assert isinstance(array, np.ndarray)
    assert array.dtype == np.uint8
    assert array.shape == photos[0].shape
    for mode in ("RGB", "L", "1", "P", "CMYK", "I;16"):
        source = Image.fromarray(photos[0]).resize((130, 97))
        image = colorizer.colorize(source.convert("L") if mode == "I;16" else source.convert(mode))
        assert isinstance(image, Image.Image)
        assert image.mode == "RGB"
        assert image.size == (130, 97)


def test_lightness_is_the_photos_own(colorizer, photos):
    for photo in photos:
        for saturation in (1.0, 2.5):
            colored = colorizer.colorize(photo, saturation)
            assert np.abs(lightness(colored) - lightness(photo)).max() < 0.8  # 8-bit rounding


def test_colours_of_the_photo_are_not_looked_at(colorizer, photos):
    for photo in photos[:4]:
        grey = colorizer.colorize(photo, saturation=0)
        assert np.abs(color.rgb2lab(grey)[..., 1:]).max() < 1.5
        from_grey, from_color = colorizer.colorize(grey), colorizer.colorize(photo)
        assert np.abs(from_grey.astype(float) - from_color).mean() < 1.5


def test_there_are_colours_and_saturation_scales_them(colorizer, photos):
    chroma = [
        np.linalg.norm(color.rgb2lab(colorizer.colorize(photos[1], s))[..., 1:], axis=-1).mean()
        for s in (0.5, 1.0)
    ]
    assert chroma[1] > 3
    assert chroma[0] == pytest.approx(chroma[1] / 2, rel=0.15)


def test_transparency_is_kept(colorizer, photos):
    alpha = Image.linear_gradient("L")
    image = Image.fromarray(photos[0])
    image.putalpha(alpha)
    colored = colorizer.colorize(image)
    assert colored.mode == "RGBA"
    assert np.array_equal(np.asarray(colored.getchannel("A")), np.asarray(alpha))
    opaque = colorizer.colorize(image.convert("RGB"))
    assert np.array_equal(np.asarray(colored)[..., :3], np.asarray(opaque))


@pytest.mark.parametrize("shape", [(1, 1), (8, 10_000), (10_000, 8), (63, 64), (300, 457)])
def test_any_size(colorizer, shape):
    ramp = np.linspace(0, 255, shape[0] * shape[1]).reshape(*shape, 1).astype("uint8")
    photo = np.repeat(ramp, 3, axis=-1)
    colored = colorizer.colorize(photo)
    assert colored.shape == photo.shape
    assert np.abs(lightness(colored) - lightness(photo)).max() < 0.8


def test_batch_agrees_with_single_photos(colorizer, photos):
    together = colorizer.ab(photos[:3])
    assert together.shape == (3, 256, 256, 2)
    for i in range(3):
        assert np.abs(together[i] - colorizer.ab(photos[i : i + 1])[0]).max() < 0.05


def test_class_scores_are_listened_to(photos):
    colorizer = Colorizer.load("paper")
    scores = np.asarray(colorizer.inputs(photos[:2])["class_scores"])
    own = colorizer.ab(photos[:2], class_scores=scores)
    swapped = colorizer.ab(photos[:2], class_scores=scores[::-1])
    assert np.abs(own - colorizer.ab(photos[:2])).max() < 0.05
    assert np.abs(own - swapped).mean() > 0.5


RECORDED = Path(__file__).parents[1] / "recorded" / "shipped-colors.png"


def test_colours_are_those_recorded_before_the_designs(commons):
    """Six photos, colourized when scales and blur still stood outside the network."""
    colorizer = Colorizer.load("paper")
    recorded = np.split(np.asarray(Image.open(RECORDED)), 6, axis=1)
    for row, before in zip(commons.validation[[0, 4, 7, 11, 25, 30]], recorded, strict=True):
        photo = np.ascontiguousarray(commons.photos[row][::2, ::2])
        now = colorizer.colorize(photo)
        assert np.abs(now.astype(int) - before).max() <= 1


@pytest.mark.parametrize(
    ("photo", "found"),
    [
        (np.zeros((4, 4), "uint8"), r"uint8 \(4, 4\)"),
        (np.zeros((4, 4, 3), "float32"), "float32"),
        (np.zeros((0, 4, 3), "uint8"), r"\(0, 4, 3\)"),
        (np.zeros((2, 4, 4, 3), "uint8"), r"\(2, 4, 4, 3\)"),
        ("photo.jpg", "str"),
    ],
)
def test_not_a_photo(colorizer, photo, found):
    with pytest.raises(UserError, match=found):
        colorizer.colorize(photo)


@pytest.mark.parametrize("saturation", [-1, float("nan"), float("inf"), "much"])
def test_saturation_that_makes_no_sense(colorizer, photos, saturation):
    with pytest.raises(UserError, match="saturation is"):
        colorizer.colorize(photos[0], saturation)


@pytest.mark.parametrize("saturation", [np.float32(1.2), np.float64(1.2), np.int64(1), 1])
def test_saturation_may_be_any_number(colorizer, photos, saturation):
    colored = colorizer.colorize(photos[0], saturation)
    assert np.array_equal(colored, colorizer.colorize(photos[0], float(saturation)))


def test_save_and_load(colorizer, photos, tmp_path):
    colorizer.save(tmp_path / "mine", half=True)
    again = Colorizer.load(tmp_path / "mine")
    assert again.card == colorizer.card | {"sha256": again.card["sha256"]}
    assert np.abs(again.ab(photos[:1]) - colorizer.ab(photos[:1])).max() < 0.5


def test_other_extractor_weights_are_refused(colorizer, photos, tmp_path):
    colorizer.save(tmp_path / "mine")
    network, card = weights.load_network(tmp_path / "mine")
    other = Colorizer(network, card | {"extractor_weights": "00000000"})
    with pytest.raises(UserError, match="not those"):
        other.colorize(photos[0])


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="reads Linux's own records")
def test_twelve_megapixels_in_little_memory():
    """Peak memory of a process of its own; the time is printed, not judged."""
    code = """
import re, time
from pathlib import Path
import numpy as np
from colorlib.colorizer import SHIPPED, Colorizer
colorizer = Colorizer.load()
rows, columns = (np.arange(n) // 13 * 7 % 256 for n in (3000, 4000))
photo = np.repeat(np.add.outer(np.uint8(rows), np.uint8(columns))[..., None], 3, axis=-1)
colorizer.colorize(photo[:64, :64])
start = time.perf_counter()
assert colorizer.colorize(photo).shape == (3000, 4000, 3)
seconds = time.perf_counter() - start
# Not getrusage: its maximum is inherited from the process that started this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(seconds, int(peak[1]) / 1e6)
"""
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    seconds, gigabytes = map(float, output.split()[-2:])
    print(f"12 megapixels: {seconds:.1f} s, {gigabytes:.2f} GB")
    assert gigabytes < 1.5
