"""Files that are whole or not there, and errors that are written for people."""

import contextlib
import hashlib
import io
import json
import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import filelock
import numpy as np

LARGEST_JSON = 20_000_000  # bytes; what colorlib writes stays far below
# What breaks a line, turns it round or commands a terminal, and halves of signs.
COMMANDS = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


class UserError(Exception):
    """Something the user can mend: one line that says what is wrong, where, and what to do."""

    def __str__(self):
        return shown(super().__str__())


def shown(text) -> str:
    """What may hold any file's name, on one line: a newline in it is shown as \\n."""
    return re.sub(COMMANDS, lambda sign: sign[0].encode("unicode_escape").decode(), str(text))


@contextlib.contextmanager
def in_words(path: str | os.PathLike, what: str, then: str):
    """Raise what the operating system refuses in a block as a UserError: what, and what to do."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{path}: {what} ({error.strerror or error}); {then}") from error


def said(error: Exception) -> str:
    """What another library's error says, which may quote a whole file, in one short line."""
    first = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
    return first if len(first) <= 200 else f"{first[:200]}..."


def print_any_name():
    """From now on print file names that the terminal cannot show with escapes, such as \\xe9."""
    with contextlib.suppress(AttributeError):  # in a notebook, output is no stream of text
        sys.stdout.reconfigure(errors="backslashreplace")


def check_packing(archive: zipfile.ZipFile):
    """Raise ValueError if what a zip holds is packed so that 600 bytes may unpack to 600 MB."""
    for member in archive.infolist():
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{member.filename:.80} is packed by a method that is not read here")


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike):
    """Write a file so that it appears complete or not at all.

    The block writes to a temporary neighbour, which takes the name `path` only
    when the block ends well; otherwise what was at `path` stays as it was.

    Parameters
    ----------
    path : path-like
        Where the finished file shall be. Its folder is made if missing.

    Yields
    ------
    pathlib.Path
        The temporary file to write to; its name ends like that of `path`.

    Raises
    ------
    UserError
        If the disk is full or the folder cannot be written to.
    """
    path = Path(path)
    with in_words(path, "cannot be written", "free some space or choose another folder"):
        path.parent.mkdir(parents=True, exist_ok=True)
        # The end of the name will do: a whole long one with more before it would be too long.
        suffix = f"-{path.name[-40:]}"
        handle, name = tempfile.mkstemp(prefix=".", suffix=suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def clear_leftovers(folder: str | os.PathLike, *names: str):
    """Remove what killed processes were writing by `atomic_write` under names (or patterns)."""
    for name in names:
        for leftover in Path(folder).glob(f".????????-{name}"):
            leftover.unlink()


def check_folder(path: str | os.PathLike):
    """Raise a UserError if nothing can be written to a folder, there already or not."""
    path = Path(path).absolute()
    place = next(each for each in (path, *path.parents) if os.path.exists(each))
    if not place.is_dir():
        raise UserError(f"{place}: is a file; choose another folder")
    if not os.access(place, os.W_OK):
        raise UserError(f"{place}: cannot be written to; choose another folder")


def append_rows(path: str | os.PathLike, rows, at: int):
    """Write rows into a .npy file behind its first `at` rows, beginning the file with `at=0`.

    The rows count from the moment the file's header says so: whenever the process is killed, the
    file holds the rows that it held before, or all.

    Parameters
    ----------
    path : path-like
    rows : ndarray, (n, ...)
        Of the type and shape of the rows that are there.
    at : int
        How many rows to keep; what is behind them is overwritten.

    Raises
    ------
    UserError
        If the disk is full or the file cannot be written to.
    """
    path = Path(path)
    if not at:
        with atomic_write(path) as temporary:
            np.save(temporary, rows[:0])
    full = in_words(path, "cannot be written to", "free some space, then try again")
    with full, open(path, "rb+") as file:
        header = npy_header(at, rows.shape[1:], rows.dtype)
        file.write(header)
        file.seek(len(header) + at * rows[:1].nbytes)
        file.truncate()
        file.write(np.ascontiguousarray(rows).data)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        file.write(npy_header(at + len(rows), rows.shape[1:], rows.dtype))


def npy_header(count: int, shape: tuple, dtype) -> bytes:
    """How a .npy file begins that holds `count` rows of one shape and type.

    NumPy pads it so that it keeps its length while the first axis grows.
    """
    header = io.BytesIO()
    about = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (count, *shape)}
    np.lib.format.write_array_header_1_0(header, about)
    return header.getvalue()


def _umask():
    # The only way to read the umask is to set it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def locked(folder: str | os.PathLike, wait: float = 0):
    """Hold a folder for this process alone while the block runs.

    The operating system drops the lock when the process ends, however it ends,
    so a crash leaves nothing to clean up.

    Parameters
    ----------
    folder : path-like
        Made if missing.
    wait : float
        How long to wait for another process to leave the folder, in seconds.

    Raises
    ------
    UserError
        If another process holds the folder, or it cannot be written to.
    """
    folder = Path(folder)
    lock = filelock.FileLock(folder / ".lock")
    with in_words(folder, "cannot be used", "choose another folder"):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=wait, poll_interval=0.1)
        except filelock.Timeout:
            raise UserError(
                f"{folder}: another process is working here; wait for it or choose another folder"
            ) from None
    try:
        yield
    finally:
        lock.release()


def write_json(path: str | os.PathLike, value):
    """Write `value` as indented JSON, whole or not at all."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    with atomic_write(path) as temporary:  # a name may hold what is no character
        temporary.write_text(text, encoding="utf-8", errors="replace")


def read_json(path: str | os.PathLike):
    """Read a JSON file.

    Raises
    ------
    UserError
        If the file is missing, too large or is not JSON.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would keep us waiting for ever
            raise UserError(f"{path}: is no regular file; check the path")
        if path.stat().st_size > LARGEST_JSON:
            raise UserError(f"{path}: is larger than {LARGEST_JSON / 1e6:.0f} MB; check the path")
        value = json.loads(path.read_text(encoding="utf-8-sig"))  # Notepad's mark, too
        json.dumps(value, ensure_ascii=False).encode()  # half an emoji can be read, never written
        return value
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: is not valid JSON ({said(error)}); mend or restore it") from error


def hash_of(path: str | os.PathLike, kind: str = "sha256") -> str:
    """SHA-256 of a file's bytes, or another hash that `hashlib` knows, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
