"""What chapters show of finished runs comes with the package."""

import json
import re

import pytest

from colorlib.files import UserError, read_json
from colorlib.published import FOLDER, result
from colorlib.runs import read_metrics
from tools import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_every_result_that_a_chapter_shows_is_there():
    asked = set()
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            asked |= set(re.findall(r'\bresult\("([^"]+)"\)', "".join(cell["source"])))
    assert {"lab", "presets", "shipped.json", "ablation.jpg"} <= asked
    for name in asked:
        assert result(name).is_relative_to(FOLDER)


@pytest.mark.parametrize("name", ["lab", "presets/paper", "presets/modern"])
def test_a_published_run_is_read_like_any_other(name):
    curves = read_metrics(result(name))
    assert 1 < len(curves["epoch"]) <= read_json(result(name) / "recipe.json")["epochs"]


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(UserError, match=r"nothing\.json: .*choose from ablation\.jpg, .*shipped"):
        result("nothing.json")
