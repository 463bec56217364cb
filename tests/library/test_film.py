import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import filming
import numpy as np
import psutil
import pytest
from filming import PLAIN, contents, frames_of, scene
from PIL import Image
from running import wait_for
from scipy.ndimage import gaussian_filter

from colorlib import cli, film, lab
from colorlib.files import UserError

av = pytest.importorskip("av", "17.1")

JUMPS = [0, 1, 2, 5, 9, 10, 17, 18, 19, 20, 31, 32, 33, 34, 35, 36, 50, 51, 52, 60]
LATE = list(range(33, 833, 40))
CLIPS = {
    "12.5.mp4": dict(rate=12.5),
    "ntsc.mkv": dict(rate=30000 / 1001, sound="libopus"),
    "29.83.mov": dict(rate=29.83, codec="mjpeg", pix_fmt="yuvj422p", sound="pcm_s16le"),
    "variable.mp4": dict(stamps=JUMPS, base=Fraction(1, 50)),
    "late.mkv": dict(stamps=LATE, base=Fraction(1, 1000)),
    "late.mp4": dict(stamps=LATE, base=Fraction(1, 1000)),
    "turned.mp4": dict(rotation=90),
    "upside-down.mov": dict(rotation=180),
    "wide.mp4": dict(shape=Fraction(64, 45)),
    "full.mp4": dict(pix_fmt="yuvj420p"),
    "web.webm": dict(codec="libvpx", sound="libopus"),
    "old.avi": dict(codec="mpeg4", sound="libmp3lame", rate=29.83),
    "lossless.mkv": dict(codec="ffv1", pix_fmt="yuv444p10le", size=(97, 65), sound=None),
    "moving.gif": dict(codec="gif", pix_fmt="rgb8", sound=None, rate=10),
}


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """A network that is there at once."""
    monkeypatch.setattr(film.Colorizer, "load", lambda name=None: PLAIN)


@pytest.fixture
def colorlib(capsys):
    """Run the command line; exit code, output and error lines."""

    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, [line for line in err.splitlines() if line.startswith("colorlib: ")]

    return run


def alike(one, other):
    """The same frames at the same times with the same sound, though x264 varies its bytes."""
    parts = [contents(path) for path in (one, other)]
    assert len(parts[0]["stamps"]) == len(parts[1]["stamps"])
    same = [parts[0][what] == parts[1][what] for what in ("sound", "duration", "size", "rotation")]
    times = np.array_equal(parts[0]["stamps"], parts[1]["stamps"])
    apart = np.abs(frames_of(one).astype(int) - frames_of(other)).mean()
    return all(same) and times and apart < 0.2


@pytest.fixture
def clip(tmp_path):
    return filming.film(tmp_path / "clip.mp4")


@pytest.mark.parametrize("name", CLIPS)
def test_time_sound_and_shape_stay(name, tmp_path):
    source = filming.film(tmp_path / name, **CLIPS[name])
    suffix = source.suffix if source.suffix in film.SUFFIXES else ".mkv"
    film.colorize_film(source, out := tmp_path / f"colour{suffix}")
    before, after = contents(source), contents(out)
    assert len(before["stamps"]) == 20
    # Matroska counts in milliseconds.
    within = 6e-4 if suffix == ".mkv" else 1e-9
    np.testing.assert_allclose(after["stamps"], before["stamps"], atol=within)
    assert after["sound"] == before["sound"]
    assert bool(after["sound"]) == (CLIPS[name].get("sound", "aac") is not None)
    assert after["duration"] == pytest.approx(before["duration"], abs=0.02)
    for what in ("rotation", "shape", "full"):
        assert after[what] == before[what], what
    assert after["size"] == tuple(side // 2 * 2 for side in before["size"])


@pytest.mark.parametrize("name", ["12.5.mp4", "turned.mp4", "full.mp4", "lossless.mkv"])
def test_lightness_stays_and_colours_are_those_of_the_network(name, tmp_path):
    source = filming.film(tmp_path / name, **CLIPS[name])
    film.colorize_film(source, out := tmp_path / "colour.mkv", steady=0)
    grey, colored = frames_of(source), frames_of(out)
    grey = grey[:, : colored.shape[1], : colored.shape[2]]
    before, after = lab.to_lab(grey), lab.to_lab(colored)
    # Colour at half the size shifts a little light at sharp edges.
    assert np.abs(before[..., 0] - after[..., 0]).mean() < 1.2
    # As one photo would be coloured, seen upright.
    for number in (0, 19):
        upright = np.rot90(grey[number], contents(source)["rotation"] // 90)
        photo = lab.to_lab(PLAIN.colorize(np.ascontiguousarray(upright)))
        own = np.rot90(after[number], contents(source)["rotation"] // 90)
        assert np.abs(photo[..., 1:] - own[..., 1:]).mean() < 2.5
        assert np.abs(photo[..., 1:]).mean() > 10


def test_frames_are_read_as_photos(tmp_path):
    source = filming.film(tmp_path / "turned.mp4", rotation=90)
    frames, times = film.read_frames(source, 5)
    assert frames.shape == (5, 96, 64, 3) and frames.dtype == "uint8"
    np.testing.assert_allclose(times, contents(source)["stamps"][:5])
    whole, _ = film.read_frames(source)
    np.testing.assert_array_equal(np.rot90(whole, -1, (1, 2)), frames_of(source))
    assert len(film.read_frames(film.FOLDER / "friday.mp4", 3)[0]) == 3


def test_a_film_in_colour_is_made_grey_first(colorlib, tmp_path):
    source = filming.film(tmp_path / "color.mp4", color=True)
    code, out, errors = colorlib("film", source)
    assert (code, errors) == (0, [])
    assert "the film was in colour: it was made grey first" in out
    assert "20 frames colourized" in out
    grey = filming.film(tmp_path / "grey.mp4")
    assert "in colour:" not in colorlib("film", grey)[1]
    assert (tmp_path / "grey-colour.mp4").exists()


def test_another_steadiness_asks_no_network(clip, tmp_path, monkeypatch, colorlib):
    assert colorlib("film", clip, "-o", tmp_path / "one.mp4")[0] == 0
    monkeypatch.setattr(film, "_looker", lambda *given: pytest.fail("the network was asked"))
    assert colorlib("film", clip, "-o", tmp_path / "two.mp4", "--steady", "0")[0] == 0
    assert not alike(tmp_path / "one.mp4", tmp_path / "two.mp4")
    code, _, errors = colorlib("film", clip, "-o", tmp_path / "two.mp4")
    assert code == 1 and "is there already; --force makes it anew" in errors[0]
    assert colorlib("film", clip, "-o", tmp_path / "two.mp4", "--force")[0] == 0
    assert alike(tmp_path / "one.mp4", tmp_path / "two.mp4")


def test_other_weights_look_anew(clip, tmp_path, monkeypatch):
    folders = [film.colorize_film(clip, tmp_path / "one.mp4")["folder"]]
    monkeypatch.setitem(PLAIN.card, "sha256", "another")
    folders.append(film.colorize_film(clip, tmp_path / "two.mp4")["folder"])
    assert folders[0] != folders[1]


def test_killed_twice_and_the_same_film_at_the_end(tmp_path):
    source = filming.film(tmp_path / "long.mp4", 600, (160, 96))
    film.colorize_film(source, whole := tmp_path / "whole" / "long.mp4")
    out = tmp_path / "killed" / "long.mp4"
    command = [sys.executable, filming.__file__, source, out]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}

    def looked():
        try:
            (folder,) = out.parent.glob("long-colours-*")
            return len(np.load(folder / "ab.npy", mmap_mode="r"))
        except (ValueError, OSError):
            return 0

    def painting():
        return any(out.parent.glob("long-colours-*/unfinished.mp4"))

    seen = []
    for moment in (lambda: 0 < looked() < 600, painting):
        process = subprocess.Popen(command, env=paths, stderr=subprocess.DEVNULL)
        assert wait_for(moment, process), "it ended before it was killed"
        process.kill()
        process.wait()
        seen.append(looked())
        assert not out.exists()
    assert 0 < seen[0] < 600 == seen[1]
    film.colorize_film(source, out)
    assert alike(out, whole)
    (one,), (other,) = (path.parent.glob("long-colours-*") for path in (out, whole))
    for name in ("ab.npy", "times.npy"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    assert sorted(path.name for path in out.parent.iterdir()) == sorted(
        ["long.mp4", *(path.name for path in out.parent.glob("long-colours-*"))]
    )


def test_whole_or_not_at_all(clip, tmp_path, monkeypatch):
    (tmp_path / "out.mp4").write_text("what was there")
    joined, calls = film._joined, []

    def fails(*given):
        calls.append(given)
        if len(calls) > 5:
            raise av.error.OSError(28, "No space left on device")
        return joined(*given)

    monkeypatch.setattr(film, "_joined", fails)
    with pytest.raises(UserError, match=r"out.mp4: cannot be written.*No space left.*free some"):
        film.colorize_film(clip, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_text() == "what was there"


def test_sound_that_does_not_fit_is_said(tmp_path):
    source = filming.film(tmp_path / "web.webm", codec="libvpx", sound="libopus")
    with pytest.raises(UserError, match=r"cannot hold the film's sound.*\.mkv"):
        film.colorize_film(source, tmp_path / "out.mov")
    film.colorize_film(source, tmp_path / "out.mkv")
    assert not (tmp_path / "out.mov").exists()


def test_sound_that_no_container_of_ours_holds_is_left_out(colorlib, tmp_path):
    filming.film(tmp_path / "old.avi", codec="mpeg4", sound="adpcm_ms")
    code, out, _ = colorlib("film", tmp_path / "old.avi")
    assert code == 0 and "left out, since it cannot be copied: audio\n" in out
    (made,) = tmp_path.glob("*.mkv")
    assert not contents(made)["sound"] and len(contents(made)["stamps"]) == 20


def test_a_film_may_change_its_size_midway(colorlib, tmp_path):
    parts = [
        filming.film(
            tmp_path / f"{first}.ts", 20, size, codec="mpeg2video", sound=None,
            stamps=range(first, first + 20), base=Fraction(1, 25),
        )
        for first, size in ((0, (96, 64)), (20, (160, 64)))
    ]  # fmt: skip
    (tmp_path / "both.ts").write_bytes(b"".join(part.read_bytes() for part in parts))
    assert colorlib("film", tmp_path / "both.ts")[0] == 0
    (made,) = tmp_path.glob("both*.mkv")
    assert contents(made)["size"] == (96, 64) and len(contents(made)["stamps"]) >= 39


def test_grey_of_a_limited_range_keeps_its_contrast():
    frame = av.VideoFrame(64, 64, "gray")
    frame.planes[0].update(np.full((64, frame.planes[0].line_size), 17, "uint8").tobytes())
    frame.color_range = av.video.reformatter.ColorRange.MPEG
    luma, full = film._luma(frame, (64, 64))
    assert not full and (luma == 17).all()


def test_odd_input_is_refused_in_a_line(colorlib, tmp_path, monkeypatch):
    clip = filming.film(tmp_path / "clip.mp4", 60)
    whole = clip.read_bytes()
    bent = bytearray(whole)
    for place in np.random.default_rng(0).integers(3000, len(whole) - 6000, 200):
        bent[place] ^= 255
    with av.open(str(tmp_path / "song.mp3"), "w") as song:
        sound = song.add_stream("libmp3lame", 48000)
        for number in range(9):
            quiet = av.AudioFrame.from_ndarray(np.zeros((1, 1152), "f4"), "fltp", "mono")
            quiet.sample_rate, quiet.pts = 48000, 1152 * number
            song.mux(sound.encode(quiet))
        song.mux(sound.encode())
    for name, held in {
        "empty.mp4": b"",
        "text.mp4": b"hello " * 400,
        "notes.txt": b"hello\n" * 400,
        "cut.mp4": whole[: len(whole) // 2],
        "bent.mp4": bytes(bent),
        "code.mp4": whole.replace(b"avc1", b"zzzz"),
    }.items():
        (tmp_path / name).write_bytes(held)
    Image.new("RGB", (64, 64)).save(tmp_path / "photo.jpg")
    filming.film(tmp_path / "tiny.mkv", size=(8, 8), codec="ffv1")
    for name, words in {
        "missing.mp4": "is no file",
        ".": "is no file",
        "empty.mp4": "is empty",
        "text.mp4": "is no film",
        "notes.txt": "holds no moving pictures",
        "song.mp3": "holds no moving pictures",
        "photo.jpg": "is a photo; use colorlib colorize",
        "cut.mp4": "is damaged",
        "bent.mp4": "is damaged",
        "code.mp4": "unknown code",
        "tiny.mkv": "frames have 8x8 pixels",
    }.items():
        code, _, errors = colorlib("film", tmp_path / name, "-o", tmp_path / "out.mp4")
        assert code == 1 and len(errors) == 1 and words in errors[0], (name, errors)
    (tmp_path / "folder.mp4").mkdir()
    for out, words in {
        "out.avi": "films are written as",
        "clip.mp4": "is the film itself",
        "folder.mp4": "is a folder",
    }.items():
        code, _, errors = colorlib("film", clip, "-o", tmp_path / out, "--force")
        assert code == 1 and words in errors[0]
    monkeypatch.setattr(film, "MAX_PIXELS", 6000)
    assert "96x64" in colorlib("film", clip, "-o", tmp_path / "out.mp4")[2][0]
    assert not (tmp_path / "out.mp4").exists()


def test_films_put_together_byte_by_byte_are_refused(colorlib, tmp_path):
    """Their clock begins anew in the middle, and sound and pictures would come apart."""
    part = filming.film(tmp_path / "part.ts", 60, codec="mpeg2video", sound=None)
    (tmp_path / "both.ts").write_bytes(2 * part.read_bytes())
    assert colorlib("film", part)[0] == 0
    code, _, errors = colorlib("film", tmp_path / "both.ts")
    assert code == 1 and "its clock begins anew" in errors[-1]


def test_a_film_that_breaks_off_is_said_to(colorlib, tmp_path):
    clip = filming.film(tmp_path / "clip.mkv", 60)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    code, out, _ = colorlib("film", clip)
    assert code == 0 and "the film breaks off" in out


def test_what_a_film_loses_is_said(colorlib, tmp_path):
    import av

    source = filming.film(tmp_path / "one.mkv")
    with av.open(str(tmp_path / "two.mkv"), "w") as output, av.open(str(source)) as film:
        twice = [output.add_stream_from_template(film.streams.video[0]) for _ in range(2)]
        for copied in twice:
            film.seek(0)
            for packet in film.demux(video=0):
                if packet.size:
                    packet.stream = copied
                    output.mux(packet)
    code, out, _ = colorlib("film", tmp_path / "two.mkv")
    assert code == 0 and "left out, since it cannot be copied: video\n" in out
    assert "left out" not in colorlib("film", source)[1]
    (tmp_path / "dumb.mkv").write_bytes(source.read_bytes().replace(b"A_AAC", b"A_ZZZ"))
    code, out, _ = colorlib("film", tmp_path / "dumb.mkv")
    assert code == 0 and "left out, since it cannot be copied: audio\n" in out


def test_without_the_extra_it_says_how_to_get_it(colorlib, clip, monkeypatch):
    monkeypatch.setattr(film, "av", None)
    code, _, errors = colorlib("film", clip)
    assert code == 1 and 'pip install "av>=17.1"' in errors[0]
    with pytest.raises(UserError, match="pip install"):
        film.read_frames(clip)


def test_threads_work_a_few_ahead_and_keep_the_order():
    begun, slow = [], threading.Event()

    def halved(number):
        if number == 2:  # the others overtake it
            slow.wait(60)
        if number == 16:
            raise UserError("sixteen")
        return number / 2

    def numbers():
        for number in range(20):
            begun.append(number)
            if number == 4:
                slow.set()
            yield (number,)

    with ThreadPoolExecutor(2) as threads:
        found = film._ahead(threads, halved, numbers(), 4)
        for number in range(16):
            assert next(found) == number / 2
            assert len(begun) <= number + 5  # so that frames that wait do not fill the memory
        with pytest.raises(UserError, match="sixteen"):
            next(found)
        assert list(film._ahead(threads, halved, [(1,), (3,)], 4)) == [0.5, 1.5]
        assert list(film._ahead(threads, halved, [], 4)) == []


def test_a_long_film_takes_no_more_memory(tmp_path, monkeypatch):
    source = filming.film(tmp_path / "long.mp4", 500, (320, 240), sound=None)
    joined, memory = film._joined, []

    def watched(*given):
        memory.append(psutil.Process().memory_info().rss)
        return joined(*given)

    monkeypatch.setattr(film, "_joined", watched)
    film.colorize_film(source, tmp_path / "out.mp4")
    assert len(memory) == 500
    assert memory[-1] - memory[150] < 20e6  # 350 frames of it would be 40 MB in luma alone


def lightness_of(frames):
    grey = np.stack(list(scene(frames)))[:, ::4, ::4, None].repeat(3, axis=-1)
    return lab.to_lab(grey)[..., 0]


def test_cuts_are_found_and_nothing_else():
    one, other = lightness_of(30), 100 - lightness_of(20)
    cuts = film.find_cuts(np.concatenate([one, other, one]))
    assert np.flatnonzero(cuts).tolist() == [0, 30, 50]
    assert film.find_cuts(one * np.linspace(1, 0, 30)[:, None, None]).sum() == 1  # fading out


def test_steadied_where_lightness_stays():
    random = np.random.default_rng(0)
    rows = np.zeros((40, 8, 8, 3), "float32")
    rows[..., 0] = 50
    rows[20:, :4, :, 0] = 80  # half of the picture is uncovered, but no cut
    rows[..., 1:] = np.where(rows[..., :1] == 50, 10, -10) + random.normal(
        0, 4, rows[..., 1:].shape
    )
    times = np.arange(40) / 25
    assert np.array_equal(list(film.steadied(rows, times, 0)), rows)
    found = np.stack(list(film.steadied(rows, times, 0.2)))
    assert np.array_equal(found[..., 0], rows[..., 0])
    error = np.abs(found[..., 1:] - np.where(rows[..., :1] == 50, 10, -10))
    assert error.mean() < 0.4 * 4 * np.sqrt(2 / np.pi)  # of the noise's own mean
    assert error.max() < 6  # nothing of +10 is left at -10
    rows[20:, ..., 0] = 90  # now a cut
    rows[:20, ..., 1:], rows[20:, ..., 1:] = 10, -10
    found = np.stack(list(film.steadied(rows, times, 0.2)))
    np.testing.assert_allclose(found, rows, atol=1e-4)


def test_warp_error_follows_motion_and_knows_grey():
    random = np.random.default_rng(0)
    wide = np.clip(50 + 8 * gaussian_filter(random.normal(0, 20, (48, 120)), 2), 0, 100)
    moving = np.stack([wide[:, t : t + 64] for t in range(12)])  # (12, 48, 64)
    ab = np.stack([moving - 50, 50 - moving], axis=-1)
    assert film.warp_error(ab, moving) < 1.5
    assert film.warp_error(ab, moving) < 0.3 * np.sqrt(np.square(np.diff(ab, axis=0)).mean())
    assert film.warp_error(0 * ab, moving) == film.warp_error(0 * ab + 9, moving) == 0
    noise = random.normal(0, 3, ab.shape)
    still = np.repeat(moving[:1], 12, axis=0)
    assert film.warp_error(noise, still) == pytest.approx(3 * np.sqrt(2), rel=0.05)


def test_color_consistency_has_known_values():
    flat = np.full((6, 40, 50, 3), 90, "uint8")
    assert film.color_consistency(flat) == 0
    jumps = flat.copy()
    jumps[1::2] = 200
    one, two = np.log(2), 0.0  # steps of one frame differ wholly, of two and four not at all
    assert film.color_consistency(jumps) == pytest.approx((one + two + two) / 3)
    few = flat.copy()
    few[1::2, :4] += 1  # a tenth of the pixels
    assert film.color_consistency(few) == pytest.approx(0.0360 / 3, abs=2e-4)
