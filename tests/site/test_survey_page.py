"""The survey as somebody takes it: in a browser, from a folder or a host, to the merged answers."""

import functools
import http.server
import json
import threading

import numpy as np
import pytest
from browsing import violations
from playwright.sync_api import expect
from surveying import read_kit, write_photos

from colorlib import cli, survey


@pytest.fixture(scope="module")
def folders(commons, tmp_path_factory):
    photos = np.array(commons.photos[commons.validation[:36]])
    return write_photos(tmp_path_factory.mktemp("photos"), photos)


@pytest.fixture(scope="module")
def surveys(folders, tmp_path_factory):
    """A survey of pairs and one of single photos, both below a folder that a host might show."""
    root = tmp_path_factory.mktemp("host")
    for protocol in survey.PROTOCOLS:
        survey.write_survey(root / "some where" / protocol, *folders, protocol=protocol)
    return root


@pytest.fixture(scope="module")
def host(surveys):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Quiet, directory=surveys)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def visit(browser):
    """Open a survey. Whatever the browser complains of, or asks elsewhere for, fails the test."""
    wrong, contexts = [], []

    def open_page(address, seed=(7, 8, 9), fast=True, **options):
        contexts.append(browser.new_context(accept_downloads=True, **options))
        tab = contexts[-1].new_page()
        tab.on("console", lambda said: wrong.append(f"{said.text} {said.location['url']}"))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.sent = []

        def note(request):
            tab.sent.append(request.url)
            home = address.rpartition("/")[0]
            if request.method != "GET" or not request.url.startswith((home, "blob:")):
                wrong.append(f"{request.method} {request.url}")

        tab.on("request", note)
        tab.add_init_script(f"crypto.getRandomValues = (array) => (array.set({[*seed]}), array)")
        if fast:
            tab.clock.install()
        tab.goto(address)
        if fast:
            hold(tab)
        return tab

    open_page.wrong = wrong
    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in wrong if "favicon" not in text] == []


def hold(tab):
    """From here on the page's time passes where the test says so, however busy the machine is."""
    tab.clock.pause_at(tab.evaluate("Date.now()") / 1000 + 1)


def tab_to(tab, name):
    """Move the keyboard's focus to an element."""
    for _ in range(12):
        if tab.evaluate("document.activeElement.id") == name:
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by keyboard")


def press(tab, name, keyboard):
    if keyboard:
        tab_to(tab, name)
        tab.keyboard.press("Space" if name == "agree" else "Enter")
    else:
        tab.locator(f"#{name}").click()


def take(tab, kit, keyboard, check, fooled, tmp_path):
    """Go through the survey; right in practice and checks, else as `fooled(system)` says."""
    rows = [row for part in ("practice", "checks", "photos") for row in kit[part]]
    odd, place = {row[1] for row in kit["checks"]}, {n: row.index(n) for row in rows for n in row}
    single = kit["about"]["protocol"] == "single"
    expect(tab.locator("#begin")).to_be_disabled()
    check("consent")
    press(tab, "agree", keyboard)
    press(tab, "begin", keyboard)
    expect(tab.locator("#start")).to_be_enabled()
    check("instructions")
    loaded = len(tab.sent)
    press(tab, "start", keyboard)
    for i in range(34):
        if i == 10:
            check("halfway")
            press(tab, "count-from-here", keyboard)
        seen = []
        while not tab.locator(".answer").first.is_enabled():
            tab.clock.run_for(200)
            for address in tab.locator("#photo img").evaluate_all("all => all.map(e => e.src)"):
                seen += [int(address[-8:-4])] if address[-8:-4].isdigit() else []
        seen = list(dict.fromkeys(seen))
        assert len(seen) == 2 - single
        system = max(place[number] for number in seen)
        right = int(place[seen[-1]] > 0)  # single: invented; pairs: the second is the invented one
        wrong = i >= 10 and not odd & set(seen) and fooled(system)
        tab.clock.run_for(500)
        if i == 3 or i == 20:
            tab.screenshot(path=tmp_path / f"photo {i}.png", full_page=True)
            tab.clock.run_for(600)  # the second of a pair is gone
            check(f"trial {i}")
        if keyboard:
            tab.keyboard.press(("ArrowLeft", "ArrowRight")[right ^ wrong])
        else:
            tab.locator(".answer").nth(right ^ wrong).click()
        if i < 10:
            expect(tab.locator("#verdict")).to_have_text("Right.")
            assert tab.evaluate("document.activeElement.id") == "next"
            if i == 2:
                check("feedback")
            press(tab, "next", keyboard)
        else:
            expect(tab.locator("#feedback")).to_be_hidden()
    expect(tab.locator("#done")).to_be_visible()
    check("done")
    assert tab.sent[loaded:] == [], "something was asked for while the answers came in"


@pytest.mark.parametrize("protocol", survey.PROTOCOLS)
@pytest.mark.parametrize("place", ["a folder, a phone, the keyboard", "a host, a desk, the mouse"])
def test_from_consent_to_shares(protocol, place, surveys, host, visit, tmp_path, capsys):
    keyboard = "keyboard" in place
    path = f"some where/{protocol}"
    home = f"{surveys.as_uri()}/{path}" if keyboard else f"{host}/{path}"
    size = {"width": 390, "height": 700} if keyboard else {"width": 1280, "height": 850}
    tab = visit(f"{home.replace(' ', '%20')}/index.html", viewport=size, has_touch=keyboard)
    kit = read_kit(surveys / path)

    def check(name):
        tab.clock.resume()  # axe waits, too
        assert violations(tab) == [], name
        hold(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        if name.startswith("trial"):
            assert tab.locator(".answers").bounding_box()["y"] + 60 < size["height"], "must scroll"
        tab.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    take(tab, kit, keyboard, check, lambda system: system == 2, tmp_path)
    with tab.expect_download() as download:
        press(tab, "download", keyboard)
    result = json.loads(download.value.path().read_text())
    assert result == json.loads(tab.locator("#result").input_value())
    assert download.value.suggested_filename == f"answers-{result['person']}.json"
    tests = [each for each in result["answers"] if each["kind"] == "test"]
    assert all(500 <= each["ms"] < 20_000 for each in tests)
    shown = {each["shown"] for each in tests}
    assert shown == {0} if protocol == "single" else 990 <= min(shown) <= max(shown) < 1500
    download.value.save_as(tmp_path / "back" / "answers.json")
    assert cli.main(["survey", str(tmp_path / "out"), "--merge", str(tmp_path / "back")]) == 0
    assert "left out: 10 answers for practice" in capsys.readouterr().out
    found = json.loads((tmp_path / "out" / "survey.json").read_text())["shares"]
    expected = {"pale": 0, "warm-2": 1}
    if protocol == "single":
        expected = {"the true photos": 1, **expected}
    assert {name: each["share"] for name, each in found.items()} == expected
    count = sum(each["answers"] for name, each in found.items() if name != "the true photos")
    warm = found["warm-2"]["answers"]
    expect(tab.locator("#score")).to_contain_text(f"You took {warm} of {count}")


def test_the_order_follows_from_the_seed(surveys, visit):
    kit = read_kit(surveys / "some where" / "pairs")
    address = (surveys / "some where" / "pairs" / "index.html").as_uri()
    plans = [visit(address, seed).evaluate("plan()") for seed in ((7, 1, 2), (7, 3, 4), (8, 1, 2))]
    assert plans[0] == plans[1] != plans[2]
    for plan in plans:
        assert [each["kind"] for each in plan[:10]] == ["practice"] * 10
        asked = [each["photo"] for each in plan if each["kind"] == "test"]
        assert len(set(asked)) == len(asked) == 20
        assert sorted(each["photo"] for each in plan if each["kind"] == "check") == [0, 1, 2, 3]
        systems = [each["system"] for each in plan if each["kind"] == "test"]
        assert systems.count(1) == systems.count(2) == 10
        for each in plan:
            row = kit[{"test": "photos", "check": "checks"}.get(each["kind"], each["kind"])]
            assert each["files"][1 - each["side"]] == row[each["photo"]][0], "not the true one"
    sides = [each["side"] for plan in (plans[0], plans[2]) for each in plan]
    assert 0.25 < sum(sides) / len(sides) < 0.75


def test_a_photo_stands_there_for_a_second(surveys, visit):
    tab = visit((surveys / "some where" / "pairs" / "index.html").as_uri(), fast=False)
    tab.evaluate(
        """() => {
          const moments = [], photo = document.getElementById("photo");
          window.seen = new Promise((resolve) => new MutationObserver(() => {
            moments.push([performance.now(), photo.childElementCount]);
            if (moments.length === 4) resolve(moments);
          }).observe(photo, { childList: true }));
        }"""
    )
    tab.locator("#agree").check()
    tab.locator("#begin").click()
    tab.locator("#start").click()
    moments = tab.evaluate("seen")
    assert [count for _, count in moments] == [1, 0, 1, 0]
    first, gap, second = np.diff([moment for moment, _ in moments])
    assert 990 < first < 2000 and 590 < gap < 2000 and 990 < second < 2000
    expect(tab.locator("#photo img")).to_have_count(0)
    expect(tab.locator(".answer").first).to_be_enabled()


def test_nothing_counts_before_the_last_photo_is_there(surveys, visit):
    tab = visit((surveys / "some where" / "pairs" / "index.html").as_uri())
    tab.locator("#agree").check()
    tab.locator("#begin").click()
    tab.locator("#start").click()
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
        tab.clock.run_for(300)
    assert tab.evaluate("given.length") == 0
    expect(tab.locator("#feedback")).to_be_hidden()


def test_a_survey_without_its_photos_says_so(surveys, visit, tmp_path):
    for name in ("index.html", "kit.js", "survey.js", "survey.css"):
        source = surveys / "some where" / "pairs" / name
        (tmp_path / name).write_bytes(source.read_bytes())
    tab = visit((tmp_path / "index.html").as_uri())
    expect(tab.locator("#waiting")).to_be_hidden()
    tab.locator("#agree").check()
    tab.locator("#begin").click()
    expect(tab.get_by_role("alert")).to_contain_text("ask for the whole folder")
    expect(tab.locator("#start")).to_be_disabled()
    assert visit.wrong and all("ERR_FILE_NOT_FOUND" in text for text in visit.wrong)
    visit.wrong.clear()


@pytest.mark.parametrize("missing", ["kit.js", "survey.js"])
def test_a_survey_without_its_script_says_so(missing, surveys, visit, tmp_path):
    for name in {"index.html", "kit.js", "survey.js", "survey.css"} - {missing}:
        source = surveys / "some where" / "pairs" / name
        (tmp_path / name).write_bytes(source.read_bytes())
    tab = visit((tmp_path / "index.html").as_uri(), fast=False)
    expect(tab.locator("main")).to_contain_text("a file of this survey is missing")
    expect(tab.locator("#waiting")).to_be_visible()
    assert "ERR_FILE_NOT_FOUND" in visit.wrong[0]
    visit.wrong.clear()
