import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorlib import cli, designs, photoset, weights
from colorlib.colorizer import Colorizer


@pytest.fixture
def photo(photos, tmp_path):
    path = tmp_path / "in" / "old.jpg"
    path.parent.mkdir()
    Image.fromarray(photos[0]).convert("L").save(path)
    return path


@pytest.fixture
def colorlib(capsys):
    """Run the command line; exit code, output and error lines."""

    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        errors = [line for line in err.splitlines() if line.startswith("colorlib: ")]
        assert "Traceback" not in err
        return code, out, errors

    return run


def test_networks_and_decodings_by_name(colorlib, photo, tmp_path):
    ways = {"mean": [], "vivid": ["--decode", "vivid"], "paper": ["--weights", "paper"]}
    for name, options in ways.items():
        assert colorlib("colorize", photo, "-o", tmp_path / name, *options)[0] == 0
    found = {(tmp_path / name / photo.name).read_bytes() for name in ways}
    assert len(found) == 3
    for network, decode, words in (
        ("unet", "neon", "decode is 'neon'; unet can be decoded by mean, vivid"),
        ("paper", "vivid", "decode is 'vivid'; paper can be decoded by mean"),
    ):
        options = ["--weights", network, "--decode", decode]
        code, _, errors = colorlib("colorize", photo, "-o", tmp_path / "no", *options)
        assert code == 1 and words in errors[0] and not (tmp_path / "no").exists()


def test_colorize_creates_the_folder(colorlib, photo, tmp_path):
    before = photo.read_bytes()
    code, out, errors = colorlib("colorize", photo, "-o", tmp_path / "new" / "out")
    assert (code, errors) == (0, [])
    assert "1 photos colourized" in out
    colored = Image.open(tmp_path / "new" / "out" / "old.jpg")
    assert colored.size == (256, 256)
    assert np.ptp(np.asarray(colored.convert("HSV"))[..., 1]) > 20
    assert photo.read_bytes() == before


def test_default_folder_and_running_twice(colorlib, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(photo.parent)
    assert colorlib("colorize", "old.jpg")[0] == 0
    result = photo.parent / "colorized" / "old.jpg"
    before = result.read_bytes()
    code, out, errors = colorlib("colorize", ".")  # does not colourize its own results
    assert (code, errors) == (0, [])
    assert "0 photos colourized" in out and "1 were there already; --force" in out
    assert result.read_bytes() == before
    assert colorlib("colorize", ".", "--force", "--saturation", "0")[0] == 0
    assert result.read_bytes() != before


def test_folders_keep_their_structure(colorlib, photo, tmp_path):
    (photo.parent / "deep").mkdir()
    shutil.copy(photo, photo.parent / "deep" / "old.jpg")
    Image.open(photo).save(photo.parent / "moving.gif")
    assert colorlib("colorize", photo.parent, "-o", tmp_path / "out")[0] == 0
    written = sorted(
        p.relative_to(tmp_path / "out").as_posix() for p in tmp_path.rglob("out/**/*.*")
    )
    assert written == ["deep/old.jpg", "moving.png", "old.jpg"]


def test_two_photos_of_one_name(colorlib, photo, tmp_path):
    (tmp_path / "b").mkdir()
    other = shutil.copy(photo, tmp_path / "b" / "old.jpg")
    code, _, errors = colorlib("colorize", photo, other, "-o", tmp_path / "out")
    assert code == 1
    assert "and so would" in errors[0]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["old.jpg"], "the first is kept"


def test_an_input_is_never_overwritten(colorlib, photo):
    before = photo.read_bytes()
    code, _, errors = colorlib("colorize", photo, "-o", photo.parent, "--force")
    assert code == 1
    assert "is an input" in errors[0]
    assert photo.read_bytes() == before


def test_one_bad_file_does_not_stop_the_rest(colorlib, photo, tmp_path):
    (photo.parent / "broken.jpg").write_bytes(photo.read_bytes()[:3000])
    code, out, errors = colorlib("colorize", photo.parent, "-o", tmp_path / "out")
    assert code == 1
    assert "1 photos colourized" in out
    assert len(errors) == 1
    assert "broken.jpg" in errors[0]
    assert os.listdir(tmp_path / "out") == ["old.jpg"]


def test_a_missing_photo_does_not_stop_the_rest(colorlib, photo, tmp_path):
    code, _, errors = colorlib("colorize", tmp_path / "gone.jpg", photo, "-o", tmp_path / "out")
    assert code == 1
    assert "gone.jpg" in errors[0]
    assert os.listdir(tmp_path / "out") == ["old.jpg"]


def bomb(path):
    """A small PNG that claims 20,000 x 10,000 pixels."""
    import struct
    import zlib

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


BAD_FILES = {
    "missing": lambda path: None,
    "zero bytes": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("no photo\n" * 100),
    "bomb": bomb,
    "folder without photos": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_input_is_one_line(colorlib, tmp_path, kind):
    path = tmp_path / "bad.jpg"
    BAD_FILES[kind](path)
    code, _, errors = colorlib("colorize", path, "-o", tmp_path / "out")
    assert code == 1
    assert len(errors) == 1
    assert "bad.jpg" in errors[0]
    assert not list(tmp_path.rglob("out/*"))


@pytest.mark.parametrize("size", [(1, 1), (10_000, 8)])
def test_odd_sizes_are_colourized(colorlib, tmp_path, size):
    Image.new("L", size, 128).save(tmp_path / "odd.png")
    assert colorlib("colorize", tmp_path / "odd.png", "-o", tmp_path / "out")[0] == 0
    assert Image.open(tmp_path / "out" / "odd.png").size == size


def test_full_disk_while_writing(photo, tmp_path):
    """A file-size limit in a process of its own stands for the full disk."""
    code = f"""
import resource, signal, sys
import numpy as np
from colorlib import cli
from colorlib.colorizer import Colorizer
load = Colorizer.load
def limited(path=None):
    colorizer = load(path)
    colorizer.inputs(np.zeros((1, 64, 64, 3), "uint8"))  # loads the extractor
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    return colorizer
Colorizer.load = limited
sys.exit(cli.main(["colorize", {str(photo)!r}, "-o", {str(tmp_path / "out")!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "old.jpg: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not os.listdir(tmp_path / "out")


def test_unreadable_permissions(photo):
    """As an ordinary user: root may read everything."""
    photo.chmod(0)
    code = f"""
import os, sys
from colorlib.files import UserError
from colorlib.images import read_photo
if os.getuid() == 0:
    os.setuid(65534)
try:
    read_photo({str(photo)!r})
except UserError as error:
    sys.exit(str(error))
"""
    for folder in [photo.parent, *photo.parents[1:4]]:
        if os.getuid() == 0 and folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(folder.stat().st_mode | 0o005)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "old.jpg" in done.stderr
    assert "ermission" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_weights(colorlib, photo, tmp_path):
    wrong = tmp_path / "wrong.weights.h5"
    wrong.write_bytes(b"no weights")
    for path in (wrong, tmp_path / "nothing", tmp_path):
        code, _, errors = colorlib("colorize", photo, "-o", tmp_path / "out", "--weights", path)
        assert code == 1
        assert len(errors) == 1
    (tmp_path / "wrong.json").write_text(json.dumps({"network": {}}))
    assert "wrong.json" in colorlib("info", "--weights", wrong)[2][0]


def test_weights_of_another_configuration(colorlib, photo, tmp_path):
    options = {"encoder_filters": (8,) * 6}
    network = designs.build_network("paper", options)
    weights.save_network(network, tmp_path / "net", "paper", options, size=64)
    card = json.loads((tmp_path / "net.json").read_text())
    card["options"]["encoder_filters"][0] = 16
    (tmp_path / "net.json").write_text(json.dumps(card))
    code, _, errors = colorlib("colorize", photo, "--weights", tmp_path / "net", "-o", tmp_path)
    assert code == 1
    assert "does not fit the network" in errors[0]


def test_prepare_embed_train_evaluate(colorlib, commons, tmp_path):
    """The way of somebody with a folder of photos, from the first command to the last."""
    album = tmp_path / "album"
    album.mkdir()
    rows = [*commons.train[:60], *commons.validation[:6]]
    for row in rows:  # as they were bundled, so that their authors decide the split
        name = commons.manifest[row]["file"]
        shutil.copy(photoset.BUNDLED / name, album / name)
    shutil.copy(photoset.BUNDLED / "credits.csv", album)
    (album / "broken.jpg").write_text("no photo")
    code, out, _ = colorlib("prepare", album, "-o", tmp_path / "set", "--size", "64")
    assert code == 0
    assert "broken.jpg" in out
    assert "60 to train, 6 to validate" in out
    assert colorlib("embed", tmp_path / "set")[0] == 0
    command = ("train", tmp_path / "run", "--tier", "smoke", "-p", "photo_set", tmp_path / "set")
    code, out, _ = colorlib(*command, "-p", "epochs", "1")
    assert code == 0
    assert "the best baseline" in out
    report = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert report["photos"] == 6
    assert set(report["summary"]) > {"this run", "grey"}
    code, out, _ = colorlib(
        *("evaluate", "--weights", tmp_path / "run", "--set", tmp_path / "set"),
        *("--limit", "3", "-o", tmp_path / "result.json"),
    )
    assert code == 0
    assert "| grey |" in out
    assert json.loads((tmp_path / "result.json").read_text())["photos"] == 3

    code, _, errors = colorlib(*command, "-p", "epochs", "2")
    assert code == 1
    assert "choose another run folder" in errors[0]


def test_a_list_of_photos_may_come_from_notepad(tmp_path):
    (tmp_path / "list.txt").write_bytes("\ufeffa b.jpg\r\n\r\nsub/b.jpg\r\n".encode())
    assert cli._lines(tmp_path / "list.txt") == ["a b.jpg", "sub/b.jpg"]


def test_a_value_is_taken_as_it_is_typed():
    typed = {"128": 128, "0.5": 0.5, "None": None, "2019_08": "2019_08", "my_set": "my_set"}
    assert {text: cli.value_of(text) for text in typed} == typed


def test_where_a_disk_ignores_case_no_result_replaces_another(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    for name in ("a/IMG.JPG", "b/img.jpg"):
        (tmp_path / name).parent.mkdir()
        Image.new("RGB", (9, 9)).save(tmp_path / name)
    plan, failed, _ = cli._plan([tmp_path / "a/IMG.JPG", tmp_path / "b/img.jpg"], tmp_path / "out")
    assert len(plan) == len(failed) == 1
    plan, failed, _ = cli._plan([tmp_path / "a/IMG.JPG"], tmp_path / "a", "jpg")
    assert not plan and "is an input" in str(*failed.values())


def test_prepare_without_photos(colorlib, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, errors = colorlib("prepare", tmp_path / "empty", "-o", tmp_path / "set")
    assert code == 1
    assert "empty" in errors[0]
    assert not (tmp_path / "set" / "manifest.csv").exists()


def test_photos_and_manifest_disagree(colorlib, photos, tmp_path):
    (tmp_path / "album").mkdir()
    for i, photo in enumerate(photos):
        Image.fromarray(photo).save(tmp_path / "album" / f"{i}.png")
    colorlib("prepare", tmp_path / "album", "-o", tmp_path / "set")
    np.save(tmp_path / "set" / "photos.npy", photos[:2])
    for command in (("embed", tmp_path / "set"), ("evaluate", "--set", tmp_path / "set")):
        code, _, errors = colorlib(*command)
        assert code == 1
        assert str(tmp_path / "set") in errors[0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (("--tier", "quick"), "unknown tier 'quick'"),
        (("-p", "epoch", "3"), "did you mean 'epochs'"),
        (("-p", "epochs", "[" * 9000), "epochs is '[[["),
        (("-p", "run_folder", "other"), "'run_folder'; the run's folder goes before -p"),
        (("-p", "_seed", "3"), "unknown parameter '_seed'"),
        (("-p", "size", "100"), "multiple of 64"),
        (("-p", "extractor", "alexnet"), "alexnet"),
        (("-p", "photo_set", "no-such-set"), "no-such-set"),
    ],
)
def test_mistaken_training(colorlib, tmp_path, parameters, message):
    code, _, errors = colorlib("train", tmp_path / "run", "--tier", "smoke", *parameters)
    assert code == 1
    assert message in errors[0]


def test_vgg16_without_a_network(colorlib, tmp_path, monkeypatch):
    import keras

    def offline(*arguments, **options):
        raise Exception("URL fetch failure: Name or service not known")

    monkeypatch.setattr(keras.utils, "get_file", offline)
    code, _, errors = colorlib("embed", "commons", "--extractor", "vgg16")
    assert code == 1
    assert "COLORLIB_VGG16_WEIGHTS" in errors[0]
    assert "efficientnet_lite0" in errors[0]


def test_info(colorlib):
    code, out, _ = colorlib("info")
    assert code == 0
    for word in ("keras", "vgg16", "efficientnet_lite0", "sha256"):
        assert word in out


def test_wrong_usage_is_exit_code_2(capsys):
    colorize = ["colorize", "a.jpg", "--saturation"]
    evaluate = ["evaluate", "set", "--limit"]
    for arguments in (
        *([], ["paint"], ["colorize"]),
        *([*colorize, value] for value in ("much", "-1", "nan", "inf")),
        *([*evaluate, value] for value in ("-1", "0", "many")),
    ):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 2


def test_help_is_quick_and_teaches():
    """Help must not wait for TensorFlow."""
    code = "import sys; from colorlib import cli\ntry: cli.main(['colorize', '--help'])\n"
    code += "except SystemExit: sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    assert "example: colorlib colorize" in done.stdout


def test_one_photos_trouble_costs_one_photo(colorlib, photo, tmp_path):
    """Two photos that would become one file, a loop, a pipe, a HEIC: the rest is colourized."""
    album = tmp_path / "album"
    album.mkdir()
    image = Image.open(photo)
    for name in ("a.png", "a.gif", "b.jpg"):
        image.save(album / name)
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    image.save(album / "web.png")
    (album / "c.heic").write_bytes(b"x")
    (album / "loop").symlink_to(album)
    os.mkfifo(album / "pipe.jpg")
    code, out, errors = colorlib("colorize", album, "-o", tmp_path / "out")
    assert code == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.png",
        "b.jpg",
        "web.png",
    ]
    assert any("would become" in line for line in errors)
    assert any("pipe.jpg: is no regular file" in line for line in errors)
    assert "c.heic: .heic files are not read here" in out and "loop: is a link" in out
    assert "3 photos colourized" in out


def test_no_name_of_a_file_commands_the_terminal(colorlib, photo, tmp_path):
    for name in ("bad\n\x1b[2J.jpg", "c\r\x1b[31m.heic"):
        (photo.parent / name).write_text("no photo")
    photo.rename(photo.with_name("a\nb.jpg"))
    code, out, errors = colorlib("colorize", photo.parent, "-o", tmp_path / "o\x07")
    assert code == 1 and (tmp_path / "o\x07" / "a\nb.jpg").exists()
    assert r"bad\n\x1b[2J.jpg: is no photo" in errors[0]
    assert r"c\r\x1b[31m.heic: .heic files are not read here" in out
    set_out = colorlib("prepare", photo.parent, "-o", tmp_path / "set")[2]
    assert not {*"\x07\x1b\r"} & {*out, *"".join(errors), *"".join(set_out)}


def test_a_link_to_itself_costs_one_photo(colorlib, photo, tmp_path):
    (photo.parent / "self.jpg").symlink_to("self.jpg")
    code, out, errors = colorlib("colorize", photo.parent, "-o", tmp_path / "out")
    assert code == 1 and "1 photos colourized" in out
    assert len(errors) == 1 and "self.jpg: cannot be opened" in errors[0]
    code, _, errors = colorlib("colorize", photo, "-o", photo.parent / "self.jpg")
    assert code == 1 and "self.jpg" in errors[0]


@pytest.mark.parametrize("folder", [".", "/", ".."])
def test_a_folder_is_no_film(colorlib, folder):
    pytest.importorskip("av")  # an extra
    code, _, errors = colorlib("film", folder)
    assert code == 1 and errors[0].startswith(f"colorlib: {folder}: is no file")


def test_a_backend_that_is_not_there_is_said(colorlib, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torhc")
    code, _, errors = colorlib("info")
    assert code == 1
    assert errors == ["colorlib: KERAS_BACKEND is torhc, which is not installed; unset it"]


def test_what_is_measured_is_shown_though_it_cannot_be_written(colorlib, photo, tmp_path):
    arguments = ["evaluate", "--limit", "1", "-o", photo / "result.json"]
    code, out, errors = colorlib(*arguments)
    assert code == 1 and "| grey |" in out and "result.json: cannot be written" in errors[0]


def test_the_format_can_be_chosen(colorlib, photo, tmp_path):
    image = Image.open(photo)
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    image.save(tmp_path / "web.webp")
    code, _, errors = colorlib("colorize", tmp_path / "web.webp", "-o", tmp_path, "--format", "jpg")
    assert code == 1 and "--format png" in errors[0]
    code, *_ = colorlib("colorize", tmp_path / "web.webp", "-o", tmp_path / "o", "--format", "png")
    assert code == 0 and Image.open(tmp_path / "o" / "web.png").mode == "RGBA"


def test_where_nothing_can_be_written_is_said_at_once(photos, tmp_path, monkeypatch, capsys):
    Image.fromarray(photos[0]).save(tmp_path / "photo.png")
    (tmp_path / "note").write_text("no folder")
    monkeypatch.setattr(Colorizer, "load", lambda *_: pytest.fail("loaded a network in vain"))
    for out in (tmp_path / "note", tmp_path / "note" / "deeper"):
        assert cli.main(["colorize", str(tmp_path / "photo.png"), "-o", str(out)]) == 1
        assert "note: is a file; choose another folder" in capsys.readouterr().err


def test_a_set_is_not_made_among_its_photos(photos, tmp_path, capsys):
    Image.fromarray(photos[0]).save(tmp_path / "photo.png")
    assert cli.main(["prepare", str(tmp_path), "-o", str(tmp_path / "." / "")]) == 1
    assert "holds the photos; name another folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


@pytest.mark.parametrize(
    "given",
    [("colorize", ""), ("colorize", "photo.jpg", "-o", ""), ("export", "out", "--weights=")],
)
def test_an_empty_argument_is_no_folder(given, capsys):
    """A shell's unset variable is empty, and an empty path would be all that is here."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(given))
    assert ended.value.code == 2 and "is empty" in capsys.readouterr().err


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_output_is_no_traceback(photo, tmp_path, closed):
    """As with >&- in a shell, or from a service without a console."""
    code = (
        f"import sys; sys.{closed} = None; from colorlib.cli import main; raise SystemExit(main())"
    )
    arguments = ["prepare", photo.parent, "-o", tmp_path / "set"]  # it has a progress bar
    photo.with_name("b.jpg").write_bytes(next(photoset.BUNDLED.glob("*.jpg")).read_bytes())
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to print to")
def test_what_nobody_can_take_is_no_traceback():
    command = [sys.executable, "-c", "from colorlib.cli import main; raise SystemExit(main())"]
    with open("/dev/full", "w") as full:
        done = subprocess.run([*command, "info"], stdout=full, stderr=subprocess.PIPE, text=True)
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == 1
    assert said[-1] == "colorlib: what is printed: No space left on device"
    assert "Traceback" not in done.stderr and "ignored" not in done.stderr
