"""Photo files: read any photo people have, write one back."""

import contextlib
import io
import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from colorlib.files import UserError, atomic_write

MAX_PIXELS = 100_000_000

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".gif", ".bmp")

# 4:4:4 keeps the colour of every pixel; JPEG's usual 4:2:0 would throw three quarters away.
_JPEG = {"format": "JPEG", "quality": 95, "subsampling": "4:4:4"}
_TIFF = {"format": "TIFF", "compression": "tiff_adobe_deflate"}
_SAVE_AS = {
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": {"format": "PNG"},
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": {"format": "WEBP", "quality": 95},
}


def read_photo(path):
    """Read a photo as people mean it to look: upright, in sRGB, 8 bits a channel.

    Reads JPEG (also CMYK), PNG (also palette, grey, 16-bit), TIFF, WebP, GIF (the first
    frame) and BMP. EXIF orientation is applied and a colour profile converted to sRGB;
    a broken profile or broken EXIF data is ignored, as image viewers do.

    Parameters
    ----------
    path : path-like
        The photo file.

    Returns
    -------
    PIL.Image.Image
        Mode ``RGB``, or ``RGBA`` when some of its pixels are transparent; values 0..255.

    Raises
    ------
    UserError
        If the file is missing, unreadable, empty, damaged, no photo, or has more than
        `MAX_PIXELS` pixels (checked in its header, before any memory is spent).

    Notes
    -----
    Explained in chapter 02_photos.
    """
    path = Path(path)
    if _is_folder(path):
        raise UserError(f"{path}: is a folder; name a photo in it")
    try:
        file = open(path, "rb")
    except OSError as error:
        raise _cannot_open(path, error) from error
    # Pillow warns of oddities (a big picture, a bent EXIF tag) that need not trouble anyone here.
    with file, warnings.catch_warnings(action="ignore"):
        if not os.fstat(file.fileno()).st_size:
            raise UserError(f"{path}: is empty (0 bytes); get the file again")
        try:
            with Image.open(file, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                image.load()
                # In place: should rewriting the EXIF data fail, the picture is turned already.
                with contextlib.suppress(Exception):
                    ImageOps.exif_transpose(image, in_place=True)
                return _to_srgb(image)
        except Image.DecompressionBombError as error:
            raise UserError(
                f"{path}: has more than {MAX_PIXELS // 1_000_000} megapixels; scale it down first"
            ) from error
        except UnidentifiedImageError as error:
            raise UserError(
                f"{path}: is no photo that can be read here; use JPEG, PNG, TIFF, WebP, GIF or BMP"
            ) from error
        except Exception as error:  # a decoder fed with damaged bytes can raise anything
            raise UserError(
                f"{path}: is damaged or cut short ({error}); get the file again"
            ) from error


def _is_folder(path):
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        raise _cannot_open(path, error) from error


def _cannot_open(path, error):
    return UserError(
        f"{path}: cannot be opened ({error.strerror}); check the path and its permissions"
    )


def _to_srgb(image):
    profile = image.info.get("icc_profile")
    if image.mode[0] in "IF":
        image = _to_eight_bits(image)
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
    color.info = {}  # else Pillow would write the old profile into new files
    if alpha is not None and alpha.getextrema() != (255, 255):
        color.putalpha(alpha)
    return color


def _to_eight_bits(image):
    values = np.nan_to_num(np.asarray(image, "float32"))  # (H, W)
    if image.mode.startswith("I;16"):
        white = 65535
    else:  # 32-bit integers and floats have no agreed white: take the usual one that fits
        peak = values.max()
        white = next((white for white in (1, 255, 65535) if peak < 1.5 * white), peak)
    return Image.fromarray(np.rint(values.clip(0, white) * (255 / white)).astype("uint8"))


def write_photo(image, path):
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
    options = _SAVE_AS.get(path.suffix.lower())
    if options is None:
        raise UserError(f"{path}: photos are not written as '{path.suffix}'; use .png or .jpg")
    if options is _JPEG and image.mode == "RGBA":
        raise UserError(f"{path}: JPEG has no transparency and this photo has; use .png")
    # Encoded in memory, so that an encoder's error cannot be taken for a full disk.
    encoded = io.BytesIO()
    try:
        image.save(encoded, **options)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path}: {image.width}x{image.height} pixels cannot be written as "
            f"{options['format']} ({error}); use .png"
        ) from error
    with atomic_write(path) as temporary:
        temporary.write_bytes(encoded.getbuffer())


def find_photos(paths):
    """List the photo files that paths name, each once.

    Parameters
    ----------
    paths : path-like, or list of path-like
        Files, taken as they are, and folders, searched with all their subfolders for
        `SUFFIXES`; hidden files and folders are skipped.

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
        found += _photos_below(path) if _is_folder(path) else [path]
    return list(dict.fromkeys(found))


def _photos_below(folder):
    def refuse(error):
        raise _cannot_open(error.filename, error) from error

    files = []
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if not name.startswith(".")]
    photos = sorted(file for file in files if file.suffix.lower() in SUFFIXES)
    if not photos:
        state = f"none of its {len(files)} files is a photo" if files else "is empty"
        raise UserError(f"{folder}: {state}; name a folder with {', '.join(SUFFIXES)} files")
    return photos


def center_square(image, size):
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
