import json
import os
import subprocess
import sys
import textwrap
import time

import pytest

from colorlib.files import UserError, atomic_write, hash_of, locked, read_json, write_json


def run(code, *arguments):
    """Run Python code in a child process and return what it printed."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_file_appears_complete_and_makes_its_folder(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("all of it")
        assert not path.exists()
        assert temporary.parent == path.parent and temporary.suffix == ".txt"
    assert path.read_text() == "all of it"
    assert os.listdir(path.parent) == ["a.txt"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyError), atomic_write(path) as temporary:
        temporary.write_text("half of the ne")
        raise KeyError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    with atomic_write(tmp_path / "a") as temporary:
        temporary.write_text("a")
    (tmp_path / "b").write_text("b")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_full_disk_names_the_file_and_keeps_the_old_one(tmp_path):
    pytest.importorskip("resource")
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    message = run(
        """
        import resource, sys
        from colorlib.files import UserError, atomic_write
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            with atomic_write(sys.argv[1]) as temporary:
                temporary.write_bytes(bytes(10_000))
        except UserError as error:
            print(error)
        """,
        path,
    )
    assert message.startswith(f"{path}: cannot be written") and "\n" not in message
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_folder_that_cannot_be_made_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be written"), atomic_write(tmp_path / "file" / "a"):
        pass


def test_only_one_user_at_a_time(tmp_path):
    with locked(tmp_path / "run"):
        with pytest.raises(UserError, match="another process"), locked(tmp_path / "run"):
            pytest.fail("the folder was held twice")
    with locked(tmp_path / "run"):
        pass


def test_a_killed_user_leaves_no_lock_and_waiting_pays(tmp_path):
    code = """
        import sys, time
        from colorlib.files import locked
        with locked(sys.argv[1]):
            print("held", flush=True)
            time.sleep(60)
        """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], stdout=subprocess.PIPE
    )
    child.stdout.readline()
    started = time.monotonic()
    with pytest.raises(UserError, match="another process"), locked(tmp_path, wait=0.3):
        pytest.fail("the folder was held twice")
    assert time.monotonic() - started >= 0.3
    child.kill()
    with locked(tmp_path, wait=10):
        pass
    child.communicate()


def test_a_lock_needs_a_folder_it_can_make(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be used"), locked(tmp_path / "file" / "run"):
        pass


def test_json_goes_and_returns(tmp_path):
    value = {"größe": [1, 2.5, None]}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == value
    assert json.loads((tmp_path / "a.json").read_bytes()) == value


@pytest.mark.parametrize("content", [None, b"{", b"\xff\xfe"])
def test_what_is_not_json_is_a_user_error(tmp_path, content):
    if content is not None:
        (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.json"):
        read_json(tmp_path / "a.json")


def test_an_error_is_one_line_that_commands_no_terminal():
    said = str(UserError("photos/a\n\x1b[2Jb\r\u202e\udcff写\u202f.jpg: is empty"))
    assert said == r"photos/a\n\x1b[2Jb\r\u202e\udcff写" + "\u202f.jpg: is empty"


def test_sha256_is_the_published_one(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert hash_of(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
