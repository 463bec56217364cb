"""A photo set: the photos a network learns from, prepared once and memory-mapped.

A set is a folder with two files. `photos.npy` holds the kept photos, (N, size, size, 3) uint8;
`manifest.csv` says of every file that was seen where it came from and what became of it.
"""

import array
import contextlib
import csv
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from PIL import Image
from tqdm.auto import tqdm

from colorlib import curation, files
from colorlib.curation import VALIDATION_SHARE, split_of
from colorlib.files import UserError, atomic_write, hash_of, locked, npy_header, said
from colorlib.images import LARGEST_SIDE, center_square, find_photos, read_photo

BUNDLED = Path(__file__).parent / "data" / "commons"

# After so many new files the work so far is made safe: the most an interruption can cost.
BATCH = 256

COLUMNS = (
    "file",  # path within the folder of photos
    "row",  # its place in photos.npy; empty if left out
    "left_out",  # the reason, if left out
    "split",  # "train" or "validation"
    "author",
    "licence",
    "source",
    "sha256",  # of the file
    "dhash",  # 64 bits, 16 hexadecimal digits
)


@dataclass(frozen=True, eq=False, repr=False)
class PhotoSet:
    """Photos ready for training, made by `prepare` and opened by `load`.

    Attributes
    ----------
    path : pathlib.Path
        The set's folder.
    photos : numpy.memmap
        (N, size, size, 3) uint8 sRGB, read from disk as they are used.
    manifest : list of dict
        What is known of each photo (see `COLUMNS`): ``manifest[i]`` describes ``photos[i]``.
    left_out : list of dict
        The same for the files that were left out; ``left_out`` gives the reason.
    train, validation : numpy.ndarray
        Row numbers of the two splits (int).
    """

    path: Path
    photos: np.ndarray
    manifest: list
    left_out: list
    train: np.ndarray
    validation: np.ndarray

    def __len__(self):
        return len(self.photos)

    def __repr__(self):
        return (
            f"PhotoSet({str(self.path)!r}: {len(self.train)} to train, "
            f"{len(self.validation)} to validate, {len(self.left_out)} left out)"
        )


def load(path: str | os.PathLike) -> PhotoSet:
    """Open a photo set. Nothing is read into memory but the manifest.

    Parameters
    ----------
    path : path-like
        A folder that `prepare` made, or "commons" for the bundled photos.

    Returns
    -------
    PhotoSet
        The set.

    Raises
    ------
    UserError
        If the folder is no photo set, is empty or damaged, or its photos and its manifest
        disagree.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    if path == "commons":
        return commons()
    path = Path(path)
    photos, kept, left_out = _open_set(path)
    if not kept:
        raise UserError(
            f"{path}: holds no photo ({len(left_out)} were left out, manifest.csv says why); "
            "prepare it from other photos"
        )
    split = np.array([row["split"] for row in kept])
    return PhotoSet(
        path=path,
        photos=photos,
        manifest=kept,
        left_out=left_out,
        train=np.flatnonzero(split == "train"),
        validation=np.flatnonzero(split == "validation"),
    )


def commons() -> PhotoSet:
    """Open the bundled photos, which come with free licences (see the photo credits).

    The first call prepares them in the user's cache folder (or in the one that the environment
    variable ``COLORLIB_CACHE`` names), which takes seconds; later calls only open them.

    Returns
    -------
    PhotoSet
        The bundled set, 256x256 pixels.

    Raises
    ------
    UserError
        If the cache folder cannot be written to, or the prepared photos in it are damaged.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    if not (BUNDLED / "credits.csv").exists():
        raise UserError(f"{BUNDLED}: the bundled photos are missing; install colorlib again")
    cache = os.environ.get("COLORLIB_CACHE") or platformdirs.user_cache_dir("colorlib")
    cache = Path(os.path.expanduser(cache))  # a ~ that no shell has seen
    out = cache / f"commons-{hash_of(BUNDLED / 'credits.csv')[:12]}"
    if not os.path.exists(out):
        try:
            with locked(cache, wait=60):
                if not out.exists():  # else another process made it while this one waited
                    draft = cache / f"{out.name}-draft"
                    prepare(BUNDLED, draft)
                    draft.rename(out)
        except UserError as error:
            raise UserError(f"{error} (COLORLIB_CACHE in the environment names it)") from error
    try:
        return load(out)
    except UserError as error:
        raise UserError(
            f"{out}: the prepared photos are damaged; delete this folder and try again"
        ) from error


def prepare(folder, out, size: int = 256, validation: float = VALIDATION_SHARE, hold_back=()):
    """Turn a folder of photos into a photo set.

    Each photo becomes a centred square. Broken, tiny, near-grey and duplicate photos are left
    out, and the manifest says why. Run again, only new files are read and their photos appended;
    kept photos never move. An interrupted run is taken up where it stopped.

    Parameters
    ----------
    folder : path-like
        The photos, in subfolders or not. An optional ``credits.csv`` in it names, by column,
        ``file``, ``author``, ``licence`` and ``page`` or ``source``.
    out : path-like
        The set's folder; made if missing.
    size : int
        Side of the prepared photos in pixels.
    validation : float
        Share of all authors (or, where nobody is named, photos) that is held back for validation;
        at least 0 and below 1. Splits follow from this and from `hold_back` anew each time.
    hold_back : iterable of str
        Paths within `folder` of photos to hold back, too, with all others by their authors.

    Returns
    -------
    PhotoSet
        The finished set.

    Raises
    ------
    UserError
        If there are no photos or none can be kept, `out` holds something else or photos of
        another size, another `prepare` works on it, or it cannot be written to.

    Notes
    -----
    Explained in chapter 02_photos.
    """
    folder, out = Path(folder), Path(out)
    if not os.path.isdir(folder):
        raise UserError(f"{folder}: is not a folder; name the folder that holds the photos")
    if os.path.realpath(out) == os.path.realpath(folder):
        raise UserError(f"{out}: holds the photos; name another folder for the set")
    if not 8 <= size <= LARGEST_SIDE:
        raise UserError(f"{out}: photos cannot be {size} pixels wide; take 8 to {LARGEST_SIDE}")
    if not 0 <= validation < 1:
        raise UserError(f"validation is {validation}; it must be at least 0 and below 1")
    passed_over = {}
    photos = find_photos(folder, passed_over)
    paths = {_name(path.relative_to(folder)): path for path in photos}
    credits = _read_credits(folder / "credits.csv")
    hold_back = set(hold_back)
    if missing := hold_back - paths.keys():
        raise UserError(f"{folder / min(missing)}: to be held back, but not there; check its name")
    theirs = (credits.get(name, {}).get("author", "") for name in hold_back)
    authors = {*map(curation.known_as, theirs)} - {""}

    def split(row):
        held = row["file"] in hold_back or curation.known_as(row["author"]) in authors
        return "validation" if held else split_of(row["author"], row["sha256"], validation)

    then = "free some space or choose another folder, then run this again"
    full = files.in_words(out, "cannot be written to", then)
    with full, locked(out), contextlib.closing(_Draft(out, size, credits, split)) as draft:
        for name, path in tqdm(paths.items(), f"Preparing {files.shown(out.name)}", unit="photo"):
            draft.add(name, path)
        for path, reason in passed_over.items():
            draft.pass_over(_name(path.relative_to(folder)), reason)
        draft.commit()
    return load(out)


class _Draft:
    """A set being prepared.

    New photos are written behind those that count; they count from the moment a manifest that
    lists them takes the place of the old one, and only then the number in the header of
    `photos.npy` follows. Readers go by the manifest, so there is no bad moment to be interrupted.
    """

    def __init__(self, out, size, credits, split):
        self.out, self.size, self.credits, self.split = out, size, credits, split
        if not (out / "manifest.csv").exists():
            self._begin()
        photos, self.kept, left_out = _open_set(out)
        if photos.shape[1:] != (size, size, 3):
            raise UserError(
                f"{out}: holds photos {photos.shape[1]} pixels wide, not {size}; "
                "choose another folder or that size"
            )
        files.clear_leftovers(out, "manifest.csv", "photos.npy")
        self.left_out = {row["file"]: row for row in left_out}
        for row in (*self.kept, *left_out):
            self._credit(row)
        self.seen = {(row["file"], row["sha256"]) for row in (*self.kept, *left_out)}
        self.dhashes = array.array("Q", [int(row["dhash"], 16) for row in self.kept])
        self.file = open(out / "photos.npy", "rb+")
        self.file.truncate(self._offset(len(self.kept)))
        self.pending = 0

    def _begin(self):
        photos, header = self.out / "photos.npy", _header(0, self.size)
        if photos.exists() and photos.stat().st_size > len(header):
            raise UserError(f"{photos}: belongs to no manifest.csv; choose another folder")
        self.kept, self.left_out = [], {}
        with atomic_write(photos) as temporary:
            temporary.write_bytes(header)
        self._write_manifest()

    def _offset(self, row):
        return len(_header(row, self.size)) + row * self.size * self.size * 3

    def _credit(self, row):
        row |= self.credits.get(row["file"], {})
        if not row["left_out"]:
            row["split"] = self.split(row)

    def add(self, name, path):
        """Judge a file that is new or has changed: append its photo, or note why not."""
        row = dict.fromkeys(COLUMNS, "") | {"file": name}
        try:
            row["sha256"] = hash_of(path) if path.is_file() else ""  # a pipe has no end
            if (name, row["sha256"]) in self.seen:
                return
            photo = read_photo(path)
        except OSError as error:
            row["left_out"] = f"cannot be opened ({error.strerror})"
        except UserError as error:
            row["left_out"] = error.args[0].removeprefix(f"{path}: ")
        else:
            square = center_square(photo, self.size)
            row["dhash"], row["left_out"] = curation.dhash(square), curation.flaw(photo, square)
            if not row["left_out"] and (twin := self._twin(square, row["dhash"])):
                row["left_out"] = f"duplicate of {twin}"
            if "passed_over" in photo.info and not row["left_out"]:
                self.pass_over(f"{name}, further ones", photo.info["passed_over"])
        self._credit(row)
        if row["left_out"]:
            self.left_out[name] = row
        else:
            row["row"] = str(len(self.kept))
            self.file.seek(self._offset(len(self.kept)))
            self.file.write(square.tobytes())
            self.kept.append(row)
            self.dhashes.append(int(row["dhash"], 16))
            self.left_out.pop(name, None)
        self.pending += 1
        if self.pending == BATCH:
            self.commit()

    def pass_over(self, name, reason):
        """Note what was not even read."""
        self.left_out[name] = dict.fromkeys(COLUMNS, "") | {"file": name, "left_out": reason}

    def _twin(self, square, dhash):
        """The kept photo that shows the same picture, or None."""
        for row in curation.alike(dhash, self.dhashes):
            self.file.seek(self._offset(row))
            stored = self.file.read(self.size * self.size * 3)
            if curation.same_picture(square, Image.frombytes("RGB", square.size, stored)):
                return self.kept[row]["file"]
        return None

    def commit(self):
        """Make everything added so far count."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self._write_manifest()
        self.file.seek(0)
        self.file.write(_header(len(self.kept), self.size))
        self.file.flush()
        self.pending = 0

    def _write_manifest(self):
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*self.kept, *self.left_out.values()])
        content = text.getvalue().encode()
        manifest = self.out / "manifest.csv"
        if not manifest.exists() or manifest.read_bytes() != content:
            with atomic_write(manifest) as temporary:
                temporary.write_bytes(content)

    def close(self):
        self.file.close()


def _name(path):
    # File names need not be valid Unicode, nor without ends of lines; a manifest must be.
    return files.shown(path.as_posix())


def _header(count, size):
    return npy_header(count, (size, size, 3), "uint8")


def _open_set(path):
    file = path / "photos.npy"
    try:
        with open(file, "rb") as begun:  # a later version may promise a header of gigabytes
            if np.lib.format.read_magic(begun) != (1, 0):
                raise ValueError("its header is not of version 1.0")
        stored = np.lib.format.open_memmap(file, mode="r")  # (N, size, size, 3), no pickles
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{path}: is no photo set; make one with `prepare`") from error
    except Exception as error:  # a damaged header can raise anything
        raise UserError(
            f"{file}: cannot be read or is damaged ({said(error)}); delete it with its "
            "manifest.csv and prepare the photos again"
        ) from error
    if stored.dtype != np.uint8 or stored.ndim != 4 or stored.shape[3] != 3:
        raise UserError(
            f"{file}: holds {stored.dtype} {stored.shape}, no photos; choose another folder"
        )
    kept, left_out = _read_manifest(path / "manifest.csv")
    shape = (len(kept), *stored.shape[1:])
    complete = file.stat().st_size >= stored.offset + np.prod(shape)
    if len(stored) > len(kept) or not complete:
        raise UserError(
            f"{path}: photos.npy holds {len(stored)} photos and manifest.csv lists {len(kept)}; "
            "delete both and prepare the photos again"
        )
    return np.memmap(file, "uint8", "r", stored.offset, shape), kept, left_out


def _read_manifest(path):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, restval="")
            columns, rows = tuple(reader.fieldnames or ()), list(reader)
    except FileNotFoundError as error:
        raise UserError(f"{path.parent}: is no photo set; make one with `prepare`") from error
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(
            f"{path}: cannot be read or is damaged ({said(error)}); delete it with its photos.npy "
            "and prepare the photos again"
        ) from error
    if columns != COLUMNS:
        raise UserError(f"{path}: is not the manifest of a photo set; choose another folder")
    kept = [row for row in rows if row["row"]]
    if any(None in row for row in rows) or not all(map(_is_sound, kept, range(len(kept)))):
        raise UserError(
            f"{path}: was changed or is damaged; delete it with its photos.npy "
            "and prepare the photos again"
        )
    return kept, [row for row in rows if not row["row"]]


def _is_sound(row, number):
    return (
        row["row"] == str(number)
        and row["split"] in ("train", "validation")
        and re.fullmatch("[0-9a-f]{16}", row["dhash"])
    )


def _read_credits(path):
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            columns, rows = reader.fieldnames or (), list(reader)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path}: cannot be read ({said(error)}); save it as UTF-8 CSV") from error
    if "file" not in columns:
        raise UserError(f"{path}: has no column 'file'; name its columns in the first line")
    return {
        row["file"]: {
            "author": row.get("author", ""),
            "licence": row.get("licence", ""),
            "source": row.get("page") or row.get("source", ""),
        }
        for row in rows
    }
