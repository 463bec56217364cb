"""Hints: drawn as the authors draw them, given by people, and where they land in the photo."""

import json

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image
from running import prepared

from colorlib import cli, designs, inputs, photoset, weights
from colorlib.colorizer import Colorizer, spread
from colorlib.designs import DESIGNS, Design
from colorlib.files import UserError
from colorlib.lab import to_lab
from tools.measure.hints import Seen

RED = "#c02020"


def drawn(ab, seed):
    """Hints for photos whose ab are given."""
    colors = np.concatenate([0 * ab[..., :1], ab], axis=-1)
    return np.array(inputs.drawn_hints(colors, None, seed))


def noise(count, size):
    return np.random.default_rng(0).normal(0, 20, (count, size, size, 2)).astype("float32")


# --- the sampler ---


def test_how_many_points(monkeypatch):
    """Geometric: none for one photo in eight, seven on average."""
    monkeypatch.setattr(inputs, "SIDES", 1)  # so that points hardly overlap and can be counted
    seed = keras.random.SeedGenerator(1)
    points = np.concatenate([drawn(noise(250, 96), seed)[..., 2].sum((1, 2)) for _ in range(8)])
    whole = points == 96 * 96
    assert 5 <= whole.sum() <= 40, "all is told of one photo in a hundred"
    points = points[~whole]
    assert np.mean(points == 0) == pytest.approx(1 / 8, abs=0.03)
    assert np.mean(points == 1) == pytest.approx(7 / 64, abs=0.03)
    assert np.mean(points) == pytest.approx(7, abs=0.7)
    assert np.mean(points > 20) == pytest.approx((7 / 8) ** 21, abs=0.02)


def test_points_are_squares_near_the_middle_with_the_mean_colour(monkeypatch):
    monkeypatch.setattr(inputs, "POINTS", 1)
    ab = noise(2000, 64)
    hints = drawn(ab, keras.random.SeedGenerator(2))
    area = hints[..., 2].sum((1, 2))
    one = (area > 0) & (area < 64 * 64)
    assert np.mean(one) == pytest.approx(7 / 8, abs=0.03)
    side = np.sqrt(area[one])
    assert set(side) == set(range(1, 10))
    assert all(np.mean(side == pixels) == pytest.approx(1 / 9, abs=0.03) for pixels in range(1, 10))
    first = []
    for told, photo in zip(hints[one], ab[one], strict=True):
        rows, columns = (np.flatnonzero(told[..., 2].any(axis)) for axis in (1, 0))
        square = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        assert told[square][..., 2].all() and len(rows) == len(columns), "a square"
        mean = photo[square].mean((0, 1))
        np.testing.assert_allclose(told[square][..., :2] - mean, 0, atol=1e-3)
        assert not told[told[..., 2] == 0].any(), "zeros elsewhere"
        first.append((rows[0], columns[0]))
    room = 64 - side[:, None]
    place = (np.array(first) + 0.5 - (room + 1) / 2) / ((room + 1) / 4)  # in standard deviations
    assert np.abs(place.mean(0)).max() < 0.1
    assert place.std(0) == pytest.approx([0.96, 0.96], abs=0.05), "1, cut off at the edges"
    assert np.abs(np.corrcoef(place.T)[0, 1]) < 0.1
    assert (np.array(first) >= 0).all() and (np.array(first) <= room).all()


def test_a_photo_told_whole_is_its_own_colours():
    ab = noise(400, 16)
    hints = drawn(ab, 5)
    whole = hints[..., 2].mean((1, 2)) == 1
    told = [np.array_equal(hint[..., :2], photo) for hint, photo in zip(hints, ab, strict=True)]
    assert np.sum(told) > 0 and not np.sum(np.array(told) & ~whole)


def test_photos_are_measured_with_the_same_hints_each_time(commons):
    data, trainer = prepared({"design": "zhang2017", "tier": "smoke", "limit": 8})
    assert np.array_equal(drawn(noise(2, 64), 3), drawn(noise(2, 64), 3))
    state, before = np.array(trainer.seed.state), trainer.measure(data.validation())
    assert np.array_equal(state, trainer.seed.state), "measuring throws no dice of the training"
    assert trainer.measure(data.validation()) == before
    batch = data.training(0)[0][0]
    told = [trainer(batch, training=way)["truth"]["hints"] for way in (True, True, False, False)]
    first, second, third, fourth = map(np.array, told)
    assert not np.array_equal(first, second), "while learning, others each time"
    assert np.array_equal(third, fourth)


# --- what people give ---


@pytest.fixture(params=[1, 4], ids=["as large as seen", "guided enlargement"])
def echo(request, monkeypatch):
    """A colourizer that paints hints and nothing else; at 4, a quarter as large and enlarged."""

    def build(options):
        lightness = keras.Input((None, None, 1), name="lightness")
        hints = keras.Input((None, None, 3), name="hints")
        ab = layers.AveragePooling2D(request.param)(hints[..., :2] + 0 * lightness)
        return keras.Model({"lightness": lightness, "hints": hints}, ab)

    row = Design(build, needs=("hints",), follows_edges=request.param > 1)
    monkeypatch.setitem(DESIGNS, "echo", row)
    return Colorizer(designs.build_network("echo"), {"design": "echo", "options": {}, "size": 128})


def grey(width, height):
    """Steps and texture around a middling grey."""
    rows, columns = np.mgrid[:height, :width]
    grey = 120 + 30 * (columns // 40 % 2) + 4 * ((rows + columns) % 3)
    return np.repeat(grey[..., None], 3, axis=-1).astype("uint8")


def painted(colored):
    """Where the colour is: the centre (x, y) of its chroma, and the ab at its strongest place."""
    ab = to_lab(np.asarray(colored))[..., 1:]
    chroma = np.linalg.norm(ab, axis=-1)
    chroma[chroma < 0.3 * chroma.max()] = 0
    rows, columns = np.indices(chroma.shape)
    place = [(chroma * axis).sum() / chroma.sum() for axis in (columns, rows)]
    return place, ab.reshape(-1, 2)[chroma.argmax()]


@pytest.mark.parametrize("size", [(420, 280), (200, 330), (128, 128), (700, 100)])
def test_a_hint_colours_its_own_place(echo, size):
    width, height = size
    for x, y in ((0.7 * width, 0.3 * height), (0.25 * width, 0.8 * height)):
        place, ab = painted(echo.colorize(grey(width, height), hints=[(x, y, (30.0, 20.0))]))
        # Half a pixel of the network's photo, and the enlargement's edges.
        near = 2 * max(width, height) / 128 + 2
        assert np.abs(np.subtract(place, (x, y))).max() < near, (place, (x, y))
        assert ab[0] > ab[1] > 1.5, "of the colour told, if paler where it was enlarged"


def test_through_a_turned_photo(echo, tmp_path):
    """Orientation 6: stored lying on its side, and seen upright, 200 wide and 330 high."""
    upright = Image.fromarray(grey(200, 330))
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    lying.save(tmp_path / "phone.jpg", exif=exif, quality=95)
    assert Image.open(tmp_path / "phone.jpg").size == (330, 200)
    hints = [[150, 260, RED]]
    (tmp_path / "hints.json").write_text(json.dumps(hints))
    weights.save_network(echo.network, tmp_path / "echo", "echo", {}, size=128)
    options = ["--weights", tmp_path / "echo", "--hints", tmp_path / "hints.json"]
    arguments = ["colorize", tmp_path / "phone.jpg", "-o", tmp_path / "out", *options]
    assert cli.main(list(map(str, arguments))) == 0
    with Image.open(tmp_path / "phone.jpg") as photo:
        by_library = echo.colorize(photo, hints=hints)
    for colored in (Image.open(tmp_path / "out" / "phone.jpg"), by_library):
        assert colored.size == (200, 330)
        place, ab = painted(colored)
        assert np.abs(np.subtract(place, (150, 260))).max() < 7
        assert ab[0] > ab[1] > 3


def test_a_file_of_hints_chooses_the_network_that_takes_them(tmp_path):
    Image.fromarray(grey(96, 64)).save(tmp_path / "photo.png")
    told = b'\xef\xbb\xbf[[20, 30, "#c02020"]]'  # with the mark that Notepad sets
    (tmp_path / "hints.json").write_bytes(told)
    arguments = ["colorize", tmp_path / "photo.png", "--hints", tmp_path / "hints.json"]
    assert cli.main([*map(str, arguments), "-o", str(tmp_path / "out")]) == 0
    by_library = Colorizer.load("hints").colorize(grey(96, 64), hints=[[20, 30, RED]])
    np.testing.assert_array_equal(Image.open(tmp_path / "out" / "photo.png"), by_library)


def test_no_hint_is_no_hint(echo, photos):
    for none in ({}, {"hints": None}, {"hints": []}, {"hints": ()}):
        colored = echo.colorize(photos[0], **none)
        assert np.abs(to_lab(colored)[..., 1:]).max() < 1.5, "grey"


def test_colours_in_two_forms_and_the_later_counts(echo, photos):
    ab = to_lab(np.array([[[0xC0, 0x20, 0x20]]], "uint8"))[0, 0, 1:]
    by_name, by_ab = (
        echo.inputs(photos[:1], hints=[[(40, 50, color)]])["hints"]
        for color in (RED, tuple(ab))
    )  # fmt: skip
    np.testing.assert_allclose(by_name, by_ab, atol=1e-4)
    assert np.array(by_name)[0, 25, 20].tolist() == pytest.approx([*ab, 1], abs=1e-3)
    assert np.array(by_name)[..., 2].sum() == 25
    both = echo.inputs(photos[:1], hints=[[(40, 50, RED), [41.9, 50, (0, -40)]]])["hints"]
    assert np.array(both)[0, 25, 20].tolist() == [0, -40, 1]


@pytest.mark.parametrize(
    ("hints", "words"),
    [
        ([(256, 0, RED)], r"hint 1 is \(256, 0, '#c02020'\), outside of the photo; its 256 x 256"),
        ([(0, 0, RED), (5, -1, RED)], "hint 2 is .*outside of the photo"),
        ([(float("nan"), 0, RED)], "outside of the photo"),
        ([(10**400, 0, RED)], "outside of the photo"),
        ([(1, 2, "red")], "a colour is '#rrggbb'"),
        ([(1, 2, "#c0202")], "a colour is"),
        ([(1, 2, (float("nan"), 3))], "a colour is"),
        ([(1, 2, (300, 3))], "each from -128 to 128"),
        ([(1, 2, (1, 2, 3))], "a colour is"),
        ([(1, 2, None)], "a colour is"),
        ([(1, 2)], r"a hint is \(x, y, colour\)"),
        ([("1", 2, RED)], "a hint is"),
        ([(True, 2, RED)], "a hint is"),
        ([None], "a hint is"),
        ([{"x": 1, "y": 2, "color": RED}], "a hint is"),
        ([["x" * 10_000, 2, RED]], "a hint is"),
        ((1, 2, RED), "hint 1 is 1; a hint is"),
        (RED, "hints are a list"),
        ({"x": 1}, "hints are a list"),
        (7, "hints are a list"),
    ],
)
def test_what_is_no_hint_is_said(echo, photos, hints, words):
    with pytest.raises(UserError, match=words) as error:
        echo.colorize(photos[0], hints=hints)
    assert len(str(error.value)) < 300


def test_other_hints_cost_no_second_look(photos, monkeypatch):
    """What the extractor saw is kept; the answer is that of asking for all anew."""
    network, two = Colorizer.load("unet_hints"), photos[:2]
    seen = network.inputs(two)
    hints = [[(100, 120, RED)], []]
    anew = network.ab(two, hints=hints)
    monkeypatch.setattr(inputs, "_features", None)
    told = network.inputs(two, seen, hints=hints)
    assert not np.array(seen["hints"]).any(), "what was said before is as it was"
    answer = network.network(told, training=False)
    ab = network.large(two, *network.decoded(told, answer))
    np.testing.assert_allclose(ab, anew, atol=1e-4)
    plain = network.large(two, *network.decoded(seen, network.network(seen, training=False)))
    moved = np.linalg.norm(ab - plain, axis=-1)
    assert moved[0, 120, 100] > 5 and moved[1].max() < 1e-3


def test_nothing_told_changes_nothing():
    ab, lightness = np.full((1, 16, 16, 2), 7.0, "float32"), np.full((1, 16, 16, 1), 50.0)
    kept = spread(ab, lightness, np.zeros((1, 64, 64, 3), "float32"))
    assert np.array_equal(kept, ab)


def test_what_is_missed_is_spread_to_near_and_like_places():
    ab, lightness = np.zeros((1, 16, 16, 2), "float32"), np.full((1, 16, 16, 1), 50.0)
    lightness[:, :, 8:], ab[:, 9:] = 90, 20  # other things, to the right and below
    told = np.zeros((1, 64, 64, 3), "float32")
    told[0, 32:36, 24:28] = (40, -20, 1)  # the cell (8, 6)
    moved = np.array(spread(ab, lightness, told) - ab)[0]
    assert moved[8, 6] == pytest.approx([40 / 1.05, -20 / 1.05], abs=1e-3)
    np.testing.assert_allclose(moved[..., 1], -moved[..., 0] / 2, atol=1e-5)
    strength = moved[..., 0]
    # A distance of 0.3 of the side, 4.8 cells, leaves 1/e; so do 15 of L and 6 of a.
    for row, column, apart in (
        (8, 0, 6 / 4.8),
        (4, 6, 4 / 4.8),
        (8, 8, np.hypot(2 / 4.8, 40 / 15)),
        (9, 6, np.sqrt((1 / 4.8) ** 2 + 2 * (20 / 6) ** 2)),
    ):
        assert strength[row, column] == pytest.approx(40 / 1.05 * np.exp(-apart), rel=1e-4)


def test_hints_that_agree_are_not_heard_twice():
    ab, lightness = np.zeros((1, 16, 16, 2), "float32"), np.full((1, 16, 16, 1), 50.0)
    told = np.zeros((1, 64, 64, 3), "float32")
    told[0, 24:40, 24:40] = (30, 10, 1)  # sixteen cells
    assert 29 < np.array(spread(ab, lightness, told)).max() < 31
    told[:] = (30, 10, 1)
    kept = spread(ab, lightness, told)
    np.testing.assert_allclose(kept, np.broadcast_to([30, 10], (1, 16, 16, 2)), atol=0.5)


def test_the_shipped_network_obeys_and_gains():
    """Points as `make hints` tells them: what they gain, and how near their own places come."""
    photo_set = photoset.commons()
    seen = Seen(np.array(photo_set.photos[photo_set.validation[::3]]), Colorizer.load("unet_hints"))
    spots = np.random.default_rng(1).integers(0, 256, (len(seen.photos), 100, 2))
    psnr = [seen.psnr(seen.hints(spots[:, :count])).mean() for count in (0, 1, 10, 100)]
    assert np.diff(psnr).min() > 0 and psnr[-1] - psnr[0] > 4, psnr
    untold, told, turned = np.median(seen.single(spots[:, :1]), axis=0)
    assert told <= 5 < untold and turned <= 12


def test_hints_for_a_network_that_takes_none(photos):
    unet = Colorizer.load()
    assert np.array_equal(unet.colorize(photos[0], hints=[]), unet.colorize(photos[0]))
    with pytest.raises(UserError, match=r"hints: unet is told no such thing; take .* zhang2017"):
        unet.colorize(photos[0], hints=[(1, 2, RED)])


def test_hints_are_a_list_for_each_photo(echo, photos):
    with pytest.raises(UserError, match="one for each of the 2 photos"):
        echo.ab(photos[:2], hints=[[(1, 2, RED)]])


BAD_FILES = {
    "cut off": (b"[[1, 2, ", "is not valid JSON"),
    "no list": (b'{"x": 1}', "must hold a list"),
    "missing": (None, "cannot be read"),
    "huge": (b"[" + b" " * 1_000_001 + b"]", "1 MB"),
    "deep": (b"[" * 400_000, "is not valid JSON"),
    "no text": (b"\xff\xfe\x00", "is not valid JSON"),
    "not a number": (b'[[NaN, 2, "#c02020"]]', "outside of the photo"),
    "infinite": (b"[[1, 2, [1e999, 0]]]", "a colour is"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files_of_hints_are_one_line(echo, photos, tmp_path, capsys, kind):
    content, words = BAD_FILES[kind]
    Image.fromarray(photos[0]).save(tmp_path / "photo.png")
    weights.save_network(echo.network, tmp_path / "echo", "echo", {}, size=128)
    if content is not None:
        (tmp_path / "hints.json").write_bytes(content)
    options = ["--weights", tmp_path / "echo", "--hints", tmp_path / "hints.json"]
    arguments = ["colorize", tmp_path / "photo.png", "-o", tmp_path / "out", *options]
    assert cli.main(list(map(str, arguments))) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("colorlib: ")]
    assert len(said) == 1 and words in said[0] and len(said[0]) < 500
    assert not list(tmp_path.glob("out/*"))


def test_hints_are_for_one_photo(photos, tmp_path, capsys):
    for name in ("a.png", "b.png"):
        Image.fromarray(photos[0]).save(tmp_path / name)
    (tmp_path / "hints.json").write_text("[]")
    arguments = ["colorize", tmp_path, "-o", tmp_path / "out", "--hints", tmp_path / "hints.json"]
    assert cli.main(list(map(str, arguments))) == 1
    assert "hints are for one photo, and here are 2" in capsys.readouterr().err
