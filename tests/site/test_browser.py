"""The built site, as a reader meets it: every page in a browser, light and dark, wide and narrow.

Needs what `make book` built; builds it if the sources have changed since.
"""

import re
from contextlib import contextmanager

import pytest
from browsing import violations
from playwright.sync_api import expect

from tools import ROOT

CHAPTERS = ("notebooks/00_quickstart.html", "notebooks/01_lab.html")
SHARED = ("_static/", "vendor/", "searchindex.js")  # what all pages load
FIRST_VIEW = 2_000_000  # bytes of a page itself and of its pictures, before anyone scrolls


def pages():
    """Every page of the table of contents and those that Sphinx adds, by their addresses."""
    names = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text())
    return [f"{name}.html" for name in (*names, "search", "genindex", "index")]


@pytest.fixture(scope="session")
def contexts(browser):
    """Windows by colour scheme and width, each with a cache of its own for all pages."""
    found = {}
    for scheme in ("light", "dark"):
        for width in (1280, 390):
            found[scheme, width] = browser.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 850}
            )
    return found


@contextmanager
def opened(context, home, name):
    """A page that has finished loading, what went wrong on it, and the sizes of what it fetched."""
    page, wrong, sizes = context.new_page(), [], {}
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def allow(route):
        if route.request.url.startswith((home, "data:", "blob:")):
            return route.continue_()
        wrong.append(f"asks for {route.request.url}")
        return route.abort()

    def note(response):
        if response.status >= 400:
            wrong.append(f"{response.status} {response.url}")
        elif "content-length" in response.headers:
            sizes[response.url.removeprefix(home)] = int(response.headers["content-length"])

    page.route("**/*", allow)
    page.on("response", note)
    page.goto(home + name)
    page.wait_for_load_state("networkidle")
    if page.locator(".math").count():
        page.wait_for_function("window.MathJax?.startup?.promise")
        page.evaluate("MathJax.startup.promise")
    views = page.locator('script[type="application/vnd.jupyter.widget-view+json"]').count()
    if views:
        page.wait_for_function(f"document.querySelectorAll('.widget-subarea').length == {views}")
    yield page, wrong, sizes
    page.close()


@pytest.mark.parametrize("name", pages())
def test_page(contexts, address, name):
    for scheme, home in (("light", f"{address}/"), ("dark", f"{address}/kit/")):
        with opened(contexts[scheme, 1280], home, name) as (page, wrong, sizes):
            assert not wrong, scheme
            assert not violations(page), scheme
            own = {url: size for url, size in sizes.items() if not url.startswith(SHARED)}
            print(f"{name}: {sum(own.values()) / 1e3:.0f} kB of {sum(sizes.values()) / 1e3:.0f}")
            assert sum(own.values()) < FIRST_VIEW, own
        with opened(contexts[scheme, 390], home, name) as (page, wrong, _):
            assert not wrong, f"{scheme}, phone"
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, f"{overflow} pixels too wide for a phone"


@pytest.mark.parametrize("name", ["book/welcome.html", *CHAPTERS])
def test_page_from_a_folder(contexts, published, name):
    with opened(contexts["light", 1280], published.as_uri() + "/", name) as (page, wrong, _):
        assert not wrong
        assert page.locator("article h1").count() == 1


def test_the_look_follows_the_reader(contexts, address):
    """Dark is dark, and the pixels of pictures are the same in both."""
    shades = []
    for scheme in ("light", "dark"):
        with opened(contexts[scheme, 1280], f"{address}/", CHAPTERS[0]) as (page, _, _):
            shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
            shades.append(sum(map(int, re.findall(r"\d+", shade)[:3])))
            picture = page.locator("article figure img").first
            assert picture.evaluate("image => getComputedStyle(image).filter") == "none"
    assert shades[0] > 700 and shades[1] < 150


def test_search_finds_a_chapter(contexts, address):
    with opened(contexts["light", 1280], f"{address}/", "search.html?q=colourfulness") as page:
        result = page[0].locator("#search-results a", has_text="Is it any good?")
        result.first.wait_for(timeout=20_000)
        assert not page[1]


def test_the_theme_can_be_switched_and_stays(contexts, address):
    with opened(contexts["light", 1280], f"{address}/", CHAPTERS[0]) as (page, wrong, _):
        button = page.locator(".theme-switch-button:visible")
        while page.evaluate("document.documentElement.dataset.theme") != "dark":
            button.first.click()
        page.goto(f"{address}/{CHAPTERS[1]}")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.evaluate("localStorage.clear()")
        assert not wrong


def test_paper_shows_the_text_only(contexts, address):
    with opened(contexts["light", 1280], f"{address}/", CHAPTERS[0]) as (page, _, _):
        page.emulate_media(media="print")
        for hidden in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator("article h1")).to_be_visible()
        expect(page.locator("article figure").first).to_be_visible()
