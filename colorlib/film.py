"""Old films: every frame is coloured like a photo, then its colours are steadied over time.

A good still makes a flickering film: from one frame to the next the network changes its mind
about a grey that has hardly changed. So the work has two halves. First the network looks at each
frame, and its small ab is kept on disk. Then these are averaged over neighbouring frames, wherever
lightness stays the same, and joined with the film's own lightness at its own size. The second
half asks no network, so another steadiness costs little.

Films are read and written by PyAV, which brings its own FFmpeg. Chapter: 11_film.
"""

import contextlib
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import keras
import numpy as np
from keras import ops
from PIL import Image
from scipy.ndimage import map_coordinates
from skimage.registration import optical_flow_ilk
from tqdm.auto import tqdm

from colorlib import lab
from colorlib.colorizer import Colorizer, enlarge
from colorlib.files import UserError, append_rows, atomic_write, hash_of, locked
from colorlib.inputs import shrink

try:
    import av
except ImportError:  # an extra; see `_opened`
    av = None

# A title need not be in UTF-8. PyAV before 19 has to be told so, and 19 takes no such word.
ANY_TITLE = {"metadata_errors": "replace"} if av and int(av.__version__[:2]) < 19 else {}
FOLDER = Path(__file__).parent / "data" / "films"  # two clips, see CREDITS.md there
SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")  # containers that hold H.264 and most sound
MAX_PIXELS = 16_000_000  # of a frame
BATCH = 16  # frames that the network looks at together, and that a crash may cost
KEPT = 64  # shorter side of the ab that is kept, at most
STEADY = 0.2  # seconds, see `steadied`
ALIKE = 4.0  # how far L may differ, in its units, to count as nearly the same
CUT = 10.0  # mean change of L from one frame to the next that only a cut makes
# Films whose first plane is lightness in 8 bits; others are converted.
PLANAR = [f"yuv{j}{kind}p" for j in ("", "j") for kind in (420, 422, 444)]
BT709, UNSAID, BT601 = 1, 2, 6  # how RGB makes luma, by FFmpeg's numbers; BT.709 in HD
RGB_IN_LUMA = {True: (0.2126, 0.7152, 0.0722), False: (0.299, 0.587, 0.114)}  # whether by BT.709


def colorize_film(source: str | os.PathLike, out: str | os.PathLike, weights=None, steady=STEADY):
    """Colourize a film; called again after a crash, it goes on.

    Parameters
    ----------
    source : path-like
        A film in any container that PyAV reads. Of a film in colour only luma is looked at.
    out : path-like
        .mp4, .mov or .mkv; it appears whole or not at all. Frames keep their time stamps (in
        Matroska, to the millisecond), rotation, shape and range of values, sound its bytes.
        Pictures are H.264, 8 bits, of even sides. Subtitles and second pictures are left out.
    weights : str or path-like, optional
        See `Colorizer.load`.
    steady : float
        See `steadied`; 0 colours every frame for itself.

    Returns
    -------
    dict
        `frames`; `in_color`: whether the film had colours of its own; `missing`: seconds that it
        lasts by its own words, but that cannot be read; `left_out`: the kinds of its other
        streams; `folder`: beside `out`, with what the network answered, to be deleted by whoever
        needs no other steadiness.

    Raises
    ------
    UserError
        If `source` is no film, is damaged, or has frames of more than `MAX_PIXELS`; if `out` cannot
        be written or cannot hold the sound; if PyAV is missing.
    """
    source, out = Path(source), Path(out)
    if not 0 <= steady < np.inf:
        raise UserError(f"steady is {steady!r:.80}; it must be seconds, such as {STEADY}")
    if out.suffix.lower() not in SUFFIXES:
        raise UserError(f"{out}: films are written as {', '.join(SUFFIXES)}; choose one of these")
    if out.is_dir():
        raise UserError(f"{out}: is a folder; name a file in it")
    if os.path.realpath(out) == os.path.realpath(source):
        raise UserError(f"{out}: is the film itself; choose another name with -o")
    with _opened(source):  # refused before a network is loaded
        pass
    colorizer = Colorizer.load(weights)
    key = hashlib.sha256(f"{hash_of(source)} {colorizer.card['sha256']}".encode()).hexdigest()[:8]
    folder = out.parent / f"{source.stem[:40]}-colours-{key}"
    with locked(folder):
        _look(source, folder, colorizer)
        return _paint(source, out, folder, colorizer, steady)


def read_frames(path: str | os.PathLike, count: int | None = None):
    """The first frames of a film as photos, upright.

    Parameters
    ----------
    path : path-like
    count : int, optional
        How many; all of them by default.

    Returns
    -------
    frames : uint8 array, (T, H, W, 3)
    times : float array, (T,)
        When they are shown, in seconds.

    Raises
    ------
    UserError
        If it is no film that can be read, or PyAV is missing.
    """
    with _opened(Path(path)) as (film, pictures):
        read = list(islice(_read(film, pictures), count))
        as_rgb = (pictures.width, pictures.height, "rgb24")
        photos = [np.rot90(f.reformat(*as_rgb).to_ndarray(), round(f.rotation / 90)) for f in read]
        return np.stack(photos), np.array([float(f.pts * f.time_base) for f in read])


def find_cuts(lightness):
    """Where a new scene begins: much of the picture changes at once, and its distribution too.

    Parameters
    ----------
    lightness : array, (T, h, w)
        L of small frames, in 0..100.

    Returns
    -------
    bool array, (T,)
        True for the first frame of each scene.
    """
    cuts, before = np.ones(len(lightness), bool), None
    for number, frame in enumerate(lightness):
        frame = np.asarray(frame, "float32")
        shares = np.histogram(frame, 16, (0, 100))[0] / frame.size
        if number:
            moved = np.abs(shares - before[1]).sum() / 2  # 0..1: of the pixels, between bins
            cuts[number] = np.abs(frame - before[0]).mean() > CUT and moved > 0.25
        before = frame, shares
    return cuts


def steadied(rows, times, seconds: float = STEADY):
    """The colours of small frames, averaged over time where lightness stays the same.

    A bilateral filter along time: a neighbour counts less the farther it is in time, and the more
    its L differs. It has no lag, and never looks across a cut.

    Parameters
    ----------
    rows : array, (T, h, w, 3)
        Lab.
    times : array, (T,)
        In seconds, rising.
    seconds : float
        Standard deviation in time; 0 changes nothing.

    Yields
    ------
    float32 array, (h, w, 3)
        For each frame its own L, and a and b.

    Notes
    -----
    C. Tomasi, R. Manduchi: Bilateral filtering for gray and color images (ICCV 1998).
    """
    begins = np.flatnonzero(find_cuts(rows[..., 0]))
    for number, time in enumerate(times):
        scene = np.searchsorted(begins, number, "right")
        ends = begins[scene] if scene < len(begins) else len(times)
        first = max(begins[scene - 1], number - 50, np.searchsorted(times, time - 2.5 * seconds))
        last = min(ends, number + 51, np.searchsorted(times, time + 2.5 * seconds, "right"))
        first, last = min(first, number), max(last, number + 1)
        near = np.asarray(rows[first:last], "float32")  # (k, h, w, 3)
        own = near[number - first]
        if last - first > 1:
            away = (times[first:last] - time) / seconds
            unlike = (near[..., :1] - own[..., :1]) / ALIKE
            weights = np.exp(-(away[:, None, None, None] ** 2 + unlike**2) / 2)
            ab = (weights * near[..., 1:]).sum(axis=0) / weights.sum(axis=0)
            own = np.concatenate([own[..., :1], ab], axis=-1).astype("float32")
        yield own


def warp_error(ab, lightness) -> float:
    """Flicker: how much colours change along the motion from one frame to the next.

    Parameters
    ----------
    ab : array, (T, h, w, 2)
        Of small frames, in Lab units.
    lightness : array, (T, h, w)
        Their L. Motion is found in it, by optical flow.

    Returns
    -------
    float
        Root mean square in Lab units, over what both frames show, without cuts. Grey has 0, so
        compare with grey, and where they are known with the true colours.

    Notes
    -----
    After W.-S. Lai et al.: Learning blind video temporal consistency (ECCV 2018), who measure RGB;
    ab alone leaves out how the film's own light flickers.
    """
    squares, cuts = [], find_cuts(lightness)
    for now in np.flatnonzero(~cuts):
        before, after = (np.asarray(lightness[t], "float32") / 100 for t in (now - 1, now))
        there = optical_flow_ilk(before, after)  # (2, h, w): where a place of `before` has gone
        back = _at(np.moveaxis(optical_flow_ilk(after, before), 0, -1), there)
        there_and_back = np.square(there + np.moveaxis(back, -1, 0)).sum(axis=0)
        moves = np.square(there).sum(axis=0) + np.square(back).sum(axis=-1)
        seen = there_and_back <= 0.01 * moves + 0.5
        change = _at(np.asarray(ab[now], "float32"), there) - ab[now - 1]
        squares.append(np.square(change)[seen].mean() if seen.any() else 0.0)
    return float(np.sqrt(np.mean(squares))) if squares else 0.0


def color_consistency(frames) -> float:
    """CDC: how much the histograms of R, G and B change over 1, 2 and 4 frames.

    Parameters
    ----------
    frames : uint8 array, (T, H, W, 3)
        More than four, of one scene.

    Returns
    -------
    float
        Jensen-Shannon divergence with natural logarithms, 0 to 0.69, the mean of all.

    Notes
    -----
    Y. Liu et al.: Temporally consistent video colorization (2021).
    """
    # (T, 3, 256)
    shares = np.stack([[np.bincount(c.flat, minlength=256) / c.size for c in f.T] for f in frames])

    def entropy(p):
        return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)

    def divergence(p, q):
        return np.mean(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2)

    return float(np.mean([divergence(shares[:-step], shares[step:]) for step in (1, 2, 4)]))


def _at(values, flow):
    """Values (h, w, c) at places moved by a flow (2, h, w), between pixels linearly."""
    places = np.indices(values.shape[:2]) + flow
    channels = np.moveaxis(values, -1, 0)
    return np.stack([map_coordinates(c, places, order=1, mode="nearest") for c in channels], -1)


@contextlib.contextmanager
def _opened(path):
    """A film and its pictures; what is wrong with it, now or while it is read, said for people."""
    if av is None:
        raise UserError('films need one more package, av: pip install "av>=17.1"')
    if not path.is_file():
        raise UserError(f"{path}: is no file; check the path")
    if not path.stat().st_size:
        raise UserError(f"{path}: is empty (0 bytes); get the file again")
    try:
        with av.open(str(path.resolve()), **ANY_TITLE) as film:
            cover = av.stream.Disposition.attached_pic  # a song's
            pictures = [each for each in film.streams.video if not each.disposition & cover]
            if film.format.name.endswith(("_pipe", "image2")):
                raise UserError(f"{path}: is a photo; use colorlib colorize")
            if not pictures or film.format.name == "tty":  # text, typed before the reader's eyes
                raise UserError(f"{path}: holds no moving pictures; give a film")
            if pictures[0].codec_context is None:
                raise UserError(f"{path}: its pictures are in an unknown code; convert it to H.264")
            width, height = pictures[0].width, pictures[0].height
            if width * height > MAX_PIXELS or min(width, height) < 16:
                raise UserError(
                    f"{path}: its frames have {width}x{height} pixels; scale it to at least 16 a "
                    f"side and at most {MAX_PIXELS // 1_000_000} megapixels first"
                )
            pictures[0].thread_type = "AUTO"
            yield film, pictures[0]
    except av.error.FFmpegError as error:
        raise UserError(
            f"{path}: is no film that can be read here, or is damaged ({error.strerror}); "
            "get the file again or convert it"
        ) from error


def _read(film, pictures, *sounds):
    """The frames, and the packets of sound as they come between them.

    A frame without a time stamp, or not later than the one before, comes right after that.
    """
    last, step = None, 1 / ((pictures.average_rate or 25) * pictures.time_base)
    for packet in film.demux(pictures, *sounds):
        if packet.stream.index != pictures.index:
            yield packet
            continue
        for frame in packet.decode():
            if frame.pts is None:
                frame.pts = 0 if last is None else last + round(step)
            if last is not None and (last - frame.pts) * pictures.time_base > 1:
                raise UserError(f"{film.name}: its clock begins anew midway; convert it to .mkv")
            if last is not None and frame.pts <= last:
                frame.pts = last + 1
            last = frame.pts
            yield frame
    if last is None:
        raise UserError(f"{film.name}: holds no picture that can be read; get the file again")


def _ahead(threads, function, items, count):
    """What a function makes of each item, in order, while threads work on the `count` after it."""
    coming = []
    for item in items:
        coming.append(threads.submit(function, *item))
        if len(coming) > count:
            yield coming.pop(0).result()
    yield from (each.result() for each in coming)


def _luma(frame, size):
    """Luma of a frame, (H, W) with even sides, and whether 0 is black in it and 255 white.

    `size` is the film's (width, height) at its beginning: broadcasts change it midway.
    """
    ranges, kind = av.video.reformatter.ColorRange, frame.format.name
    full = frame.color_range == ranges.JPEG or kind.startswith("yuvj")
    limited_grey = kind == "gray" and frame.color_range == ranges.MPEG  # FFmpeg takes it for full
    if not (kind in PLANAR or limited_grey) or (frame.width, frame.height) != size:
        frame = frame.reformat(*size, "yuvj420p" if full else "yuv420p")
    return _plane(frame, 0)[: size[1] // 2 * 2, : size[0] // 2 * 2], full


def _plane(frame, number):
    plane = frame.planes[number]
    rows = np.frombuffer(plane, "uint8").reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _grey(luma, full):
    """Luma as 0 for black to 1 for white."""
    return (luma / 255 if full else np.clip((luma - 16.0) / 219, 0, 1)).astype("float32")


def _look(source, folder, colorizer):
    """First half: what the network answers.

    `ab.npy` holds Lab of small upright frames, (T, h, w, 3) in half precision, and `times.npy` when
    they are shown, in seconds.
    """
    try:
        done = len(np.load(folder / "ab.npy", mmap_mode="r"))
    except (OSError, ValueError):
        done = 0
    if done % BATCH:  # only the last batch of a film is a part of one
        return
    size = max(colorizer.card["size"], colorizer.card.get("extractor_size") or 0)
    look = _looker(colorizer, size)
    with _opened(source) as (film, pictures):
        seconds = film.duration / av.time_base if film.duration else 0
        total = pictures.frames or int(seconds * (pictures.average_rate or 0)) or None
        sides = pictures.width, pictures.height

        def prepared(frame):
            luma, full = _luma(frame, sides)
            upright = np.rot90(luma, round(frame.rotation / 90))
            grey = np.rint(255 * _grey(shrink(upright[None], size)[0], full)).astype("uint8")
            return grey[..., None].repeat(3, axis=-1), float(frame.pts * frame.time_base)

        bar = tqdm(total=total, initial=done, unit="frame", desc="looking")
        with bar, ThreadPoolExecutor(2) as threads:
            seen = _ahead(threads, prepared, zip(islice(_read(film, pictures), done, None)), BATCH)
            while batch := list(islice(seen, BATCH)):
                photos, times = map(np.stack, zip(*batch, strict=True))
                answer = look(photos)
                append_rows(folder / "times.npy", times, done)
                append_rows(folder / "ab.npy", answer.astype("float16"), done)
                done += len(batch)
                bar.update(len(batch))


def _looker(colorizer, size):
    """From a batch of small photos, (B, H, W, 3), to Lab, (B, h, w, 3)."""

    def answer(photos):
        ab, lightness = colorizer.small(photos)
        together = ops.concatenate([lightness, ab], axis=-1)
        ratio = max(1, min(together.shape[1:3]) // KEPT)
        kept = [side // ratio for side in together.shape[1:3]]
        return ops.image.resize(together, kept, "bilinear", antialias=True)

    class Look(keras.Model):
        def call(self, photos):
            return answer(photos)

    # What else a network is told, or at another size, is not made by Keras alone.
    if size != colorizer.card["size"] or set(colorizer.design.needs) - {"features", "class_scores"}:
        return lambda photos: ops.convert_to_numpy(answer(photos))
    answer(np.zeros((1, 64, 64, 3), "uint8"))  # loads the extractor: compiled, it is too late
    look = Look()
    look.compile(jit_compile=False)

    def looked(photos):  # as many as ever: another number would be compiled anew
        filled = np.pad(photos, [(0, BATCH - len(photos)), *[(0, 0)] * 3])
        return look.predict_on_batch(filled)[: len(photos)]

    return looked


def _paint(source, out, folder, colorizer, steady):
    """Second half: the film in colour; see `colorize_film` for what is returned."""
    rows, times = (np.load(folder / name, mmap_mode="r") for name in ("ab.npy", "times.npy"))
    times = times[: len(rows)]  # a crash may have come between the two
    colors = iter(tqdm(steadied(rows, times, steady), "painting", len(rows), unit="frame"))
    unfinished, lengths, in_color, ended = folder / f"unfinished{out.suffix}", {}, False, 0
    threads = ThreadPoolExecutor(2)
    with _opened(source) as (film, pictures), _written(unfinished, out) as output, threads:
        with _opened(source) as (again, same):
            painted = _painted_stream(output, same, next(_read(again, same)))
        sides, sounds = (pictures.width, pictures.height), {}
        for each in (one for one in film.streams.audio if one.codec_context):  # in a known code
            with contextlib.suppress(ValueError):  # no Matroska holds a DVD's PCM, or WMA
                sounds[each.index] = output.add_stream_from_template(each)
        heard = [each for each in film.streams.audio if each.index in sounds]

        def pictured():
            """The frames with their colours; the sound between them is copied as it comes."""
            nonlocal ended, in_color
            for found in _read(film, pictures, *heard):
                ended = max(ended, (found.pts or 0) * found.time_base)
                if not isinstance(found, av.Packet):
                    in_color = in_color or _has_colors(found)
                    lengths[found.pts] = found.duration
                    yield found, next(colors)
                elif found.size:
                    found.stream = sounds[found.stream.index]
                    output.mux(found)

        def colored(found, small):
            luma, full = _luma(found, sides)
            planes = colorizer.planes(small[None, ..., 1:], small[None, ..., :1])
            planes = [np.rot90(plane[0], -round(found.rotation / 90)) for plane in planes]
            joined = _joined(luma, full, planes, painted.codec_context.colorspace == BT709)
            frame = av.VideoFrame.from_ndarray(joined, painted.pix_fmt)
            frame.pts, frame.time_base = found.pts, found.time_base
            return frame

        for frame in _ahead(threads, colored, pictured(), 4):
            for packet in painted.encode(frame):
                packet.duration = lengths.pop(packet.pts, 0)
                output.mux(packet)
        output.mux(painted.encode())
        promised = ((film.start_time or 0) + (film.duration or 0)) / av.time_base
        left_out = [one.type for one in film.streams if one.index not in {pictures.index, *sounds}]
    made = {"frames": len(rows), "in_color": in_color, "left_out": left_out, "folder": folder}
    return made | {"missing": max(0.0, promised - float(ended))}


@contextlib.contextmanager
def _written(unfinished, out):
    """A film to write at `unfinished`, which becomes `out` when the block ends well."""
    try:
        with av.open(str(unfinished), "w") as output:
            yield output
    except av.error.FFmpegError as error:
        raise UserError(
            f"{out}: cannot be written, or cannot hold the film's sound ({error.strerror}); "
            "free some space or choose a name that ends with .mkv"
        ) from error
    with atomic_write(out) as temporary:
        unfinished.replace(temporary)


def _painted_stream(output, pictures, frame):
    """Where coloured frames go, described as the film's own ones are, of which one is given."""
    luma, full = _luma(frame, (pictures.width, pictures.height))
    rate = pictures.average_rate or 25
    painted = output.add_stream("libx264", rate, {"preset": "veryfast", "crf": "18"})
    painted.height, painted.width = luma.shape
    painted.pix_fmt = "yuvj420p" if full else "yuv420p"
    ours, theirs = painted.codec_context, pictures.codec_context
    ours.time_base = pictures.time_base
    if pictures.sample_aspect_ratio:
        ours.sample_aspect_ratio = pictures.sample_aspect_ratio
    ours.color_primaries, ours.color_trc = theirs.color_primaries, theirs.color_trc
    high = theirs.colorspace == BT709 or (theirs.colorspace == UNSAID and len(luma) >= 720)
    ours.color_range, ours.colorspace = 2 if full else 1, BT709 if high else BT601
    if "DISPLAYMATRIX" in frame.side_data:
        painted.set_display_matrix(np.frombuffer(frame.side_data["DISPLAYMATRIX"], "int32"))
    return painted


def _has_colors(frame):
    """Whether one pixel in a hundred is visibly coloured."""
    frame = frame if frame.format.name in PLANAR else frame.reformat(format="yuv420p")
    return any((np.abs(_plane(frame, n) - 128.0) > 12).mean() > 0.01 for n in (1, 2))


def _joined(luma, full, planes, high):
    """The planes Y, Cb, Cr in one array, as PyAV takes them, for the colours that `planes` mean.

    Film holds colour at half its size, so it is computed at that size. A colour of the same L is
    not of the same luma, and Y is moved by the difference.
    """
    half = np.asarray(Image.fromarray(luma).reduce(2))  # (h, w), the means of four
    levels = _grey(np.arange(256, dtype="uint8"), full)
    lightness = lab.to_lab(levels[:, None].repeat(3, axis=1))[half, :1]  # (h, w, 1)
    ab = enlarge(planes, slice(0, len(half)), lightness, len(half))
    shown = lab.fit_gamut(np.concatenate([lightness, ab], axis=-1))
    rgb = ops.convert_to_numpy(lab.lab_to_rgb(shown))

    red, green, blue = RGB_IN_LUMA[high]
    y = red * rgb[..., 0] + green * rgb[..., 1] + blue * rgb[..., 2]  # 0..1
    cb, cr = (rgb[..., 2] - y) / (2 - 2 * blue), (rgb[..., 0] - y) / (2 - 2 * red)  # -.5..0.5
    span, spread = (255, 255) if full else (219, 224)
    moved = np.rint(span * (y - levels[half])).astype("int16").repeat(2, axis=1).repeat(2, axis=0)
    both = np.rint(128 + spread * np.stack([cb, cr]))
    planes = [np.clip(plane, 0, 255).astype("uint8").ravel() for plane in (luma + moved, both)]
    return np.concatenate(planes).reshape(-1, luma.shape[1])
