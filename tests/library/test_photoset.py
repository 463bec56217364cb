import csv
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorlib import photoset
from colorlib.curation import split_of
from colorlib.files import UserError, hash_of, locked
from colorlib.images import center_square, read_photo
from colorlib.photoset import load, prepare

COMMONS = sorted(photoset.BUNDLED.glob("*.jpg"))


def scene(seed, size=(160, 130)):
    """A soft colourful picture, unlike that of any other seed."""
    colors = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype="uint8")
    return Image.fromarray(colors).resize(size, Image.Resampling.BICUBIC)


def fill(folder, seeds):
    folder.mkdir(exist_ok=True)
    for seed in seeds:
        scene(seed).save(folder / f"{seed:03}.jpg", quality=90)
    return folder


def in_child(code, *arguments, expect=0, **environment):
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True, text=True, env=os.environ | environment,
    )  # fmt: skip
    assert child.returncode == expect, child.stderr
    return child.stdout


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def reasons(photo_set):
    return {row["file"]: row["left_out"] for row in photo_set.left_out}


def test_a_set_holds_the_photos_as_center_squares(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for path in COMMONS[:4]:
        shutil.copy(path, tmp_path / "in")
    shutil.copy(COMMONS[4], tmp_path / "in" / "deep" / "z.jpg")
    photo_set = prepare(tmp_path / "in", tmp_path / "out", size=96)
    assert len(photo_set) == 5
    assert photo_set.path == tmp_path / "out"
    assert isinstance(photo_set.photos, np.memmap) and not photo_set.photos.flags.writeable
    assert (photo_set.photos.shape, photo_set.photos.dtype) == ((5, 96, 96, 3), np.uint8)
    assert sorted([*photo_set.train, *photo_set.validation]) == list(range(5))
    for number, (photo, row) in enumerate(zip(photo_set.photos, photo_set.manifest, strict=True)):
        path = tmp_path / "in" / row["file"]
        assert np.array_equal(photo, center_square(read_photo(path), 96))
        assert row["sha256"] == hash_of(path)
        assert (row["row"], row["left_out"]) == (str(number), "")
        assert row["split"] == split_of("", row["sha256"])
        assert (number in photo_set.validation) == (row["split"] == "validation")
    assert {row["file"] for row in photo_set.manifest} == {
        *(path.name for path in COMMONS[:4]), "deep/z.jpg"
    }  # fmt: skip
    assert "left out" in repr(photo_set) and len(repr(photo_set)) < 300


def test_photos_npy_is_an_ordinary_npy_file(tmp_path):
    prepare(fill(tmp_path / "in", range(3)), tmp_path / "out", size=32)
    photos = np.load(tmp_path / "out" / "photos.npy", allow_pickle=False)
    assert np.array_equal(photos, load(tmp_path / "out").photos)


def test_what_is_left_out_and_why(tmp_path):
    folder = fill(tmp_path / "in", range(2))
    scene(0).convert("L").save(folder / "grey.jpg")
    tint = np.asarray(scene(7).convert("L"))[..., None] * np.array([1.0, 0.985, 0.97])
    Image.fromarray(tint.astype("uint8")).save(folder / "scan.png")
    scene(8, (300, 31)).save(folder / "narrow.png")
    scene(9, (300, 32)).save(folder / "wide enough.png")
    (folder / "text.jpg").write_text("Dear diary")
    (folder / "cut.jpg").write_bytes((folder / "000.jpg").read_bytes()[:900])
    shutil.copy(folder / "000.jpg", folder / "same bytes.jpg")
    scene(1).save(folder / "same picture.jpg", quality=60)
    scene(1).resize((320, 260)).save(folder / "same, larger.png")
    (folder / "notes.txt").write_text("not a photo, not seen")
    photo_set = prepare(folder, tmp_path / "out", size=64)
    assert [row["file"] for row in photo_set.manifest] == ["000.jpg", "001.jpg", "wide enough.png"]
    found = reasons(photo_set)
    assert found.pop("grey.jpg") == "near-grey (mean chroma 0.0, below 3.0)"
    assert found.pop("scan.png").startswith("near-grey (mean chroma ")
    assert found.pop("narrow.png") == "too small (300x31 pixels, the shorter side needs 32)"
    assert found.pop("text.jpg").startswith("is no photo")
    assert found.pop("cut.jpg").startswith("is damaged or cut short")
    assert found.pop("same bytes.jpg") == "duplicate of 000.jpg"
    assert found.pop("same picture.jpg") == "duplicate of 001.jpg"
    assert found.pop("same, larger.png") == "duplicate of 001.jpg"
    assert not found
    with open(tmp_path / "out" / "manifest.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == photo_set.manifest + photo_set.left_out
    assert all(row["row"] == "" and row["split"] == "" for row in photo_set.left_out)


def test_plain_pictures_of_different_colors_are_no_duplicates(tmp_path):
    (tmp_path / "in").mkdir()
    for color in ("red", "teal", "gold", "navy"):
        Image.new("RGB", (64, 64), color).save(tmp_path / "in" / f"{color}.png")
    assert len(prepare(tmp_path / "in", tmp_path / "out", size=64)) == 4


def test_small_and_hard_compressed_copies_of_real_photos_are_found(tmp_path):
    (tmp_path / "in").mkdir()
    originals = COMMONS[::25]
    for path in originals:
        shutil.copy(path, tmp_path / "in" / f"a {path.name}")  # comes first, so it is kept
        with Image.open(path) as photo:
            copy = photo.resize((150, 150))
        copy.save(tmp_path / "in" / f"b {path.name}", quality=50)
    photo_set = prepare(tmp_path / "in", tmp_path / "out")
    assert len(photo_set) == len(originals)
    assert reasons(photo_set) == {
        f"b {path.name}": f"duplicate of a {path.name}" for path in originals
    }


def test_credits_are_taken_over_and_may_come_later(tmp_path):
    folder = fill(tmp_path / "in", range(3))
    assert prepare(folder, tmp_path / "out", size=32).manifest[0]["author"] == ""
    (folder / "credits.csv").write_text(
        "file,author,licence,source,page\n"
        '000.jpg,"Åsa, B.",CC0,a museum,\n'
        "001.jpg,Emil,CC BY 2.0,Flickr,https://example.org/1\n",
        encoding="utf-8-sig",  # as Excel writes it
    )
    photo_set = prepare(folder, tmp_path / "out", size=32)
    credits = [[row[key] for key in ("author", "licence", "source")] for row in photo_set.manifest]
    assert credits[0] == ["Åsa, B.", "CC0", "a museum"]
    assert credits[1] == ["Emil", "CC BY 2.0", "https://example.org/1"]
    assert credits[2] == ["", "", ""]
    assert 1 in photo_set.validation  # Emil's photos are; see below


@pytest.mark.parametrize("text", [b"name,author\na,b\n", b"", b"file,author\n000.jpg,\xc5sa\n"])
def test_credits_that_cannot_be_used(tmp_path, text):
    folder = fill(tmp_path / "in", range(1))
    (folder / "credits.csv").write_bytes(text)
    with pytest.raises(UserError, match=r"credits\.csv: "):
        prepare(folder, tmp_path / "out", size=32)


def test_splits_never_shift():
    assert split_of("Ansel Adams", "") == "train"
    assert split_of("Dorothea Lange", "") == "train"
    assert [split_of(name, "f" * 64) for name in ("Emil", " EMIL\t")] == ["validation"] * 2
    assert split_of("Lea", "") == split_of("Paul", "") == split_of("Hugo", "") == "validation"
    chosen = [n for n in range(60) if split_of(" ", f"{n:064x}") == "validation"]
    assert chosen == [20, 25, 47]
    share = np.mean([split_of(f"author {n}", "") == "validation" for n in range(4000)])
    assert 0.04 < share < 0.06


def test_a_second_run_adds_only_what_is_new(tmp_path, monkeypatch):
    folder = fill(tmp_path / "in", range(5, 10))
    (folder / "broken.jpg").write_text("Dear diary")
    before = np.array(prepare(folder, tmp_path / "out", size=32).photos)
    unchanged = content(tmp_path / "out")
    decoded = []
    monkeypatch.setattr(
        photoset, "read_photo", lambda path: decoded.append(path.name) or read_photo(path)
    )
    prepare(folder, tmp_path / "out", size=32)
    os.utime(folder / "005.jpg")
    prepare(folder, tmp_path / "out", size=32)
    assert not decoded
    assert content(tmp_path / "out") == unchanged

    fill(folder, [2, 12])  # sorted in front of and behind the others
    (folder / "007.jpg").unlink()  # gone, but kept in the set
    scene(20).save(folder / "008.jpg")  # changed: appended, the old photo stays
    scene(21).save(folder / "broken.jpg")  # mended
    after = prepare(folder, tmp_path / "out", size=32)
    assert decoded == ["002.jpg", "008.jpg", "012.jpg", "broken.jpg"]
    assert [row["file"] for row in after.manifest[5:]] == decoded
    assert np.array_equal(after.photos[:5], before)
    assert not after.left_out


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_anywhere_it_resumes_to_the_same_set(tmp_path):
    fill(tmp_path / "in", range(10))
    (tmp_path / "in" / "004.jpg").write_text("Dear diary")
    killed, committed = in_child(
        """
        import os, shutil, signal, sys
        from pathlib import Path
        from colorlib import files, photoset

        photoset.BATCH = 4
        photoset.tqdm = lambda items, *arguments, **options: items
        folder, out, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

        def content():
            return {path.name: path.read_bytes() for path in out.iterdir()}

        def prepare_and_die_at(line):
            lines = 0

            def trace(frame, event, argument):
                nonlocal lines
                if frame.f_code.co_filename not in (photoset.__file__, files.__file__):
                    return None
                lines += event == "line"
                if lines == line:
                    os.kill(os.getpid(), signal.SIGKILL)
                return trace

            sys.settrace(trace)
            photoset.prepare(folder, out, size=32)
            os._exit(0)

        photoset.prepare(folder, out, size=32)
        whole, killed, committed = content(), 0, set()
        while True:
            shutil.rmtree(out)
            child = os.fork()
            if not child:
                prepare_and_die_at(1 + step * killed)
            if os.waitpid(child, 0)[1] == 0:
                break
            killed += 1
            if (out / "manifest.csv").exists():
                try:
                    committed.add(len(photoset.load(out)))
                except files.UserError as error:
                    assert "holds no photo" in str(error), error
            photoset.prepare(folder, out, size=32)
            assert content() == whole, killed
        print(killed, sorted(committed), sep=";")
        """,
        tmp_path / "in", tmp_path / "out", 29,
    ).strip().split(";")  # fmt: skip
    assert int(killed) > 20
    assert committed == "[4, 7, 9]"


def test_a_full_disk_says_so_and_is_taken_up_later(tmp_path):
    pytest.importorskip("resource")
    folder = fill(tmp_path / "in", range(8))
    prepare(folder, tmp_path / "whole", size=32)
    message = in_child(
        """
        import re, resource, sys
        from pathlib import Path
        from colorlib import photoset
        from colorlib.files import UserError
        photoset.BATCH = 2
        resource.setrlimit(resource.RLIMIT_FSIZE, (5 * 32 * 32 * 3, 5 * 32 * 32 * 3))
        try:
            photoset.prepare(*sys.argv[1:], size=32)
        except UserError as error:
            print(error)
        """,
        folder, tmp_path / "out",
    )  # fmt: skip
    assert message.startswith(f"{tmp_path / 'out'}: cannot be written to")
    assert message.count("\n") == 1
    assert len(load(tmp_path / "out")) == 4
    prepare(folder, tmp_path / "out", size=32)
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's own records")
def test_many_photos_need_no_more_memory_than_few(tmp_path):
    fill(tmp_path / "few", range(30))
    fill(tmp_path / "many", range(300))
    few, many = in_child(
        """
        import re, sys
        from pathlib import Path
        from colorlib import photoset
        for folder in sys.argv[1:]:
            photo_set = photoset.prepare(folder, folder + "-set")
            assert len(photo_set) == int(sys.argv[1] != folder) * 270 + 30
            # Not getrusage: its maximum is inherited from the process that started this one.
            print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
        """,
        tmp_path / "few", tmp_path / "many",
    ).split()  # fmt: skip
    photos = 270 * 256 * 256 * 3
    assert (int(many) - int(few)) * 1024 < photos / 4


def test_what_lies_beyond_the_manifest_does_not_count(tmp_path):
    folder, out = fill(tmp_path / "in", range(3)), tmp_path / "out"
    prepare(folder, out, size=32)
    whole = content(out)
    with open(out / "photos.npy", "ab") as file:  # a batch that was not committed
        file.write(bytes(5000))
    assert load(out).photos.tobytes() == whole["photos.npy"][128:]
    prepare(folder, out, size=32)
    assert content(out) == whole


def test_two_at_once_are_refused(tmp_path):
    fill(tmp_path / "in", range(2))
    with (
        locked(tmp_path / "out"),
        pytest.raises(UserError, match="another process is working here"),
    ):
        prepare(tmp_path / "in", tmp_path / "out", size=32)
    assert len(prepare(tmp_path / "in", tmp_path / "out", size=32)) == 2


def test_an_unreadable_photo_is_left_out_until_it_can_be_read():
    code = """
        import os, sys
        from PIL import Image
        from colorlib import photoset
        Image.init()
        if os.getuid() == 0:
            os.setuid(65534)
        photoset.prepare(*sys.argv[1:], size=32)
        """
    with tempfile.TemporaryDirectory() as folder:  # open to the user the child becomes
        folder = Path(folder)
        folder.chmod(0o777)
        fill(folder / "in", range(3))
        (folder / "in" / "001.jpg").chmod(0)
        in_child(code, folder / "in", folder / "out")
        assert reasons(load(folder / "out")) == {"001.jpg": "cannot be opened (Permission denied)"}
        (folder / "in" / "001.jpg").chmod(0o644)
        photo_set = prepare(folder / "in", folder / "out", size=32)
        assert [row["file"] for row in photo_set.manifest] == ["000.jpg", "002.jpg", "001.jpg"]


def test_what_has_no_end_is_left_out(tmp_path):
    folder = fill(tmp_path / "in", range(2))
    os.mkfifo(folder / "pipe.jpg")
    (folder / "endless.jpg").symlink_to("/dev/zero")
    (folder / "itself.jpg").symlink_to("itself.jpg")
    for _ in range(2):
        photo_set = prepare(folder, tmp_path / "out", size=32)
        found = reasons(photo_set)
        assert (len(photo_set), {*found}) == (2, {"pipe.jpg", "endless.jpg", "itself.jpg"})
        assert found["pipe.jpg"] == "is no regular file; copy the photo into one"
        assert found["itself.jpg"].startswith("cannot be opened (")
    assert "cannot be used" in refusal(prepare, folder, folder / "itself.jpg")


def test_a_file_name_need_not_be_unicode(tmp_path):
    folder = fill(tmp_path / "in", range(1))
    try:
        os.rename(folder / "000.jpg", os.fsencode(folder) + b"/caf\xe9.jpg")
    except OSError:
        pytest.skip("this file system knows Unicode only")
    assert prepare(folder, tmp_path / "out", size=32).manifest[0]["file"] == r"caf\udce9.jpg"


def test_a_file_name_may_end_lines(tmp_path):
    folder, out = fill(tmp_path / "in", range(2)), tmp_path / "out"
    (folder / "000.jpg").rename(folder / "a\rb\n.jpg")
    names = [row["file"] for row in prepare(folder, out, size=32).manifest]
    assert names == ["001.jpg", r"a\rb\n.jpg"]
    before = content(out)
    prepare(folder, out, size=32)
    assert content(out) == before


def refusal(function, *arguments, **options):
    with pytest.raises(UserError, match=r"^[^\n]+$") as error:
        function(*arguments, **options)
    return str(error.value)


def test_prepare_refuses(tmp_path):
    folder = fill(tmp_path / "in", range(1))
    (tmp_path / "empty").mkdir()
    (tmp_path / "grey").mkdir()
    scene(0).convert("L").save(tmp_path / "grey" / "a.jpg")
    out = tmp_path / "out"
    assert "is not a folder" in refusal(prepare, tmp_path / "missing", out)
    assert "is not a folder" in refusal(prepare, folder / "000.jpg", out)
    assert "is empty" in refusal(prepare, tmp_path / "empty", out)
    assert "0 pixels wide" in refusal(prepare, folder, out, size=0)
    assert not out.exists()
    assert "1 were left out" in refusal(prepare, tmp_path / "grey", out, size=32)
    assert "cannot be used" in refusal(prepare, folder, folder / "000.jpg")
    assert "is no photo set" in refusal(load, folder / "000.jpg")


def test_nothing_of_someone_else_is_overwritten(tmp_path):
    folder = fill(tmp_path / "in", range(1))
    for name, text, reason in (
        ("photos.npy", "x" * 1000, "belongs to no manifest.csv"),
        ("manifest.csv", "mine,own\n1,2\n", "is no photo set"),
    ):
        out = tmp_path / name
        out.mkdir()
        (out / name).write_text(text)
        assert reason in refusal(prepare, folder, out, size=32)
        assert (out / name).read_text() == text
    prepare(folder, tmp_path / "out", size=32)
    before = content(tmp_path / "out")
    assert "32 pixels wide, not 48" in refusal(prepare, folder, tmp_path / "out", size=48)
    assert content(tmp_path / "out") == before


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


def lengthen_header(path):
    """Now photos are in the header, too, and NumPy quotes the whole of it."""
    stored = bytearray(path.read_bytes())
    stored[8:10] = (5000).to_bytes(2, "little")
    path.write_bytes(stored)


def drop_last_line(path):
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")


def drop_second_line(path):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]))


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("photos.npy", Path.unlink, "is no photo set"),
        ("manifest.csv", Path.unlink, "is no photo set"),
        ("photos.npy", cut, "is damaged"),
        ("photos.npy", lambda path: path.write_bytes(b""), "is damaged"),
        ("photos.npy", lambda path: path.write_text("Dear diary"), "is damaged"),
        ("photos.npy", lengthen_header, "is damaged"),
        ("photos.npy", lambda path: np.save(path, np.zeros((3, 32, 32, 3))), "float64"),
        ("photos.npy", lambda path: np.save(path, np.zeros((3, 32), "uint8")), "no photos"),
        ("photos.npy", lambda path: np.save(path, np.array([{}])), "is damaged"),
        (
            "photos.npy",
            lambda path: path.write_bytes(b"\x93NUMPY\x02\0v\0{'" + path.read_bytes()[10:]),
            "not of version 1.0",
        ),
        (
            "photos.npy",
            lambda path: np.save(path, np.zeros((2, 32, 32, 3), "uint8")),
            "holds 2 photos and manifest.csv lists 3",
        ),
        (
            "photos.npy",
            lambda path: np.save(path, np.zeros((4, 32, 32, 3), "uint8")),
            "holds 4 photos and manifest.csv lists 3",
        ),
        ("manifest.csv", drop_last_line, "holds 3 photos and manifest.csv lists 2"),
        ("manifest.csv", drop_second_line, "was changed"),
        ("manifest.csv", lambda path: path.write_text(""), "not the manifest of a photo set"),
        ("manifest.csv", lambda path: path.write_bytes(b"\xff\0"), "is damaged"),
    ],
)
def test_a_set_that_is_damaged_is_not_loaded(tmp_path, name, damage, reason):
    folder, out = fill(tmp_path / "in", range(3)), tmp_path / "out"
    prepare(folder, out, size=32)
    damage(out / name)
    after = content(out)
    words = refusal(load, out)
    assert reason in words and len(words) < 600
    refusal(prepare, folder, out, size=32)
    assert content(out) == after


def test_commons(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORLIB_CACHE", str(tmp_path / "cache"))
    photo_set = photoset.commons()
    assert photo_set.left_out == []
    assert [row["file"] for row in photo_set.manifest] == [path.name for path in COMMONS]
    assert photo_set.photos.shape[1:] == (256, 256, 3)
    with Image.open(COMMONS[-1]) as image:
        assert np.array_equal(photo_set.photos[-1], image)  # bundled at this size: not resampled
    assert all(row["licence"] for row in photo_set.manifest)
    authors = np.array([row["author"].casefold() for row in photo_set.manifest])
    both = set(authors[photo_set.train]) & set(authors[photo_set.validation])
    assert both <= {""}
    assert 0.03 < len(photo_set.validation) / len(photo_set) < 0.08
    monkeypatch.setattr(photoset, "prepare", None)  # not needed again
    assert len(photoset.commons()) == len(photo_set)
    names = {path.name for path in (tmp_path / "cache").iterdir()}
    assert names == {".lock", photo_set.path.name}
    (photo_set.path / "manifest.csv").unlink()
    assert "delete this folder" in refusal(photoset.commons)


def test_two_processes_may_ask_for_commons_at_once(tmp_path):
    bundled = fill(tmp_path / "bundled", range(20))
    (bundled / "credits.csv").write_text("file\n")
    code = """
        import sys
        from pathlib import Path
        from colorlib import photoset
        photoset.BUNDLED = Path(sys.argv[1])
        print(len(photoset.commons()))
        """
    children = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(bundled)],
            env=os.environ | {"COLORLIB_CACHE": str(tmp_path / "cache")},
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [child.communicate()[0] for child in children] == ["20\n", "20\n"]


def test_commons_says_how_to_choose_another_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COLORLIB_CACHE", str(tmp_path / "file"))
    assert "COLORLIB_CACHE" in refusal(photoset.commons)


def test_a_cache_may_be_named_from_home(tmp_path, monkeypatch):
    """As in a settings file, where no shell replaces the ~."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLORLIB_CACHE", "~/file")
    (tmp_path / "file").write_text("in the way")
    assert str(tmp_path / "file") in refusal(photoset.commons)


def test_how_much_is_held_back_and_what(tmp_path):
    folder = fill(tmp_path / "in", range(12))
    lines = [f"{seed:03}.jpg,{'Ann' if seed in (3, 4) else ''}" for seed in range(12)]
    (folder / "credits.csv").write_text("\n".join(["file,author", *lines]) + "\n")

    def held(**options):
        photo_set = prepare(folder, tmp_path / "out", 64, **options)
        return {photo_set.manifest[row]["file"] for row in photo_set.validation}

    assert held(validation=0) == set()
    some, more = held(validation=0.3), held(validation=0.6)
    assert some < more, "a larger share only adds"
    assert {"003.jpg", "004.jpg"} <= held(validation=0, hold_back=["003.jpg"])
    assert len(held(validation=0, hold_back=["003.jpg", "007.jpg"])) == 3
    with pytest.raises(UserError, match=r"013\.jpg: to be held back, but not there"):
        held(hold_back=["013.jpg"])
    with pytest.raises(UserError, match="validation is 1; it must be at least 0 and below 1"):
        held(validation=1)
