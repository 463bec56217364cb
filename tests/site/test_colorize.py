"""The page that colourizes, as a host shows it: the library's colours, any photo, nothing sent."""

import base64
import io
import re

import numpy as np
import pytest
from browsing import violations
from PIL import Image
from playwright.sync_api import expect

from colorlib import bins, lab, photoset, plates
from colorlib.colorizer import Colorizer

COMMONS = sorted(photoset.BUNDLED.glob("commons-*.jpg"))[:560:70]  # eight of all kinds
PLATES = [plates.FOLDER / f"{number}v-grey.jpg" for number in ("00172", "01736")]
# The largest difference between a pixel's red and its blue.
CHROMA = """(() => {
    const canvas = document.querySelector("canvas.after");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let most = 0;
    for (let at = 0; at < data.length; at += 4)
        most = Math.max(most, Math.abs(data[at] - data[at + 2]));
    return most;
})()"""
DONE = re.compile(r"pixels in")


@pytest.fixture
def visit(browser, address):
    """Open the page; a complaint of the browser that no test expects is an error."""
    contexts, complaints = [], []

    def visit(page_address=f"{address}/kit/book/colorize.html", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(page_address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [said for said in complaints if "integrity" not in said] == []


def choose(page, photo, name="photo.png", says=DONE):
    """Give the page a photo, a path or a PIL image; returns what it says then."""
    if isinstance(photo, Image.Image):
        encoded = io.BytesIO()
        photo.save(encoded, name.rpartition(".")[2].replace("jpg", "jpeg"), exif=photo.getexif())
        photo = {"name": name, "mimeType": "image/png", "buffer": encoded.getvalue()}
    status = page.locator(".stage > [role=status]")
    status.evaluate("element => element.textContent = ''")
    page.get_by_label("Choose a photo").set_input_files(photo)
    expect(status).to_contain_text(says, timeout=120_000)
    return status.inner_text()


def shown(page, canvas="canvas.after"):
    """The pixels of a canvas, as a PIL image."""
    address = page.locator(canvas).evaluate("canvas => canvas.toDataURL('image/png')")
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


def apart(found, expected):
    """How far two photos are from each other: mean difference of ab, and PSNR in dB."""
    found, expected = (np.asarray(photo.convert("RGB")) for photo in (found, expected))
    ab = np.abs(lab.to_lab(found) - lab.to_lab(expected))[..., 1:].mean()
    error = np.square(found.astype("float64") - expected).mean()
    return ab, 10 * np.log10(255**2 / max(error, 1e-9))


def test_ten_photos_get_the_colors_of_the_library(visit):
    page, colorizer = visit(), Colorizer.load("unet_hints")
    choose(page, PLATES[0])  # with the first photo the controls appear
    for path in [*COMMONS, *PLATES]:
        photo = Image.open(path)
        for decode in ("mean", "vivid"):
            page.get_by_label("colours").select_option(decode)
            choose(page, path)
            ab, psnr = apart(shown(page), colorizer.colorize(photo, decode=decode))
            print(f"{path.stem} {decode}: ab {ab:.3f}, PSNR {psnr:.1f} dB")
            assert ab <= 0.5 and psnr >= 45, path
    assert apart(shown(page, "canvas:not(.after)"), colorizer.colorize(photo, 0))[1] > 50


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (900, 600), (50, 600)])
def test_photos_of_odd_sizes(visit, size):
    """3:2 is where rounding a half matters: the library's network sees 256x192."""
    page, photo = visit(), Image.open(PLATES[0]).convert("RGB").resize(size)
    choose(page, photo)
    ab, psnr = apart(shown(page), Colorizer.load("unet_hints").colorize(photo))
    assert ab <= 0.5 and psnr >= 45


def test_a_photo_is_shown_upright(visit):
    photo = Image.open(COMMONS[0]).resize((240, 160))
    photo.getexif()[0x0112] = 6
    page = visit()
    choose(page, photo, "turned.jpg")
    assert shown(page).size == (160, 240)
    expected = Colorizer.load("unet_hints").colorize(_encoded(photo))
    assert apart(shown(page), expected)[1] >= 40  # a JPEG of few pixels is decoded a little apart


def _encoded(photo):
    encoded = io.BytesIO()
    photo.save(encoded, "jpeg", exif=photo.getexif())
    return Image.open(encoded)


def test_transparent_parts_stay_so(visit):
    photo = Image.open(COMMONS[0]).convert("RGBA")
    alpha = np.full((256, 256), 255, "uint8")
    alpha[:, :100] = 0
    photo.putalpha(Image.fromarray(alpha))
    page = visit()
    assert "transparent" in choose(page, photo)
    assert (np.asarray(shown(page))[..., 3] == alpha).all()
    with page.expect_download() as download:
        page.locator(".stage").get_by_role("button", name="download").click()
    assert download.value.suggested_filename == "photo-colourized.png"
    assert Image.open(download.value.path()).mode == "RGBA"


def test_a_huge_photo_is_made_smaller_and_says_so(visit):
    page = visit()
    said = choose(page, Image.open(COMMONS[1]).resize((5000, 4000)), "huge.jpg")
    print(said)
    assert "too large" in said
    width, height = shown(page).size
    assert 0.99 < width * height / 2**24 <= 1 and abs(width / height - 1.25) < 1e-3


def test_nothing_is_sent(visit, address):
    page, requests = visit(), []
    page.on("request", lambda request: requests.append(request))
    choose(page, COMMONS[2])
    with page.expect_download() as download:
        page.locator(".stage").get_by_role("button", name="download").click()
    assert download.value.suggested_filename == f"{COMMONS[2].stem}-colourized.jpg"
    assert apart(Image.open(download.value.path()), shown(page))[0] < 1.5
    assert {"efficientnet_lite0.onnx", "unet_hints.onnx"} <= {
        re.split(r"[/?]", request.url.partition("?")[0])[-1] for request in requests
    }
    for request in requests:
        assert request.url.removeprefix("blob:").startswith(address), request.url
        assert request.method == "GET" and request.post_data is None
    # The browser would not let it, not even its worker.
    other = address.replace("127.0.0.1", "localhost")
    ask = f"fetch('{other}/index.html', {{mode: 'no-cors'}}).then(() => 'sent', () => 'refused')"
    assert page.workers[0].evaluate(ask) == "refused"
    free = page.context.new_page()
    free.goto(f"{address}/book/welcome.html")
    assert free.evaluate(ask) == "sent", "this test cannot fail"


def test_the_network_is_loaded_once_and_checked(visit):
    page = visit()
    page.route("**/unet_hints.onnx*", lambda route: route.fulfill(body=b"something else"))
    assert "Try again" in choose(page, COMMONS[3], says="could not be loaded")
    page.unroute("**/unet_hints.onnx*")
    choose(page, COMMONS[3])
    expect(page.locator(".compare")).to_be_visible()
    page.evaluate(
        "() => { Worker.prototype.postMessage = function () { this.onerror({message: 'full'}); }; }"
    )
    choose(page, COMMONS[3], says="could not be loaded or run here (full)")
    expect(page.locator(".compare")).to_be_hidden()  # no empty picture with buttons that do nothing
    again, asked = page.context.new_page(), []
    again.goto(page.url)
    again.on("request", lambda request: asked.append(request.url))
    choose(again, COMMONS[3])
    assert asked and not any(re.search(r"\.(onnx|wasm)(\?|$)", url) for url in asked)
    loaded = re.compile(r"loads [\d.]+ MB of network and [\d.]+ MB")
    last = page.context.new_page()
    last.goto(page.url)
    expect(last.locator(".stage > [role=status]")).to_contain_text(loaded)


def test_what_cannot_be_opened_is_said(visit, published):
    page = visit()
    text = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}
    assert choose(page, text, says="is no photo").startswith("notes.jpg is no photo")
    page.evaluate("delete globalThis.WebAssembly")
    assert "WebAssembly" in choose(page, COMMONS[0], says="browser")
    page.close()
    folder = visit((published / "book" / "colorize.html").as_uri())
    expect(folder.locator(".stage > [role=status]")).to_contain_text("python3 -m http.server")


def test_by_keyboard_dropped_pasted_and_old(visit):
    page = visit()
    page.get_by_role("button", name="river").press("Enter")
    status = page.locator(".stage > [role=status]")
    expect(status).to_contain_text("river: 342x287", timeout=120_000)
    divider = page.get_by_role("slider", name="black and white")
    divider.focus()
    page.keyboard.press("Home")
    expect(divider).to_have_attribute("aria-valuetext", "0 % in black and white")
    assert page.evaluate(CHROMA) > 20
    saturation = page.get_by_label("saturation")
    saturation.focus()
    page.keyboard.press("Home")
    expect(saturation).to_have_attribute("aria-valuetext", "0.00")
    page.wait_for_function(f"{CHROMA} === 0")
    give = """([kind, bytes]) => {
        const carried = new DataTransfer();
        for (const name of [`${kind}.jpg`, "another.jpg"])
            carried.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
        const target = document.querySelector(".stage");
        target.dispatchEvent(kind === "drop"
            ? new DragEvent("drop", {dataTransfer: carried, bubbles: true})
            : new ClipboardEvent("paste", {clipboardData: carried, bubbles: true}));
    }"""
    for kind in ("drop", "paste"):
        page.evaluate(give, [kind, [*COMMONS[4].read_bytes()]])
        expect(status).to_contain_text(f"{kind}: 256x256", timeout=120_000)
        expect(status).to_contain_text("the first of 2 files: one at a time")


def test_a_hint_is_followed_as_by_the_library(visit):
    page = visit(viewport={"width": 900, "height": 1200})
    choose(page, COMMONS[5])
    page.get_by_role("button", name="I know a colour").click()
    choices = page.locator(".hint-colors button")
    expect(choices).to_have_count(6)
    box = page.locator(".compare").bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"] + 1, box["y"] + 0.6 * box["height"] + 1)
    expect(page.get_by_label("place, across")).to_have_value("25")
    status = page.locator(".stage > [role=status]")
    status.evaluate("element => element.textContent = ''")
    page.get_by_label("another colour").evaluate(
        """element => (element.value = "#c02040", element.dispatchEvent(new Event("change")))"""
    )
    expect(status).to_contain_text(DONE, timeout=60_000)
    seconds = float(re.search(r"in ([\d.]+) s", status.inner_text())[1])
    print(f"{seconds} s with a hint")
    photo, colorizer = Image.open(COMMONS[5]), Colorizer.load("unet_hints")
    wide, high = photo.size
    place = [float(page.get_by_label(f"place, {way}").input_value()) for way in ("across", "down")]
    told = (place[0] / 100 * wide, place[1] / 100 * high, "#c02040")
    ab, psnr = apart(shown(page), colorizer.colorize(photo, hints=[told]))
    assert ab <= 0.5 and psnr >= 45
    assert apart(shown(page), colorizer.colorize(photo))[0] > 2, "the hint changed nothing"
    page.get_by_role("button", name="take the last hint back").click()
    expect(page.locator(".marks span:not(.ring)")).to_have_count(0)


def test_the_colors_to_choose_from_are_the_librarys(visit):
    page = visit()
    choose(page, COMMONS[5])
    page.get_by_role("button", name="I know a colour").click()
    found = []
    for button in page.get_by_role("button", name="likely colour").all():
        style = button.evaluate("element => getComputedStyle(element).backgroundColor")
        found.append([int(level) for level in re.findall(r"\d+", style)])
    colorizer = Colorizer.load("unet_hints")
    photo = np.asarray(Image.open(COMMONS[5]).convert("RGB"))
    told = colorizer.inputs(photo[None])
    logits = np.asarray(colorizer.network(told, training=False)["logits"])[0]
    y, x = photo.shape[0] // 2, photo.shape[1] // 2
    row, column = y * logits.shape[0] // photo.shape[0], x * logits.shape[1] // photo.shape[1]
    lightness = lab.to_lab(photo)[y, x, 0]
    colors, _ = bins.suggested(logits[row, column], lightness)
    seen = np.c_[np.full(len(colors), lightness), colors].astype("float32")
    expected = lab.to_rgb(lab.fit_gamut(seen)[None])[0]
    assert len(found) == len(expected) == 6
    assert np.abs(np.array(found) - expected).max() <= 6


def test_a_hint_by_keyboard(visit):
    page = visit()
    choose(page, COMMONS[6])
    page.get_by_role("button", name="I know a colour").press("Enter")
    page.get_by_label("place, down").press("End")
    expect(page.get_by_label("place, down")).to_have_attribute("aria-valuetext", "99.5 %")
    before = shown(page)
    page.get_by_role("button", name="likely colour 2").press("Enter")
    expect(page.locator(".marks span:not(.ring)")).to_have_count(1)
    for _ in range(60):
        if (changed := apart(shown(page), before)[0]) > 0.1:
            break
        page.wait_for_timeout(500)
    assert changed > 0.1
    assert not violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_finished_page_on_a_phone(visit, scheme):
    page = visit(color_scheme=scheme, viewport={"width": 390, "height": 800}, has_touch=True)
    page.get_by_role("button", name="valley").tap()
    status = page.locator(".stage > [role=status]")
    expect(status).to_contain_text("valley: 342x287", timeout=120_000)
    page.locator(".compare").scroll_into_view_if_needed()
    box = page.locator(".compare").bounding_box()
    page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    divider = page.get_by_role("slider", name="black and white")
    assert abs(int(divider.input_value()) - 25) <= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
