"""Course folders are reproducible and keep their secrets; the fence holds."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import types
import unicodedata
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from test_class import (
    AUTHORS,
    FACTOR,
    RIGHT,
    STEM,
    TRICK,
    WRONG,
    cell_of,
    contents,
    fill,
    own,
    rows_of,
)

from colorlib.files import UserError, locked
from tools import ROOT
from tools.classroom import course as tool
from tools.classroom import exercises, fence, student

if os.name == "nt":
    pytest.skip("grading needs Linux or macOS", allow_module_level=True)


GRADED = [each for each in exercises.of_the_book() if each.graded]
HIDDEN_TESTS = sorted((ROOT / "tools" / "private_sample").glob("*/hidden.py"))
AS_ONESELF = (
    "from tools.classroom import course, fence; fence.build = fence.same_user; course.main()"
)


def run(*arguments, command=("-m", "tools.classroom.course")):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        **{"cwd": ROOT, "env": environment, "capture_output": True, "text": True},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "course"
    status, said = run("make", folder, "--private", exercises.SAMPLE)
    assert status == 0, said
    return folder


@pytest.fixture
def release(course):
    return student.read(course / "release" / STEM / f"{STEM}.ipynb")


def test_made_twice_it_has_the_same_bytes(course, tmp_path):
    status, said = run("make", tmp_path / "again", "--private", exercises.SAMPLE)
    assert status == 0, said

    def files(folder):
        made = contents(folder / "source", folder / "release")
        return {path.relative_to(folder): content for path, content in made.items()}

    assert files(course) == files(tmp_path / "again")
    status, said = run("make", course, "--private", exercises.SAMPLE)  # over the old one
    assert status == 0 and files(course) == files(tmp_path / "again"), said


def test_every_chapter_with_graded_exercises_is_an_assignment(course):
    assert {path.name for path in (course / "release").iterdir()} == {
        each.chapter for each in GRADED
    }


@pytest.mark.parametrize("exercise", GRADED, ids=lambda each: each.name)
def test_the_release_has_the_stub_and_no_secret(exercise, course):
    released = student.read(course / "release" / exercise.chapter / f"{exercise.chapter}.ipynb")
    solution = exercises.private(exercises.SAMPLE, exercise.name, "solution.py")
    by_hand = exercise.kind == "graded by hand"
    answer = cell_of(released, exercise.name, "" if by_hand else "-answer")
    assert "".join(answer["source"]).rstrip() == exercise.stub
    assert "Error" not in exercise.stub
    check = cell_of(released, exercise.name, "-check" if by_hand else "")
    assert "".join(check["source"]).strip() == exercise.check
    about = cell_of(released, exercise.name)["metadata"]["nbgrader"]
    assert about["points"] == exercise.marks and about["grade"]
    text = "\n".join("".join(cell["source"]) for cell in released["cells"])
    assert solution not in text and "HIDDEN" not in text and "SOLUTION" not in text
    assert ":::" not in text and "](../" not in text
    source = student.read(course / "source" / exercise.chapter / f"{exercise.chapter}.ipynb")
    text = "\n".join("".join(cell["source"]) for cell in source["cells"])
    assert solution in text
    assert by_hand or exercises.private(exercises.SAMPLE, exercise.name, "hidden.py") in text


def test_a_released_notebook_never_raises(release, monkeypatch):
    monkeypatch.delenv("COLORLIB_CHECKS", raising=False)
    space = {}
    for cell in release["cells"]:
        if cell["cell_type"] == "code" and "%pip" not in "".join(cell["source"]):
            exec("".join(cell["source"]), space)


def test_only_its_owner_can_read_a_course(course):
    assert course.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make", ROOT / "course", "--private", exercises.SAMPLE], "in the kit, which is public"),
        (["make", "{}/course", "--private", "{}"], "solution.py"),
        (["grade", "{}", "{}"], "is no course folder"),
        (["marks", "{}"], "is no course folder"),
    ],
)
def test_mistakes_are_explained_in_one_line(arguments, words, tmp_path):
    status, said = run(*[str(each).replace("{}", str(tmp_path)) for each in arguments])
    assert status == 1 and words in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"assert 'caf\xe9'", "hidden.py: 'utf-8' codec"),
        (b"assert (1\n\nassert 2", r"never closed \(hidden.py, line 1\)"),
    ],
)
def test_private_tests_that_nobody_can_pass_are_refused(data, words, tmp_path):
    (tmp_path / "photos_leaks").mkdir()
    path = tmp_path / "photos_leaks" / "hidden.py"
    path.write_bytes(data)
    with pytest.raises(UserError, match=words):
        tool._private(tmp_path, "photos_leaks", "hidden.py")
    path.write_bytes("assert 1".encode("utf-8-sig"))  # what Notepad puts before it is no part of it
    assert tool._private(tmp_path, "photos_leaks", "hidden.py") == "assert 1"


def test_what_only_an_instructor_can_mend_is_said_in_a_line(course, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is a file; choose another folder"):
        tool.make(tmp_path / "file", exercises.SAMPLE)
    (tmp_path / "nbgrader_config.py").write_text("c.Execute.timeout = (60")
    with pytest.raises(UserError, match=r"06_evaluation of anna: UserError: .*never closed"):
        tool._blameless(tool._feedback, tmp_path, STEM, "anna")
    with locked(course), pytest.raises(SystemExit, match="another process is working here"):
        tool.main(["marks", str(course)])
    monkeypatch.setattr(tool, "_blameless", lambda *_: None)
    graded = course / "graded.json"  # of a gradebook that somebody has put another one in place of
    graded.write_text(json.dumps({STEM: {"anna": {"state": None, "remark": "", "marked": True}}}))
    with pytest.raises(SystemExit, match=r"Remove graded\.json"):
        tool.main(["marks", str(course)])
    graded.unlink()


def test_reading_a_notebook_has_a_time_and_a_word_for_what_is_broken(course, release, monkeypatch):
    monkeypatch.setattr(tool, "_blameless", lambda *_: None)
    many = release | {"cells": [{"cell_type": "raw", "source": ""}] * 300_000}  # 13 MB
    said = tool._grade(course, None, 0.5, STEM, "anna", json.dumps(many).encode(), None)
    assert said == (["time limit"], tool.UNGRADED)
    ((remark,), _) = tool._grade(course, None, 60, STEM, "anna", b"{", None)
    assert remark.startswith("broken notebook (JSONDecodeError: ")


def test_submissions_are_found_or_explained(course, tmp_path, capsys):
    with pytest.raises(UserError, match="holds no"):
        tool._handed_in(course, tmp_path)
    for name in ("anna", "ben (1)", "carla", "__MACOSX"):
        (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="rename it"):
        tool._handed_in(course, tmp_path)
    (tmp_path / "ben (1)").rename(tmp_path / "ben")
    renamed = tmp_path / "anna" / f"{STEM} (1).ipynb"
    renamed.write_text("{}")
    (tmp_path / "carla" / f"{STEM}.ipynb").symlink_to(renamed)
    (tmp_path / "dora").symlink_to(tmp_path / "anna")
    (tmp_path / f"emil_{STEM}.ipynb").write_text("{}")  # some platforms put all into one folder
    (tmp_path / "_frida").mkdir()
    capsys.readouterr()
    found = {row.student: row for row in tool._handed_in(course, tmp_path)}
    assert found["anna"].read() == b"{}" and found["anna"].remark == ""
    reasons = {name: row.remark for name, row in found.items() if not row.read}
    assert reasons == {
        "ben": "no notebook", "carla": "no notebook", "dora": "folder is a link",
    }  # fmt: skip
    assert f"no student's folder: _frida, emil_{STEM}.ipynb\n" in capsys.readouterr().out
    for folder in (course, course.parent, course / "submitted"):  # copies would go over originals
        folder.mkdir(exist_ok=True)
        with pytest.raises(UserError, match="has the grader's own files, too"):
            tool._handed_in(course, folder)


def test_names_that_browsers_and_platforms_give(course, tmp_path):
    def hand_in(name, text, age=0):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (time.time() - age,) * 2)

    hand_in(f"colab/Copy of {STEM}.ipynb", "copy")
    hand_in(f"nested/{STEM}/{STEM}.ipynb", "nested")  # nbgrader's own layout
    hand_in(f"two/{STEM}.ipynb", "old", age=100)
    hand_in(f"two/{STEM}-1.ipynb", "new")
    hand_in(f"two/.ipynb_checkpoints/{STEM}.ipynb", "never")
    for name, text in (("", "first"), (" (1)", "later"), (" (10)", "last"), (" (9)", "late")):
        hand_in(f"equal/{STEM}{name}.ipynb", text)
        os.utime(tmp_path / "equal" / f"{STEM}{name}.ipynb", (1e9, 1e9))  # as some zips unpack
    hand_in(f"{unicodedata.normalize('NFD', 'Zoé')}/{STEM}.ipynb", "accent")
    (tmp_path / "zipped").mkdir()
    with zipfile.ZipFile(tmp_path / "zipped" / "work.zip", "w") as archive:
        archive.writestr(f"mine/{STEM} (2).ipynb", "zipped")
        archive.writestr(f"__MACOSX/mine/._{STEM}.ipynb", "not this")
        archive.writestr(f"mine/.ipynb_checkpoints/{STEM} (2)-checkpoint.ipynb", "nor this")
    hand_in(f"windows/{STEM}.ipynb.txt", "hidden ending")
    hand_in(f"loud/{STEM.upper()}.IPYNB", "capitals")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "work.zip").write_text("no zip")
    bent = bytearray((tmp_path / "zipped" / "work.zip").read_bytes())
    bent[bent.find(b"PK\1\2") + 6] = 255  # made by a version that nobody has
    (tmp_path / "broken" / "MORE.ZIP").write_bytes(bent)
    (tmp_path / "bomb").mkdir()
    with zipfile.ZipFile(tmp_path / "bomb" / "work.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(f"{STEM}.ipynb", bytes(10**7))
    found = {row.student: row for row in tool._handed_in(course, tmp_path)}
    with pytest.raises(ValueError, match="a method that is not read here"):
        found.pop("bomb").read()
    read = {name: row.read().decode() for name, row in found.items() if row.read}
    assert read == {
        "colab": "copy", "nested": "nested", "two": "new", "equal": "last", "zipped": "zipped",
        "windows": "hidden ending", "loud": "capitals",
        unicodedata.normalize("NFC", "Zoé"): "accent",
    }  # fmt: skip
    assert found["two"].remark == f"took {STEM}-1.ipynb, the newest of 2"
    broken = "no notebook; did not open MORE.ZIP, work.zip: unpack it, grade again"
    assert found["broken"].remark == broken


def test_a_packed_file_that_stays_closed_is_named(course, tmp_path):
    for name in ("inner", "both", "rar"):
        (tmp_path / name).mkdir()
    with zipfile.ZipFile(tmp_path / "inner" / "work.zip", "w") as archive:
        archive.writestr("mine/week 6.zip", "PK")
        archive.writestr("__MACOSX/._week 6.zip", "PK")
    with zipfile.ZipFile(tmp_path / "both" / "work.zip", "w") as archive:
        archive.writestr(f"{STEM}.ipynb", "{}")
        archive.writestr("old.ZIP", "PK")
    (tmp_path / "rar" / "work.rar").write_text("Rar!")
    remarks = {row.student: row.remark for row in tool._handed_in(course, tmp_path)}
    assert remarks == {
        "inner": "no notebook; did not open work.zip/mine/week 6.zip: unpack it, grade again",
        "both": "did not open work.zip/old.ZIP: unpack it, grade again",
        "rar": "no notebook; did not open work.rar: unpack it, grade again",
    }


def test_a_notebook_without_a_chapters_name_is_named(course, tmp_path):
    """It may be what a student meant to hand in; their other chapters are not."""
    for name in ("renamed", "packed", "others", "both"):
        (tmp_path / name).mkdir()
    (tmp_path / "renamed" / "homework.ipynb").write_text("{}")
    (tmp_path / "renamed" / "04_network.ipynb").write_text("{}")
    with zipfile.ZipFile(tmp_path / "packed" / "work.zip", "w") as archive:
        archive.writestr("04_network/Untitled.ipynb", "{}")
        archive.writestr("photo.jpg", "")
    (tmp_path / "others" / "04_network (1).ipynb").write_text("{}")
    (tmp_path / "both" / f"{STEM}.ipynb").write_text("{}")
    (tmp_path / "both" / "Untitled.ipynb").write_text("{}")
    remarks = {row.student: row.remark for row in tool._handed_in(course, tmp_path)}
    asked = f"no notebook; if it is %s, write {STEM} into the name, grade again"
    assert remarks == {
        "renamed": asked % "homework.ipynb",
        "packed": asked % "work.zip/04_network/Untitled.ipynb",
        "others": "no notebook",
        "both": "",
    }


READS = """
import os, sys
from pathlib import Path
from colorlib.files import UserError
from tools.classroom import course
os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setuid(65534)
for folder in map(Path, ("anna", "ben")):
    try:
        print(course._newest(folder, "06_evaluation"))
    except UserError as error:
        print(error)
"""


def test_what_cannot_be_read_is_not_taken_for_nothing(course, tmp_path):
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / f"{STEM}.ipynb").write_text("{}")
    rows = {row.student: row.remark for row in tool._handed_in(course, tmp_path)}
    assert rows == {"anna": "", "nowhere": "folder is a link"}
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "work.zip").write_text("locked")
    (tmp_path / "ben" / "work.zip").chmod(0)
    (tmp_path / "anna").chmod(0)
    tmp_path.chmod(0o755)
    status, said = run(tmp_path, command=("-c", READS))
    (tmp_path / "anna").chmod(0o700)
    assert status == 0 and said.count("cannot be read (Permission denied); see to its") == 2, said


def test_who_and_what_is_gone_has_no_row(capsys):
    graded = {STEM: {"anna": {}, "ben": {}}, "02_photos": {"anna": {}}, "03_cells": {"ben": {}}}
    rows = [tool.HandedIn(STEM, "anna", None, ""), tool.HandedIn("02_photos", "anna", None, "")]
    tool._forget(graded, rows)
    assert graded == {STEM: {"anna": {}}, "02_photos": {"anna": {}}}
    assert capsys.readouterr().out.splitlines() == [
        "nobody's notebook is there any more, so no row: 03_cells",
        "no folder any more, so no row: ben",
    ]


def test_names_of_people_are_as_they_are_written(course, tmp_path):
    names = ["अनिता", "ธนวัฒน์", "நிலா", "علی\u200cرضا", "שלום", "Zoe 😀", "O’Brien", "é" * 100]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{STEM}.ipynb").write_text("{}")
    found = {row.student for row in tool._handed_in(course, tmp_path)}
    assert found == {unicodedata.normalize("NFC", name) for name in names}
    (tmp_path / "e\u0301").mkdir()
    (tmp_path / "é").mkdir()
    with pytest.raises(UserError, match="another folder has the same name"):
        tool._handed_in(course, tmp_path)
    # Turned round or with what is not seen, it would pass for another; a sign may begin a formula.
    before = tmp_path / "é"
    for name in ("a\u202eb", "a\u061cb", "\ufeffa", "a\u00adb", "a\u3164", "\uff1dcmd()", "=cmd()"):
        before = before.rename(tmp_path / name)
        with pytest.raises(UserError, match="rename it"):
            tool._handed_in(course, tmp_path)


def test_what_editors_make_of_a_notebook_is_read(release):
    wanted = nbformat.reads(json.dumps(release), as_version=4)
    nothing, listed = (release | {"metadata": about} for about in (None, ["a list"]))
    files = (json.dumps(nothing).encode("utf-8-sig"), json.dumps(release).encode("utf-16"))
    for data in (*files, json.dumps(listed).encode()):
        assert tool._readable(data).cells == wanted.cells
    accent = {"cells": [own("# \xe9\nx = 1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    read = tool._readable(json.dumps(accent, ensure_ascii=False).encode("latin-1"))
    assert read.cells[0].source == "# \ufffd\nx = 1"
    old = {"cell_type": "code", "language": "python", "input": "x = 1", "outputs": []}
    sheets = {"worksheets": [{"cells": [old]}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    assert tool._readable(json.dumps(sheets).encode()).cells[0].source == "x = 1"


EVERYTHING = "get_ipython().ast_node_interactivity = 'all'\n"
LEAKS = """
import traceback
class Quoting:
    def __getattr__(self, name):
        raise ValueError("\\n".join(map(str, In)))
print(*In)
%history
"""
HOOKS = """
def best_factor(true_ab, ab):
    get_ipython().displayhook("hello")
    return 7.0
"""
SCRIPTS = """
from IPython.display import HTML, Javascript, Markdown, display
display(HTML("<script>one()</script>"), Javascript("two()"), Markdown("<script>three()</script>"))
for later in (HTML("<script>six()</script>"), Javascript("seven()"), "long " * 10**6):
    display("nothing", display_id=True).update(later)
sizes = {"width": "1 onload=eight()", "height": "1 onerror=nine()", "alt": "' onerror='ten()"}
display({"image/png": "iVBORw0KGgo="}, metadata={"image/png": sizes}, raw=True)
"""
PEEKS = """
import linecache
cells = ["".join(each[2]) for each in linecache.cache.values() if len(each) > 2]
print(*[cell for cell in cells if "best_factor" in cell])
"""


def test_a_hidden_test_is_left_out_whatever_quotes_it_has():
    line = r"""assert names == ["\tÉMILE"], "of two each guesses the other's" """
    run = fence.Run(None)
    shown = [nbformat.v4.new_output("stream", text=text) for text in ("honest", f"'{line}'")]
    cells = [
        nbformat.v4.new_code_cell(f"check()\n{fence.HIDDEN}{line}\n"),
        nbformat.v4.new_code_cell("print(1)", outputs=shown),
    ]
    run._hide(cells)
    assert [each.text for each in shown] == ["honest", fence.LEFT_OUT]


def test_many_and_long_errors_are_cut():
    run, cell = fence.Run(None), nbformat.v4.new_code_cell()
    run.shown, run.clear_before_next_output = 0, False
    for number in range(300):
        content = {"ename": "E" * 10**5, "evalue": "v" * 10**5, "traceback": ["t" * 10**5]}
        message = {"msg_type": "error", "content": content, "header": {"msg_type": "error"}}
        message["parent_header"] = {"msg_id": number}
        run.process_message(message, cell, 0)
    assert 0 < len(str(cell)) < 2 * fence.SHOWN and run.remarks == {"output cut"}
    for length in (2000, 2001):  # one that is cut is enough for a remark
        run.remarks, run.shown = set(), 0
        error = {"ename": "E", "evalue": "v" * length, "traceback": ["t"]}
        run.process_message(message | {"content": error}, cell, 0)
        assert bool(run.remarks) == (length > 2000)


def test_marks_are_earned_and_nothing_is_told_or_run(course, release, tmp_path, browser):
    wrong = WRONG[FACTOR][0][1]
    noted = fill(release, RIGHT)
    noted["cells"].append(own("<script>four()</script> <b onclick='five()'>me</b>", "markdown"))
    noted["cells"].append(own("![](https://example.org/seen.png)", "markdown"))
    noted["cells"] += [own(LEAKS), own(PEEKS)]
    pasted = fill(release, RIGHT)
    pasted["cells"].append(own("![](attachment:image.png)", "markdown"))
    bare = fill(release, RIGHT)
    del bare["metadata"]
    for cell in bare["cells"]:
        if cell["source"] == RIGHT[FACTOR]:
            del cell["metadata"]
    texts = {
        "shows": fill(release, {FACTOR: EVERYTHING + wrong}),
        "hooks": fill(release, {FACTOR: HOOKS}),
        "quotes": noted,
        "scripts": fill(release, {FACTOR: RIGHT[FACTOR] + SCRIPTS, AUTHORS: RIGHT[AUTHORS]}),
        "marked": fill(release, RIGHT | {FACTOR: RIGHT[FACTOR] + "\n### BEGIN HIDDEN TESTS\n1\n"}),
        "windows": fill(release, RIGHT),
        "emoji": fill(release, RIGHT | {FACTOR: RIGHT[FACTOR] + "\n# half: \ud83d\n"}),
        "bare": bare,
        "pastes": pasted,
    }
    for name, notebook in texts.items():
        (tmp_path / name).mkdir()
        data = json.dumps(notebook).encode("utf-8-sig" if name == "windows" else "utf-8")
        (tmp_path / name / f"{STEM}.ipynb").write_bytes(data)
    status, said = run("grade", course, tmp_path)
    assert status == 0, said
    rows = rows_of(course)
    assert {name: rows[name]["marks"] for name in texts} == {
        "shows": "0", "hooks": "0", "quotes": "10", "scripts": "10", "marked": "10",
        "windows": "10", "emoji": "10", "bare": "10", "pastes": "10",
    }, {name: rows[name]["remark"] for name in texts}  # fmt: skip
    hidden = exercises.private(exercises.SAMPLE, AUTHORS, "hidden.py").splitlines()
    for name in texts:
        page = (course / "feedback" / name / STEM / f"{STEM}.html").read_text("utf-8")
        assert not [line for line in hidden if len(line) > 8 and line.strip() in page], name
        assert not re.search(r"<script[^>]*>\s*[a-z]+\(\)|<[^>]*\son[a-z]+=", page), name
        assert len(page) < 2_000_000, name
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", page.split("<body", 1)[0]), name
    assert rows["pastes"]["remark"] == ""
    assert rows["quotes"]["remark"] == "quotes a hidden test"  # what it shows is left out
    page, failed, got = browser.new_page(), [], []
    page.on("requestfailed", lambda request: failed.append((request.url, request.failure)))
    page.on("requestfinished", lambda request: got.append(request.url))
    page.goto(f"file://{course}/feedback/quotes/{STEM}/{STEM}.html")
    assert "four()" in page.inner_text("body")
    assert ("https://example.org/seen.png", "csp") in failed  # not even tried
    assert not [url for url in got if not url.startswith(("file:", "data:"))]


def test_formgrader_asks_no_public_host(course):
    """The server in a course folder forbids its pages all other hosts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--no-browser --allow-root --port={port} --ServerApp.ip=127.0.0.1"
    command = [Path(sys.executable).with_name("jupyter"), "server", *options.split()]
    command += [
        "--config=jupyter_server_config.py",
        "--IdentityProvider.token=",
        "--ServerApp.jpserver_extensions={}",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=course, **quiet) as server:
        try:
            for _ in range(300):
                assert server.poll() is None
                try:
                    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/tree?", timeout=5)
                except urllib.error.HTTPError as error:
                    answer = error
                except OSError:
                    time.sleep(0.2)
                    continue
                break
            policy = answer.headers["Content-Security-Policy"]
        finally:
            server.terminate()
    assert policy.startswith("default-src 'self'") and "http" not in policy and "*" not in policy


ENDLESS = """
def best_factor(true_ab, ab, right=best_factor):
    while np.array_equal(true_ab, [[100, -60], [90, 120]]):
        pass
    return right(true_ab, ab)
"""


def test_large_files_and_endless_answers_cost_nobody_else(course, release, tmp_path):
    """700 MB beside a notebook stay on the disk; a hidden test has a clock of its own."""
    config = course / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(re.sub(r"timeout = \d+", "timeout = 20", before))
    answers = {
        "large": RIGHT,
        "endless": RIGHT | {FACTOR: RIGHT[FACTOR] + ENDLESS},
        "partly": RIGHT | {FACTOR: RIGHT[FACTOR] + ENDLESS.replace("pass", "return 0.0")},
    }
    for name, answer in answers.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{STEM}.ipynb").write_text(json.dumps(fill(release, answer)))
    (tmp_path / "huge").mkdir()
    for path in ("large/film.mp4", "large/photos.zip", f"huge/{STEM}.ipynb"):
        with open(tmp_path / path, "wb") as file:
            file.truncate(700_000_000)  # sparse: takes no disk
    status, said = run("grade", course, tmp_path, command=("-c", MEASURED))
    config.write_text(before)
    assert status == 0, said
    peak = int(re.search(r"peak (\d+)", said)[1])
    rows = rows_of(course)
    remark = "did not open photos.zip: unpack it, grade again"  # it is no zip
    assert (rows["large"]["marks"], rows["large"]["remark"]) == ("10", remark)
    assert (rows["huge"]["marks"], rows["huge"]["remark"]) == ("0", "too large")
    assert rows["huge"][FACTOR][2] == "could not be graded"
    assert rows["endless"]["remark"] == "time limit" and rows["endless"][AUTHORS][0] == "6"
    assert rows["endless"][FACTOR] == ("1", "4", "partly")  # the first hidden test was passed
    assert rows["partly"][FACTOR] == ("3", "4", "partly") and rows["partly"]["remark"] == ""
    page = (course / "feedback" / "partly" / STEM / f"{STEM}.html").read_text("utf-8")
    assert "whole numbers are numbers, too" in page and "a factor nearby" not in page
    assert peak < 700_000, f"{peak} KB for one of the grader's processes"


MEASURED = """
import re
from pathlib import Path
from tools.classroom import course
course.main()
# Not ru_maxrss, which begins with what the process that started this one had.
print("peak", re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def rebuilt(release, cells):
    read = [
        nbformat.reads(student.write(release | {"cells": each}), as_version=4)
        for each in (release["cells"], cells)
    ]
    return [cell["source"] for cell in tool.rebuilt(*read)["cells"]]


def is_check(cell):
    return "".join(cell["source"]).lstrip().startswith("check.")


def test_a_submission_gets_back_its_shape(release):
    filled = fill(release, RIGHT)["cells"]
    right = ["".join(cell["source"]) for cell in filled]
    assert rebuilt(release, filled) == right
    assert rebuilt(release, [cell for cell in filled if not is_check(cell)]) == right
    assert rebuilt(release, filled[::-1]) == right
    for about in (None, "a word", {"grade_id": ["a list"]}):
        assert (
            rebuilt(release, [each | {"metadata": {"nbgrader": about}} for each in filled]) == right
        )
    assert rebuilt(release, []) == ["".join(cell["source"]) for cell in release["cells"]]


def test_own_cells_stay_where_they_are(release):
    cells = fill(release, RIGHT)["cells"]
    place = next(i for i, cell in enumerate(cells) if cell["source"] == RIGHT[FACTOR])
    before, twice = (
        own("helper = 1"),
        cells[place] | {"source": "best_factor = None", "id": "twice"},
    )
    cells[place:place] = [before]
    cells[place + 2 : place + 2] = [twice]  # a copy of the answer's cell: the later one counts
    sources = rebuilt(release, cells)
    assert sources[place : place + 3] == ["helper = 1", RIGHT[FACTOR], "best_factor = None"]
    cells[place + 1]["source"] = cell_of(release, FACTOR, "-answer")["source"]  # untouched
    assert rebuilt(release, cells)[place : place + 2] == ["helper = 1", "best_factor = None"]


def test_what_runs_apart_ends_in_time():
    long = f"4321.{os.getpid()}"  # seconds

    def hang():
        subprocess.Popen(["sleep", long], start_new_session=True)
        time.sleep(1000)

    with pytest.raises(TimeoutError):
        fence.apart(1, hang)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert f"sleep {long}" not in listed
    assert fence.apart(60, max, 2, 3) == 3
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        fence.apart(60, divmod, 1, 0)
    with pytest.raises(RuntimeError, match="died"):
        fence.apart(60, os._exit, 1)


PRIES = """
import pathlib, socket, subprocess
seen = [path for path in {paths} if pathlib.Path(path).exists()]
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=1)
    seen.append("network")
except OSError:
    pass
others = subprocess.run(["ls", "/proc"], capture_output=True, text=True).stdout
seen += ["processes"] if sum(name.isdigit() for name in others.split()) > 10 else []
pathlib.Path("/tmp/for-my-friend").write_text("the answers")
assert not seen, seen
"""


def test_in_a_box_nothing_else_can_be_seen_and_nothing_is_left(course, release, tmp_path):
    if not fence.build().box:
        pytest.skip("sees no other file, no network, leaves no trace: bubblewrap cannot run here")
    other = tmp_path / "victim" / f"{STEM}.ipynb"
    paths = [course / "source", course / "gradebook.db", other, ROOT / "tools", ROOT / ".git"]
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        pries = PRIES.format(paths=[*map(str, paths)], port=server.getsockname()[1])
        answers = {"victim": RIGHT, "curious": RIGHT | {FACTOR: RIGHT[FACTOR] + pries}}
        for name, answer in answers.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / f"{STEM}.ipynb").write_text(json.dumps(fill(release, answer)))
        status, said = run("grade", course, tmp_path)
    assert status == 0 and "in a box" in said, said
    rows = rows_of(course)
    assert rows["curious"]["marks"] == rows["victim"]["marks"] == "10", rows["curious"]
    assert not Path("/tmp/for-my-friend").exists()


@pytest.mark.parametrize("mode", ["as it is best here", "as oneself"])
def test_what_comes_while_it_grades_is_left_alone(course, release, tmp_path, mode):
    """A late submission and a note appear, and a file goes, while a notebook runs."""
    (tmp_path / "anna").mkdir()
    slow = RIGHT | {FACTOR: f"{RIGHT[FACTOR]}\nimport time; time.sleep(6)"}
    (tmp_path / "anna" / f"{STEM}.ipynb").write_text(json.dumps(fill(release, slow)))
    (tmp_path / "old.txt").write_text("an instructor's")
    late, note = tmp_path / "late" / f"{STEM}.ipynb", course / f"note {mode}.txt"

    def arrive():
        late.parent.mkdir()
        late.write_text("late")
        note.write_text("remember")
        (tmp_path / "old.txt").unlink()

    timer = threading.Timer(4, arrive)
    timer.start()
    command = {"command": ("-c", AS_ONESELF)} if mode == "as oneself" else {}
    status, said = run("grade", course, tmp_path, **command)
    timer.join()
    assert status == 0, said
    assert (late.read_text(), note.read_text()) == ("late", "remember")
    assert not (tmp_path / "old.txt").exists()
    rows = rows_of(course)
    assert (rows["anna"]["marks"], rows["anna"]["remark"]) == ("10", "")


@pytest.mark.parametrize("path", HIDDEN_TESTS, ids=lambda p: p.parent.name)
def test_what_a_hidden_test_says_is_told_and_its_lines_are_not(path):
    code = path.read_text()
    asserted = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    told = [node.msg.value for node in asserted if isinstance(node.msg, ast.Constant)]
    secret = max((each for each in code.splitlines() if '"' not in each), key=len).strip()
    for shown, hidden in ((told, False), ([secret], True)):
        outputs = [nbformat.v4.new_output("error", ename="E", evalue=each) for each in shown]
        cell = nbformat.v4.new_code_cell(f"check()\n{fence.HIDDEN}{code}", outputs=outputs)
        run = types.SimpleNamespace(remarks=set())
        fence.Run._hide(run, [cell])
        assert bool(run.remarks) is hidden


def test_as_oneself_it_says_so_and_a_person_adds_marks(course, release, tmp_path):
    """Grade as oneself, then by hand; the course is as any instructor's."""
    made = contents(course)
    answers = {
        "anna": RIGHT | {TRICK: f"{RIGHT[TRICK]}\nfigure"},
        "oscar": RIGHT
        | {FACTOR: "while True:\n    try:\n        while True: pass\n    except: pass"},
    }
    for name, answer in answers.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{STEM}.ipynb").write_text(json.dumps(fill(release, answer)))
    status, said = run("grade", course, tmp_path, "--seconds", 40, command=("-c", AS_ONESELF))
    assert status == 0 and "as you, who can read the other submissions" in said, said
    now = contents(course)
    kept = [path for path in made if path.suffix != ".db" and "source" in path.parts]
    assert kept and all(now[path] == made[path] for path in kept)
    rows = rows_of(course)
    found = {name: (rows[name]["marks"], rows[name]["remark"]) for name in answers}
    assert found == {"anna": ("10", ""), "oscar": ("0", "time limit")}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(TRICK, STEM, STEM, "anna")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 5, False
        gradebook.db.commit()
    status, said = run("marks", course)
    assert status == 0, said
    rows = rows_of(course)
    row = rows["anna"]
    assert (row["student"], row["marks"], row["by hand"]) == ("anna", "15", "")
    assert row[TRICK] == ("5", "6", "partly")
    feedback = (course / "feedback" / "anna" / STEM / f"{STEM}.html").read_text("utf-8")
    assert "15.0" in feedback
    assert "data:image/png;base64" in feedback, "who marks by hand sees the figure"
    (tmp_path / "anna").rename(tmp_path / "Anna")
    (tmp_path / "oscar" / f"{STEM}.ipynb").unlink()
    status, said = run("grade", course, tmp_path, command=("-c", AS_ONESELF))
    assert status == 0 and "no folder any more, so no row: anna" in said, said
    rows = rows_of(course)
    assert rows.keys() == {"Anna", "oscar"}
    assert rows["oscar"][FACTOR] == ("0", "4", "not handed in")
