import sys
import types

from colorlib.widgets.download import download


def test_on_colab_a_button_fetches_the_file(monkeypatch, tmp_path):
    asked = []
    colab = types.ModuleType("google.colab")
    colab.files = types.SimpleNamespace(download=asked.append)
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    button = download(tmp_path / "mine.zip")
    assert button.description == "Download mine.zip"
    assert not asked, "nobody has pressed it yet"
    button.click()
    assert asked == [str(tmp_path / "mine.zip")]


def test_elsewhere_it_says_how(tmp_path):
    assert f"To download {tmp_path / 'mine.zip'}: in the file browser" in download(
        tmp_path / "mine.zip"
    )
