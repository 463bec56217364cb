"""Which photos are worth learning from, and which of them are kept for judging.

Chapter: 02_photos.
"""

import hashlib

import numpy as np
from PIL import Image
from skimage.color import rgb2lab

# A photo whose mean chroma (Lab) is below this is taken for black and white. The eye tells colours
# apart from about 2.3 on; scanned black-and-white photos, with their tint and noise, stay below 3.
NEAR_GREY = 3.0

# Two photos are the same picture when at most so many of their 64 dHash bits differ, and their
# 32x32 thumbnails differ by less than so many of 255 levels. Halving a photo and compressing it
# hard moves seldom more than 6 bits and never 6 levels; different photos with so few differing
# bits lie tens of levels apart.
SAME_BITS = 10
SAME_LEVELS = 6

VALIDATION_SHARE = 0.05


def split_of(author: str, sha256: str, share: float = VALIDATION_SHARE) -> str:
    """Say which split a photo belongs to.

    The choice hashes the author, so all photos of one author share a split and no other photo
    can ever shift it. About 5 % of all authors land in validation.

    Parameters
    ----------
    author : str
        The photographer; case and surrounding blanks do not matter. May be empty.
    sha256 : str
        The file's hash, which decides where the author is unknown.
    share : float
        How many of the authors land in validation. A larger share only adds to a smaller one.

    Returns
    -------
    str
        ``"train"`` or ``"validation"``.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    key = known_as(author) or sha256
    place = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 16**8  # even in [0, 1)
    return "validation" if place < share else "train"


def known_as(author: str) -> str:
    """An author's name as it is compared: without case and surrounding blanks."""
    return author.strip().casefold()


def flaw(photo: Image.Image, square: Image.Image) -> str:
    """Why nothing can be learned from a photo, or "".

    Parameters
    ----------
    photo, square : PIL image
        As it was found, and as it would be kept.

    Returns
    -------
    str
        The reason, as a manifest gives it: it is too small, or nearly grey.
    """
    size = square.width
    if min(photo.size) < size / 2:
        return (
            f"too small ({photo.width}x{photo.height} pixels, the shorter side needs {size // 2})"
        )
    lab = rgb2lab(thumbnail(square))
    chroma = np.hypot(lab[..., 1], lab[..., 2]).mean()
    if chroma < NEAR_GREY:
        return f"near-grey (mean chroma {chroma:.1f}, below {NEAR_GREY})"
    return ""


def thumbnail(square: Image.Image):
    """A photo as (32, 32, 3) uint8, by which it is known."""
    return np.asarray(square.resize((32, 32), Image.Resampling.BOX))


def dhash(square: Image.Image) -> str:
    """Difference hash of a photo: is each of 9x8 grey cells brighter than its left neighbour?

    Returns
    -------
    str
        64 bits as 16 hexadecimal digits.
    """
    cells = np.asarray(square.convert("L").resize((9, 8), Image.Resampling.BOX))  # (8, 9)
    return np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes().hex()


def alike(digits: str, others):
    """Where in `others`, (N,) uint64, a hash lies that differs in few bits: candidates for twins.

    A look through all hashes, however many, is quicker than reading one photo.
    """
    differing = np.bitwise_count(np.asarray(others) ^ np.uint64(int(digits, 16)))
    return np.flatnonzero(differing <= SAME_BITS)


def same_picture(one: Image.Image, other: Image.Image):
    """Whether two squares, PIL images, show the same picture."""
    return np.abs(thumbnail(one).astype(int) - thumbnail(other)).mean() < SAME_LEVELS
