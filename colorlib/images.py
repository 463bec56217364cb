"""Photo files: read any photo people have, write one back."""

import contextlib
import io
import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, UnidentifiedImageError

from colorlib.files import UserError, atomic_write, in_words, said

MAX_PIXELS = 100_000_000
MAX_BYTES = 1_000_000_000  # of a photo's file
MAX_SIDE = 100_000  # pixels; rows are computed whole
LONGEST_WORDS = 10_000  # letters of a caption; JPEG has room for 65,000 bytes in all
LARGEST_SIDE = 1024  # pixels, of the photos that networks see: memory grows with the square

# Pillow's 1 MB would have many a profile, or what a program noted, pass for damage.
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "AVIF")
SUFFIXES = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".tif", ".tiff"),
    *(".webp", ".gif", ".bmp", ".avif", ".jpe", ".mpo", ".apng"),
)
# Names that promise a photo which cannot be read here. A camera's raw file also holds a small JPEG
# that must not be taken for the photo.
UNREAD = (
    *(".heic", ".heif", ".hif", ".jxl", ".jp2", ".j2k", ".psd", ".xcf", ".tga", ".pnm", ".ppm"),
    *(".jpx", ".jpf", ".psb", ".exr", ".hdr", ".ico", ".pdf", ".pgm", ".pbm", ".gpr"),
    *(".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".dng", ".orf", ".raf", ".rw2"),
    *(".pef", ".srw", ".x3f", ".3fr", ".iiq", ".dcr", ".kdc", ".mrw", ".erf", ".rwl"),
)
# What is kept of a photo's own words: when, by whom, whose. Not where: GPS stays out.
WORDS = (0x010E, 0x0132, 0x013B, 0x8298)  # description, date, artist, copyright
TAKEN = 0x9003  # when the photo was taken, in EXIF's own folder 0x8769

# 4:4:4 keeps the colour of every pixel; JPEG's usual 4:2:0 would throw three quarters away.
_JPEG = {"format": "JPEG", "quality": 95, "subsampling": "4:4:4"}
_TIFF = {"format": "TIFF", "compression": "tiff_adobe_deflate"}
SAVED_AS = dict.fromkeys((".jpg", ".jpeg"), _JPEG) | dict.fromkeys((".tif", ".tiff"), _TIFF)
SAVED_AS |= {".png": {"format": "PNG"}, ".webp": {"format": "WEBP", "quality": 95}}


def read_photo(path: str | os.PathLike) -> Image.Image:
    """Read a photo as people mean it to look: upright, in sRGB, 8 bits a channel.

    Reads JPEG (also CMYK), PNG (also palette, grey, 16-bit), TIFF, WebP, GIF (the first
    frame) and BMP. EXIF orientation is applied and a colour profile converted to sRGB; a PNG
    without one may say how bright it is (gAMA). A broken profile or broken EXIF data is ignored,
    as image viewers do.

    Parameters
    ----------
    path : path-like
        The photo file.

    Returns
    -------
    PIL.Image.Image
        Mode ``RGB``, or ``RGBA`` when some of its pixels are transparent; values 0..255. Its `info`
        says under "passed_over" if there is more in the file than this picture.

    Raises
    ------
    UserError
        If the file is missing, unreadable, empty, damaged, no photo, or has more than `MAX_PIXELS`
        or `MAX_SIDE` (checked in its header, before any memory is spent) or `MAX_BYTES`.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    path = Path(path)
    if _is_folder(path):
        raise UserError(f"{path}: is a folder; name a photo in it")
    if not path.is_file():  # a pipe would keep us waiting for ever
        raise UserError(f"{path}: is no regular file; copy the photo into one")
    if path.suffix.lower() in UNREAD:
        raise UserError(f"{path}: {_unread(path)}")
    with in_words(path, "cannot be opened", "check the path and its permissions"):
        file = open(path, "rb")
    # Pillow warns of oddities (a big picture, a bent EXIF tag) that need not trouble anyone here.
    with file, warnings.catch_warnings(action="ignore"):
        try:
            length = os.fstat(file.fileno()).st_size
            if not length:
                raise UserError("is empty (0 bytes); get the file again")
            if length > MAX_BYTES:
                raise UserError(f"has more than {MAX_BYTES // 1_000_000_000} GB; save it smaller")
            # All of it: from a file, Pillow reads as much as damaged bytes promise is there.
            whole = io.BytesIO(file.read(length))
            with Image.open(whole, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
                    raise Image.DecompressionBombError
                clear = _clear_color(image)
                image.load()
                return _to_srgb(image, getattr(image, "tag_v2", {}), clear)
        except Image.DecompressionBombError as error:
            raise UserError(
                f"{path}: has more than {MAX_PIXELS // 1_000_000} megapixels, or more than "
                f"{MAX_SIDE} pixels a side; scale it down first"
            ) from error
        except UserError as error:
            raise UserError(f"{path}: {error}") from None
        except UnidentifiedImageError as error:
            raise UserError(
                f"{path}: is no photo that can be read here, whatever its name says; "
                "save a copy as JPEG, or as PNG with 8 bits a channel"
            ) from error
        except Exception as error:  # a decoder fed with damaged bytes can raise anything
            raise UserError(
                f"{path}: is damaged or cut short ({said(error)}); get the file again"
            ) from error


def as_photo(image: Image.Image) -> Image.Image:
    """A PIL image as people mean it to look: upright, in sRGB, 8 bits a channel.

    Parameters
    ----------
    image : PIL.Image.Image
        Of any mode and depth; it is not changed.

    Returns
    -------
    PIL.Image.Image
        As from `read_photo`.

    Raises
    ------
    UserError
        If nothing says which of its values is white.
    """
    tags, clear = getattr(image, "tag_v2", {}), _clear_color(image)  # a TIFF's and a PNG's
    return _to_srgb(image.copy(), tags, clear)


def pixels(photo):
    """The pixels of a photo, upright and in sRGB.

    Parameters
    ----------
    photo : PIL image or uint8 array (H, W, 3)

    Returns
    -------
    uint8 array, (H, W, 3)

    Raises
    ------
    UserError
        If it is neither, or has no pixels.
    """
    if isinstance(photo, Image.Image):
        return np.asarray(as_photo(photo).convert("RGB"))
    check_photos(photo, "a photo must be a PIL image or a uint8 array (H, W, 3)", axes=3)
    return photo


def check_photos(photos, wanted: str = "photos must be a uint8 array (B, H, W, 3)", axes: int = 4):
    """Raise a UserError if this is no array of photos, or holds no pixel."""
    array = isinstance(photos, np.ndarray)
    if not (array and photos.dtype == np.uint8 and photos.ndim == axes and photos.shape[-1] == 3):
        found = f"{photos.dtype} {photos.shape}" if array else type(photos).__name__
        raise UserError(f"{wanted}, not {found}")
    if not photos.size:
        raise UserError(f"{wanted}, and this one, {photos.shape}, holds no pixel")


def _unread(path):
    return f"{path.suffix} files are not read here; save a copy as JPEG, PNG or TIFF"


def _is_folder(path):
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise _cannot_open(path, error) from error


def _cannot_open(path, error):
    reason = getattr(error, "strerror", None) or error
    return UserError(f"{path}: cannot be opened ({reason}); check the path and its permissions")


def _clear_color(image):
    """The one value that a PNG shows as transparent: in 8 bits, as Pillow has the pixels."""
    clear, tile = image.info.get("transparency"), getattr(image, "tile", None)
    bits = str(tile[0][3]) if tile else ""  # known until the pixels are read
    if clear and bits == "RGB;16B":
        return tuple(value >> 8 for value in clear)
    return clear and clear * {"L;2": 85, "L;4": 17}.get(bits, 1)


def _to_srgb(image, tags, clear):
    # In place: should rewriting the EXIF data fail, the picture is turned already.
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    profile, kept = image.info.get("icc_profile"), _words(image)
    brighter = 1 / (2.2 * image.info.get("gamma", 1 / 2.2) or 1)  # as a PNG may ask for
    # A phone's JPEG may hold a preview, too (MPO), which nobody misses; some hold a second view.
    with contextlib.suppress(Exception):  # looking for the next one can raise anything
        if image.is_animated and (image.format != "MPO" or "Multi-Frame" in str(image.mpinfo)):
            kept["passed_over"] = "holds further pages or frames; the first one was taken"
    if tags.get(254) == 1:  # a camera's raw file, whatever its name says
        raise UserError("begins with a preview, as raw files do; save a copy as JPEG, PNG or TIFF")
    if 2 in tags.get(339, ()) and tags.get(258, ()) < (32,):  # who knows which of them is white?
        raise UserError("holds signed numbers; save a copy with 8 or 16 unsigned bits a channel")
    plain = profile or "srgb" in image.info or not 0.05 < abs(brighter - 1) < 5
    if image.mode[0] in "IF":
        image = _to_eight_bits(image, tags)
    elif clear is not None and "transparency" in image.info:
        image.info["transparency"] = clear
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    mode = {"1": "L", "LA": "L", "CMYK": "CMYK", "L": "L"}.get(image.mode, "RGB")
    color = image if image.mode == mode else image.convert(mode)
    # A profile that is broken, or made for another kind of picture, is no reason to fail.
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            color = ImageCms.profileToProfile(
                color, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
    color = color.convert("RGB")
    if not plain:
        color = color.point([round(255 * (v / 255) ** brighter) for v in range(256)] * 3)
    color.info = kept  # without the old profile, which Pillow would write into new files
    if alpha is not None and alpha.getextrema() != (255, 255):
        color.putalpha(alpha)
    return color


def _words(image):
    """Resolution, date, author and copyright, ready to be written again; no place."""
    kept = {}
    with contextlib.suppress(Exception):  # bent EXIF data can raise anything
        if all(1 <= each < 2**16 for each in image.info.get("dpi", [0])):  # not 0/0
            kept["dpi"] = image.info["dpi"]
        before, after = image.getexif(), Image.Exif()
        after.update(_as_written(before))
        taken = before.get_ifd(0x8769).get(TAKEN)
        if isinstance(taken, str):
            after.get_ifd(0x8769)[TAKEN] = taken[:LONGEST_WORDS]
        if len(after) or taken:
            kept["exif"] = after.tobytes()
    return kept


def _as_written(exif):
    """Words of EXIF data as bytes. Pillow reads them as Latin-1 and writes ASCII: no ©, no é."""
    said = {tag: exif[tag] for tag in WORDS if isinstance(exif.get(tag), str)}
    return {tag: words[:LONGEST_WORDS].encode("latin-1", "replace") for tag, words in said.items()}


def _to_eight_bits(image, tags):
    values = np.nan_to_num(np.asarray(image, "float32"))  # (H, W)
    peak = float(values.max(initial=0))
    if image.mode.startswith("I;16"):
        white = 2 ** tags.get(258, (16,))[0] - 1  # a TIFF may have 12 bits
    elif image.mode == "I":
        white = next((white for white in (255, 65535) if peak <= white), peak)
    else:  # floats have no agreed white: take the usual one, if the values come near it
        usual = [white for white in (1, 255, 65535) if peak < 1.5 * white]
        white = usual[0] if usual and (usual[0] == 1 or peak > usual[0] / 4) else None
    lowest = float(values.min(initial=0))
    if white is None or lowest < -white / 10:  # a little below black is a sharpened edge
        raise UserError(
            f"its values go from {lowest:.4g} to {peak:.4g}, and nothing says which value is white"
            "; save a copy with 8 or 16 bits a channel"
        )
    shares = values.clip(0, white) / white
    if tags.get(262) == 0:  # this TIFF counts from white, and Pillow leaves deep ones so
        shares = 1 - shares
    grey = Image.fromarray(np.rint(255 * shares).astype("uint8"))
    if "transparency" in image.info:
        grey.putalpha(Image.fromarray(np.uint8(255) * (values != image.info["transparency"])))
    return grey


def write_photo(image: Image.Image, path: str | os.PathLike):
    """Write a photo in the format its suffix names, whole or not at all.

    JPEG is written with quality 95 and without colour subsampling, WebP with quality 95;
    PNG and TIFF lose nothing.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode ``RGB`` or ``RGBA``.
    path : path-like
        Where to write it: ``.jpg``, ``.jpeg``, ``.png``, ``.tif``, ``.tiff`` or ``.webp``.

    Raises
    ------
    UserError
        If the suffix is none of these, the format cannot hold the picture (JPEG has no
        transparency), or the file cannot be written.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    path = Path(path)
    options = SAVED_AS.get(path.suffix.lower())
    if options is None:
        raise UserError(f"{path}: photos are not written as '{path.suffix}'; use .png or .jpg")
    if options is _JPEG and image.mode == "RGBA":
        raise UserError(f"{path}: JPEG has no transparency, the photo has; use .png (--format png)")
    # Encoded in memory, so that an encoder's error cannot be taken for a full disk.
    encoded = io.BytesIO()
    try:
        kept = {name: image.info[name] for name in ("dpi", "exif") if name in image.info}
        if options is _TIFF and "exif" in kept:  # libtiff writes no EXIF folder within the file
            words = Image.Exif()
            words.load(kept.pop("exif"))
            kept["tiffinfo"] = _as_written(words)
        image.save(encoded, **options | kept)
    except Exception as error:  # an encoder can raise anything
        raise UserError(
            f"{path}: {image.width}x{image.height} pixels cannot be written as "
            f"{options['format']} ({said(error)}); use .png"
        ) from error
    with atomic_write(path) as temporary:
        temporary.write_bytes(encoded.getbuffer())


def find_photos(paths: str | os.PathLike | list, passed_over: dict | None = None) -> list[Path]:
    """List the photo files that paths name, each once.

    Parameters
    ----------
    paths : path-like, or list of path-like
        Files, taken as they are, and folders, searched with all their subfolders for
        `SUFFIXES`; hidden files and folders are skipped.
    passed_over : dict, optional
        Is told what else in the folders promises photos, and why it is not read: the reason of
        each path. Without it, a folder that cannot be read is an error.

    Returns
    -------
    list of pathlib.Path
        In the order of `paths`; within a folder sorted by name.

    Raises
    ------
    UserError
        If a path is missing, or a folder cannot be read, is empty or holds no photo.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    found = []
    for path in map(Path, paths):
        found += _photos_below(path, passed_over) if _is_folder(path) else [path]
    return list(dict.fromkeys(found))


def _photos_below(folder, passed_over):
    def refuse(error):
        if passed_over is None or Path(error.filename) == folder:
            raise _cannot_open(error.filename, error) from error
        passed_over[Path(error.filename)] = f"cannot be opened ({error.strerror})"

    files, passed = [], {} if passed_over is None else passed_over
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in filter(lambda name: Path(root, name).is_symlink(), folders):
            passed[Path(root, name)] = "is a link to a folder; name that folder itself"
        files += [Path(root, name) for name in names if not name.startswith(".")]
    photos = []
    for file in sorted(files):
        if file.suffix.lower() in UNREAD:
            passed[file] = _unread(file)
        elif file.suffix.lower() in SUFFIXES:
            photos.append(file)
        elif file.name.rstrip(" .").lower().endswith(SUFFIXES):
            passed[file] = "its name ends in a blank or a dot; rename it"
    if not photos:
        state = f"none of its {len(files)} files is a photo" if files else "is empty"
        why = f" ({next(iter(passed.values()))})" if passed else ""
        raise UserError(f"{folder}: {state}{why}; name a folder with {', '.join(SUFFIXES)} files")
    return photos


def center_square(image: Image.Image, size: int) -> Image.Image:
    """Cut the largest centred square out of a photo and resize it (Lanczos).

    Parameters
    ----------
    image : PIL.Image.Image
        Mode ``RGB`` or ``RGBA``; what is transparent is laid on white.
    size : int
        Side of the result in pixels.

    Returns
    -------
    PIL.Image.Image
        Mode ``RGB``, `size` x `size` pixels.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    if square.mode == "RGBA":
        square = Image.alpha_composite(Image.new("RGBA", square.size, "white"), square)
    return square.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)


def resized(photos, size: tuple[int, int]):
    """Photos at another size, smoothly.

    Parameters
    ----------
    photos : uint8 array, (B, H, W, 3)
    size : (int, int)
        Width and height.

    Returns
    -------
    uint8 array, (B, height, width, 3)
        The very same array if it has that size already.
    """
    if photos.shape[2:0:-1] == tuple(size):
        return photos
    return np.stack([Image.fromarray(photo).resize(size, Image.LANCZOS) for photo in photos])


def montage(rows):
    """Lay photos of one size side by side: (H, W, 3) each, rows from the top."""
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
