"""The full set: a sample of Unsplash's Lite data set, downloaded politely.

The data set itself is only a table that says where 25,000 photos are; `download` brings the table,
picks a sample and asks for each photo at the size that is needed. A folder of photos is its own
record: a file is there, whole and looked at, or it is not. So after an interruption the same call
goes on with what is missing.

Chapter: 02_photos.
"""

import contextlib
import csv
import email.utils
import importlib.metadata
import io
import os
import queue
import re
import shutil
import threading
import time
import zipfile
from concurrent.futures import CancelledError
from hashlib import sha256
from itertools import islice
from pathlib import Path

import httpx
from PIL import Image
from tqdm.auto import tqdm

from colorlib import files
from colorlib.files import UserError, atomic_write, hash_of, locked, read_json, said, write_json
from colorlib.images import LARGEST_SIDE

VERSION = "1.4.0"
METADATA = f"https://unsplash.com/data/lite/{VERSION}"
SHA256 = "7af3e90a4983fc87d0ee8c0f8c645349c6011d63efec489cfe734a74ed64d69c"

# Nothing is ever asked of another address. The metadata's address leads to the storage bucket.
OURS = (
    r"https://(unsplash\.com|images\.unsplash\.com|unsplash-datasets\.s3[\w.-]*\.amazonaws\.com)/"
)

TERMS = """\
Unsplash's terms (unsplash.com/data-terms, which you accept by downloading) let you download and
keep these photos and train on them. They do not let you publish or pass on any part of the data
set, not even one photo, or publish comparisons of it with similar data sets.
To honour them: keep the folder, what `prepare` makes of it, and what shows its photos (a run's
samples, a notebook's figures) out of repositories, websites and papers; show other photos, such as
the bundled ones. Delete a photo if Unsplash asks for it. Who wants the same photos uses the same
seed."""

LICENCE = "Unsplash data terms: train, do not publish"

RATE = 4  # requests a second, all together: Unsplash asks to keep downloads slow
WORKERS = 8  # as many are under way at most; enough for the rate while an answer takes two seconds
TIMEOUT = 30  # seconds without a byte
SLOWEST = 60  # seconds that a photo may take, whatever the server does
HOPS = 5  # times that the server may send us on
LARGEST_ARCHIVE = 2_000_000_000  # bytes; the metadata have 650 MB
FAREWELL = 2  # seconds that the workers have, when all stops, to finish what they do
TRIES = 5  # for a photo, before it is left for another day
BACK_OFF = 1  # seconds of silence after a failure; doubled by each one that follows
PATIENCE = 6  # failures of the host in a row, then the download stops
LONGEST = 600  # seconds that a host may ask to wait
STREAK = 20  # photos in a row that did not come: then it is not the photos

GONE = "deleted"


def download(out: str | os.PathLike, limit: int = 10_000, size: int = 256, seed: int = 0) -> dict:
    """Download a sample of the Unsplash Lite photos.

    Interrupted, or stopped by an error, the same call goes on: what is on disk is not asked for
    again. Photos that Unsplash has deleted are recorded and replaced by the next of the sample.

    Parameters
    ----------
    out : path-like
        The folder for the photos, made if missing. Beside them it gets ``credits.csv``, which
        `photoset.prepare` reads, and ``unsplash.json``, which says what sample this is.
    limit : int
        How many photos; all there are if there are fewer. A later call may ask for more.
    size : int
        Side of the photos in pixels: Unsplash cuts and scales them.
    seed : int
        Chooses the sample. The same seed gives the same photos on any machine.

    Returns
    -------
    dict
        ``photos`` and ``deleted``: how many there are of each.

    Raises
    ------
    UserError
        If `out` holds something else or another sample; if the network, the host or the disk
        fail; if what arrives is not what was asked for. What has been downloaded stays.

    Notes
    -----
    Read `TERMS` first: the photos may be kept and trained on, but not published.
    """
    out = Path(out)
    if limit < 1 or not 8 <= size <= LARGEST_SIDE:
        raise UserError(
            f"{out}: {limit} photos {size} pixels wide; take at least 1 and 8 to {LARGEST_SIDE}"
        )
    with locked(out):
        state = _agree(out, {"version": VERSION, "seed": seed, "size": size, "limit": limit})
        line = _Line()
        addresses = _addresses(line, out)
        # Sorting by hash is a shuffle that no library's next version can change.
        order = sorted(addresses, key=lambda photo: sha256(f"{seed} {photo}".encode()).digest())

        def fetch(client, photo):
            return _fetch(client, line, addresses[photo], out / f"{photo}.jpg", size)

        there, failed = _fetch_all(out, state, order, line, fetch)
    if failed:
        photo, problem = next(iter(failed.items()))
        raise UserError(
            f"{out}: {len(failed)} photos did not come (the first: {addresses[photo]}: {problem}); "
            f"{len(there)} are there and can be used; the same command tries again"
        )
    return {"photos": len(there), "deleted": len(state["deleted"])}


def _client():
    return httpx.Client(
        headers={
            "User-Agent": f"colorlib/{importlib.metadata.version('colorlib')}",
            "Accept-Encoding": "identity",  # so that nothing grows while it is unpacked
        },
        timeout=TIMEOUT,
        event_hooks={"request": [_stay_with_us]},
    )


@contextlib.contextmanager
def _ask(client, address, headers=None):
    """The answer to a request, as soon as its body begins; no other body is read."""
    request = client.build_request("GET", address, headers=headers)
    for _ in range(HOPS):
        with contextlib.closing(client.send(request, stream=True)) as response:
            if response.next_request is None:
                yield response
                return
        request = response.next_request
    raise _Refused("the server sends us from one address to the next")


class _Client:
    """A worker's own client, which a clock closes: then what is under way fails soon."""

    def __init__(self):
        self.client = _client()

    def get(self, address, most):
        """A body of at most `most` bytes that comes within `SLOWEST` seconds."""
        if self.client.is_closed:
            self.client = _client()
        clock, body = threading.Timer(SLOWEST, self.client.close), bytearray()
        clock.daemon = True
        clock.start()
        try:
            with _ask(self.client, address) as response:
                _check(response)
                for block in response.iter_raw():
                    body += block
                    if len(body) > most:
                        raise _Unfit(f"more than {most} bytes came, too many for such a photo")
        except Exception:
            if not self.client.is_closed:
                raise
        finally:
            clock.cancel()
        if self.client.is_closed:
            raise _Unfit(f"it took longer than {SLOWEST} seconds")
        return bytes(body)


class _Refused(Exception):
    """What another try cannot change: a wrong address, or a host that says no."""


def _stay_with_us(request):
    if not re.match(OURS, str(request.url)):
        raise _Refused(
            f"the server sends us to another host, {request.url.host}, where nothing was asked; "
            "perhaps this network wants you to log in"
        )


def _agree(out, wanted):
    """The state kept in `out`, after making sure that it is of the sample `wanted`."""
    files.clear_leftovers(out, "unsplash.json")
    path = out / "unsplash.json"
    state = {**wanted, "sha256": SHA256, "deleted": []}
    if path.exists():
        state = read_json(path)
        if not isinstance(state, dict) or not {*wanted, "deleted"} <= state.keys():
            raise UserError(f"{path}: is damaged; move the photos away and choose a new folder")
        for key in ("version", "seed", "size"):
            if state[key] != wanted[key]:
                raise UserError(
                    f"{out}: holds a sample with {key} {state[key]}, not {wanted[key]}; "
                    "choose another folder"
                )
        if state["limit"] > wanted["limit"]:
            raise UserError(
                f"{out}: holds a sample of {state['limit']} photos, which may grow but not "
                f"shrink to {wanted['limit']}; choose another folder"
            )
    elif any(path.name != ".lock" for path in out.iterdir()):
        raise UserError(f"{out}: holds something else; choose an empty folder or a new one")
    files.clear_leftovers(out, "*.jpg", "credits.csv")  # not before it is known to be ours
    state["limit"] = wanted["limit"]
    write_json(path, state)
    return state


class _Line:
    """The line to the host, which all workers share: one pace, one silence after a failure."""

    def __init__(self):
        self.lock, self.closed = threading.Lock(), threading.Event()
        self.next = self.failed = time.monotonic()
        self.failures, self.given_up = 0, None

    def turn(self):
        """Wait until a request may go out; the time it does."""
        while not self.closed.is_set():
            with self.lock:
                if self.given_up:
                    raise self.given_up
                now = time.monotonic()
                if now >= self.next:
                    self.next = now + 1 / RATE
                    return now
            self.closed.wait(self.next - now)
        raise CancelledError

    def answered(self):
        self.failures = 0

    def troubled(self, problem, asked, pause):
        """Keep silent for a while, at least `pause` seconds; after too many failures, give up."""
        with self.lock:
            if asked < self.failed:
                return  # under way when the line failed before: the same trouble
            self.failures += 1
            pause = max(pause, BACK_OFF * 2 ** (self.failures - 1))
            self.failed = time.monotonic()
            self.next = self.failed + pause
            if self.failures >= PATIENCE or pause > LONGEST:
                when = f"in {pause / 60:.0f} minutes, as asked" if pause > LONGEST else "later"
                self.given_up = UserError(
                    f"{problem}; what came so far is safe, and the same command goes on {when}"
                )
                raise self.given_up
        if pause >= 5:
            tqdm.write(f"{problem}; waiting {pause:.0f} s")


class _Gone(_Refused):
    """A photo that is there no more."""


def _check(response):
    """Raise what keeps this answer from being of use."""
    status = response.status_code
    if status in (404, 410):
        raise _Gone
    if 400 <= status < 500 and status not in (408, 429):
        raise _Refused(f"the server refuses: {status} {response.reason_phrase}")
    response.raise_for_status()
    if "html" in response.headers.get("Content-Type", ""):
        raise _Unfit("a web page came instead; perhaps this network wants you to log in")


class _Unfit(httpx.RequestError):
    """An answer that is not what was asked for; the next may be."""


def _explain(error):
    """An httpx error in words, and the seconds that the host asks to wait."""
    if isinstance(error, httpx.HTTPStatusError):
        answer = f"the server answers {error.response.status_code} {error.response.reason_phrase}"
        return answer, _retry_after(error.response.headers.get("Retry-After", ""))
    if isinstance(error, httpx.ConnectError):
        return f"no way to the host ({said(error)}), perhaps no network", 0
    return f"the connection failed ({said(error)})", 0


def _retry_after(text):
    with contextlib.suppress(ValueError, OverflowError):
        if text.isdigit():
            return min(int(text), 10**9)
        return max(0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    return 0


def _addresses(line, out):
    """Where each photo is, {photo_id: address}, from ``credits.csv``, which is made if missing."""
    path = out / "credits.csv"
    if not path.exists():
        archive = out / ".part" / f"lite-{VERSION}.zip"
        with _client() as client:
            _fetch_metadata(client, line, archive)
        with (
            atomic_write(path) as temporary,
            open(temporary, "w", encoding="utf-8", newline="") as f,
        ):
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(("file", "author", "licence", "page", "address"))
            writer.writerows(_read_metadata(archive))
    shutil.rmtree(out / ".part", ignore_errors=True)
    with open(path, encoding="utf-8", newline="") as file:
        return {Path(row["file"]).stem: row["address"] for row in csv.DictReader(file)}


def _fetch_metadata(client, line, archive):
    """Bring the metadata, from where an earlier try stopped, and check its hash."""
    while True:
        asked = line.turn()
        try:
            return _continue(client, line, archive)
        except OSError as error:
            raise UserError(
                f"{archive}: cannot be written ({error.strerror}); free some space (1 GB), "
                "then the same command goes on"
            ) from error
        except _Gone as error:
            raise UserError(f"{METADATA}: is there no more; look for a newer colorlib") from error
        except _Refused as error:
            raise UserError(f"{METADATA}: {error}") from error
        except httpx.HTTPError as error:
            problem, pause = _explain(error)
            line.troubled(f"{METADATA}: {problem}", asked, pause)


def _continue(client, line, archive):
    archive.parent.mkdir(exist_ok=True)
    have = archive.stat().st_size if archive.exists() else 0
    with _ask(client, METADATA, {"Range": f"bytes={have}-"} if have else None) as response:
        if response.status_code != 416:  # else there is nothing more to come
            _check(response)
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if not goes_on:
                have = 0
            total = have + int(response.headers.get("Content-Length", 0)) or None
            with (
                open(archive, "ab" if goes_on else "wb") as file,
                tqdm(None, "Metadata", total, unit="B", unit_scale=True, initial=have) as bar,
            ):
                for block in response.iter_raw():
                    file.write(block)
                    if file.tell() > LARGEST_ARCHIVE:
                        raise _Refused("more comes than the metadata have")
                    bar.update(len(block))
                    line.answered()
    found = hash_of(archive)
    if found != SHA256:
        archive.unlink()
        raise UserError(
            f"{METADATA}: has the SHA-256 {found} and should have {SHA256}; the download was "
            "damaged, or the data set changed. It was not used and is deleted, photos are as they "
            "were; try once more, then look for a newer colorlib"
        )


def _read_metadata(archive):
    """Rows of ``credits.csv``. The archive is read as a stream; its table may come in parts."""
    with zipfile.ZipFile(archive) as files:
        for name in sorted(files.namelist()):
            if not re.match(r"photos\.[tc]sv", Path(name).name):
                continue
            with io.TextIOWrapper(files.open(name), encoding="utf-8", newline="") as text:
                for row in csv.DictReader(text, delimiter="\t"):
                    first, last = row["photographer_first_name"], row["photographer_last_name"]
                    author = f"{first} {last} (@{row['photographer_username']})".strip()
                    address = row["photo_image_url"]
                    if re.match(OURS, address):  # some versions of the table have broken ones
                        yield f"{row['photo_id']}.jpg", author, LICENCE, row["photo_url"], address


def _fetch(client, line, address, path, size):
    """Bring one photo; None, or what went wrong, in words."""
    address += f"{'&' if '?' in address else '?'}w={size}&h={size}&fit=crop&fm=jpg&q=85"
    for _ in range(TRIES):
        asked = line.turn()
        try:
            content = client.get(address, most=4 * size * size + 100_000)
            _look_at(content, size)
        except _Gone:
            line.answered()
            return GONE
        except (_Refused, httpx.InvalidURL, ValueError) as error:
            return str(error)
        except httpx.HTTPError as error:
            problem, pause = _explain(error)
            line.troubled(f"{address}: {problem}", asked, pause)
        else:
            line.answered()
            with atomic_write(path) as temporary:
                temporary.write_bytes(content)
            return None
    return problem


def _look_at(content, size):
    """Raise if this is not a whole JPEG of `size` x `size` pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            if image.size == (size, size):  # else no memory is spent on it
                image.load()
    except Exception as error:  # a decoder fed with damaged bytes can raise anything
        raise _Unfit("what came is no JPEG, or a damaged one") from error
    if image.size != (size, size):
        raise _Unfit(f"a photo of {image.width}x{image.height} pixels came, not {size}x{size}")


def _fetch_all(out, state, order, line, fetch):
    """Bring what is missing of the sample; what is there then, and what failed and why."""
    there, failed, streak = {path.stem for path in out.glob("*.jpg")}, {}, []

    def missing():
        left = (photo for photo in order if photo not in state["deleted"])
        return [p for p in islice(left, state["limit"]) if p not in there and p not in failed]

    jobs, done = queue.SimpleQueue(), queue.SimpleQueue()
    # Daemons: whatever a server does to them, they cannot keep the program from ending.
    workers = [
        threading.Thread(target=_work, args=(line, fetch, jobs, done), daemon=True)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    with tqdm(None, "Photos", state["limit"], unit="photo", initial=len(there)) as bar:
        try:
            while todo := missing():  # again, if some were deleted and others take their place
                for photo in todo[:WORKERS]:
                    jobs.put(photo)
                for following in range(WORKERS, WORKERS + len(todo)):
                    photo, problem = done.get()
                    if isinstance(problem, Exception):
                        raise problem
                    for another in todo[following : following + 1]:
                        jobs.put(another)
                    if problem is None:
                        there.add(photo)
                        streak.clear()
                        bar.update()
                        continue
                    streak.append(photo)
                    if problem == GONE:
                        state["deleted"].append(photo)
                    else:
                        failed[photo] = problem
                    if len(streak) == STREAK:  # so many are not deleted: do not believe it
                        state["deleted"] = [p for p in state["deleted"] if p not in streak]
                    write_json(out / "unsplash.json", state)
                    if len(streak) == STREAK:
                        raise UserError(
                            f"{out}: {STREAK} photos in a row did not come (the last: {problem}); "
                            f"{len(there)} are safe. Something has changed at Unsplash or on the "
                            "way there: try later, then look for a newer colorlib"
                        )
        finally:
            line.closed.set()
            for _ in workers:
                jobs.put(None)
            end = time.monotonic() + FAREWELL
            for worker in workers:
                worker.join(max(0, end - time.monotonic()))
    return there, failed


def _work(line, fetch, jobs, done):
    """Bring photo after photo, until there is none or the line is closed."""
    client = _Client()
    while (photo := jobs.get()) is not None and not line.closed.is_set():
        try:
            done.put((photo, fetch(client, photo)))
        except Exception as error:  # the main thread raises it
            done.put((photo, error))
    client.client.close()
