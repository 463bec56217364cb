"""A stand-in for Unsplash on this machine: its metadata, its photo addresses, and its bad days.

It serves real photos from folders under made-up photo_ids, cut and scaled as the address asks, and
writes down every request. Faults are scripted: a list for each photo_id (or "metadata"), of which
each request uses up one; a photo_id in `deleted` is gone for good.

    429 429:SECONDS 429:DATE 500 503 403   the server answers so
    cut        half of the body, then the connection ends
    drop       the connection ends without an answer
    half       half of a JPEG, as if it were all
    noise      random bytes, said to be a JPEG
    html       a web page
    small      a photo of another size
    large      a small file of 36 megapixels
    drip       all of it, a byte at a time
    endless    200 MB
    zipped     200 MB, packed into less than a photo takes
    elsewhere  a redirect to another host
    other      another archive than the one that was promised (metadata)
    no-range   all of it though a part was asked for (metadata)
"""

import base64
import csv
import functools
import hashlib
import io
import random
import re
import sys
import threading
import time
import zipfile
import zlib
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from PIL import Image

VERSION = "1.4.0"
COLUMNS = """
    photo_id photo_url photo_image_url photo_submitted_at photo_featured photo_width photo_height
    photo_aspect_ratio photo_description photographer_username photographer_first_name
    photographer_last_name exif_camera_make exif_camera_model exif_iso exif_aperture_value
    exif_focal_length exif_exposure_time photo_location_name photo_location_latitude
    photo_location_longitude photo_location_country photo_location_city stats_views stats_downloads
    ai_description ai_primary_landmark_name ai_primary_landmark_latitude
    ai_primary_landmark_longitude ai_primary_landmark_confidence blur_hash
""".split()

# What happened: when it arrived, what was asked for, the status, how many bytes went out.
Request = namedtuple("Request", "time name status sent agent")


def photo_id(name):
    """Eleven characters of the alphabet that Unsplash uses."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest())[:11].decode()


@functools.cache
def large():
    """A small JPEG of many pixels."""
    file = io.BytesIO()
    Image.new("L", (6000, 6000), 128).save(file, "JPEG", optimize=True)
    return file.getvalue()


@functools.cache
def zipped():
    """200 MB in gzip."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()


def find_authors(folder):
    """{path: author} of a folder of photos whose table names their authors."""
    table = next(
        folder / name for name in ("credits.csv", "manifest.csv") if (folder / name).exists()
    )
    with open(table, encoding="utf-8", newline="") as file:
        return {folder / row["file"]: row["author"] for row in csv.DictReader(file)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments):
        if not isinstance(sys.exception(), ConnectionError):  # the other side was killed
            super().handle_error(*arguments)


class UnsplashServer:
    """Use as a context: it serves from entering to leaving.

    Parameters
    ----------
    authors : dict
        {path of a photo: its author}.
    latency : float
        Seconds before each answer.
    padding : int
        Bytes of another table in the archive, to give it some size.
    """

    def __init__(self, authors, latency=0, padding=0):
        self.photos = {photo_id(path.name): path for path in authors}
        self.latency, self.faults, self.deleted = latency, {}, set()
        self.log, self.lock = [], threading.Lock()
        self.server = _Server(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.metadata = f"{self.address}data/lite/{VERSION}"
        self.archive = self._archive(authors, padding)
        self.sha256 = hashlib.sha256(self.archive).hexdigest()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def constants(self):
        """What `colorlib.unsplash` must be told to find this server instead of Unsplash's."""
        return {"OURS": re.escape(self.address), "METADATA": self.metadata, "SHA256": self.sha256}

    def command(self, *arguments, **constants):
        """A command that runs `colorlib unsplash ARGUMENTS` against this server."""
        code = (
            "import sys; from colorlib import cli, unsplash; "
            f"vars(unsplash).update({self.constants() | constants!r}); "
            "sys.exit(cli.main(sys.argv[1:]))"
        )
        return [sys.executable, "-c", code, "unsplash", *map(str, arguments)]

    def asked(self, since=0):
        """The photo_ids that were asked for, in order, from request number `since` on."""
        return [request.name for request in self.log[since:] if request.name in self.photos]

    def content(self, name, size=256):
        """The bytes of a photo at this size."""
        path = self.photos[name]
        with Image.open(path) as image:
            if image.size == (size, size):
                return path.read_bytes()
            file = io.BytesIO()
            image.convert("RGB").resize((size, size)).save(file, "JPEG", quality=85)
            return file.getvalue()

    def _archive(self, authors, padding):
        rows = []
        for number, (path, author) in enumerate(authors.items()):
            name = photo_id(path.name)
            first, _, last = (author or f"Anonymous {number}").partition(" ")
            username = hashlib.sha256(author.encode() or path.name.encode()).hexdigest()[:10]
            rows.append({
                "photo_id": name,
                "photo_url": f"{self.address}photos/{name}",
                # Some real addresses have a query already.
                "photo_image_url": f"{self.address}photo-{name}{'?ixid=1' if number % 3 else ''}",
                "photo_description": 'A "quoted"\ttitle,\nin two lines' if number % 2 else "",
                "photographer_username": username,
                "photographer_first_name": first,
                "photographer_last_name": last,
            })  # fmt: skip
        broken = {"photo_id": "broken", "photo_image_url": "https://images.unsplash.company/x.jpg"}
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.md", "metadata")
            half = len(rows) // 2
            for part, some in enumerate((rows[:half], [broken, *rows[half:]])):
                table = io.StringIO()
                writer = csv.DictWriter(table, COLUMNS, restval="", delimiter="\t")
                writer.writeheader()
                writer.writerows(some)
                archive.writestr(f"photos.csv{part:03}", table.getvalue())
            archive.writestr("keywords.csv000", random.Random(0).randbytes(padding))
        return file.getvalue()

    def _handler(server):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                arrived = time.monotonic()
                path, query = urlsplit(self.path)[2:4]
                name = path.removeprefix("/photo-") if path.startswith("/photo-") else "metadata"
                with server.lock:
                    faults = server.faults.get(name, [])
                    fault, *later = faults or [""]
                    # The short address leads to the archive; faults belong to the archive.
                    if path != f"/data/lite/{VERSION}":
                        server.faults[name] = later
                time.sleep(server.latency)
                status, sent = self.serve(path, name, query, fault)
                agent = self.headers.get("User-Agent")
                server.log.append(Request(arrived, name, status, sent, agent))

            def serve(self, path, name, query, fault):
                try:
                    if path == f"/data/lite/{VERSION}":
                        return self.answer(302, Location=f"{server.address}bucket/lite.zip")
                    if fault:
                        return self.fail(name, fault)
                    if path == "/bucket/lite.zip":
                        return self.serve_archive()
                    if name not in server.photos or name in server.deleted:
                        return self.answer(404)
                    asked = {key: value for key, (value,) in parse_qs(query).items()}
                    size = int(asked["w"])
                    wanted = {"w": f"{size}", "h": f"{size}", "fit": "crop", "fm": "jpg", "q": "85"}
                    if not wanted.items() <= asked.items():
                        return self.answer(400)
                    return self.answer(200, server.content(name, size))
                except OSError:  # the other side was killed
                    return 0, 0

            def answer(self, status, body=b"", kind="image/jpeg", cut=None, **headers):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for key, value in headers.items():
                    self.send_header(key.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body[:cut])
                self.wfile.flush()
                if cut is not None:
                    self.close_connection = True
                return status, len(body[:cut])

            def stream(self, parts, pause=0):
                """An answer whose length is not said before."""
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.end_headers()
                for part in parts:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(pause)
                return 200, -1

            def serve_archive(self, cut=None):
                asked = self.headers.get("Range", "")
                start = int(asked.removeprefix("bytes=").removesuffix("-") or 0)
                total = len(server.archive)
                if start >= total:
                    return self.answer(416)
                body, headers = server.archive[start:], {}
                if asked:
                    headers["Content_Range"] = f"bytes {start}-{total - 1}/{total}"
                return self.answer(206 if asked else 200, body, "application/zip", cut, **headers)

            def fail(self, name, fault):
                metadata = name == "metadata"
                body = server.archive if metadata else server.content(name)
                if fault == "cut":
                    if metadata:
                        return self.serve_archive(cut=len(body) // 3)
                    return self.answer(200, body, cut=len(body) // 2)
                if fault == "drop":
                    self.close_connection = True
                    return 0, 0
                if fault == "half":
                    return self.answer(200, body[: len(body) // 2])
                if fault == "noise":
                    return self.answer(200, random.Random(name).randbytes(9000))
                if fault == "html":
                    return self.answer(200, b"<html>Welcome to our hotel</html>", "text/html")
                if fault == "small":
                    return self.answer(200, server.content(name, 32))
                if fault == "large":
                    return self.answer(200, large())
                if fault == "drip":
                    return self.stream((body[k : k + 1] for k in range(len(body))), pause=0.1)
                if fault == "endless":
                    return self.stream([bytes(1_000_000)] * 200)
                if fault == "zipped":
                    return self.answer(200, zipped(), Content_Encoding="gzip")
                if fault == "elsewhere":
                    port = server.server.server_port
                    return self.answer(302, Location=f"http://localhost:{port}/photo-stolen")
                if fault == "other":
                    return self.answer(200, body[:-1] + b"x", "application/zip")
                if fault == "no-range":
                    return self.answer(200, body, "application/zip")
                status, _, wait = fault.partition(":")
                return self.answer(int(status), **({"Retry_After": wait} if wait else {}))

        return Handler
