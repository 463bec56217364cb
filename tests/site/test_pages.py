"""The read-only pages say what their sources say, and what they refer to exists."""

import json
import re
from pathlib import Path

import av
import pytest
from pybtex.database import parse_file

from book._ext import book_films
from colorlib.colorizer import SHIPPED
from colorlib.designs import DESIGNS
from colorlib.metrics import METRICS
from tools import ROOT
from tools.classroom import exercises
from tools.measure import results, systems
from tools.site import pages

BOOK = ROOT / "book"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def prose():
    """Every page's text by file name; of notebooks the Markdown cells."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")}
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts[path.name] = "\n\n".join(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        )
    return texts


def test_films_of_the_pages_are_short_silent_and_described():
    shown = []
    for name, text in prose().items():
        for stem, alt in re.findall(r"^```\{film\} ([\w-]+)\n:alt: (.+)$", text, re.MULTILINE):
            assert len(alt.split()) >= 10, name
            poster, source = (
                ROOT / book_films.FOLDER / f"{stem}.{kind}" for kind in ("jpg", "mp4")
            )
            assert poster.exists() and source.stat().st_size < 1e6
            with av.open(str(source)) as film:
                assert not film.streams.audio and film.duration > 2e6
            shown.append(stem)
    assert sorted(shown) == sorted(path.stem for path in (ROOT / book_films.FOLDER).glob("*.mp4"))
    video = book_films.markup("friday", 'says "hello"', "../_static/films")
    assert {"controls", "muted", "playsinline", 'preload="none"'} <= set(video.split())
    assert 'aria-label="says &quot;hello&quot;"' in video


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (results.write_results_page, "results.md"),
        (pages.write_credits_page, "credits.md"),
        (pages.write_runtimes_page, "runtimes.md"),
        (pages.write_syllabus_page, "syllabus.md"),
        (pages.write_teaching_page, "teaching.md"),
        (pages.write_systems_page, "systems.md"),
    ],
)
def test_a_generated_page_is_in_step_with_its_sources(write, name, tmp_path):
    write(tmp_path)
    assert (BOOK / name).read_text(encoding="utf-8") == (tmp_path / name).read_text(
        encoding="utf-8"
    ), f"book/{name} is stale: make results pages"


def test_the_results_page_shows_every_metric_once():
    assert sorted(sum(results.TABLES, ())) == sorted(METRICS)


def test_the_table_and_the_sheet_show_all_systems():
    found = json.loads((results.PUBLISHED / "systems.json").read_text(encoding="utf-8"))
    once = [name for name in found["cost"] if not systems.untitled(name)[1]]
    assert set(once) == {*systems.LITERAL, *systems.KIT}
    assert found["sheet"]["rows"] == ["grey", *once, "true"]
    assert 1e5 < systems.SHEET.stat().st_size < 4e5
    text = (BOOK / "systems.md").read_text(encoding="utf-8")
    files = {path.stem for path in (ROOT / "colorlib" / "designs").glob("[!_]*.py")}
    for name in ({*DESIGNS} & files) - {"unet", "unet_whole"}:
        assert f"`colorlib/designs/{name}.py`" in text
    assert "<<" not in text


def test_the_pictures_are_of_the_shipped_weights():
    made = json.loads((BOOK / "results" / "invented.json").read_text(encoding="utf-8"))
    shipped = json.loads(Path(f"{SHIPPED['unet']}.json").read_text(encoding="utf-8"))
    assert made["weights"] == shipped["sha256"], "the picture is stale: make pages"
    ethics = (BOOK / "ethics.md").read_text(encoding="utf-8")
    for photo in made["photos"]:
        # A name may go on after a dash, or end in an address.
        author = re.split(r" - | \(", photo["author"])[0]
        assert author in " ".join(ethics.split()), f"{photo['file']} is shown without its author"


def test_every_photo_is_credited():
    credits = (BOOK / "credits.md").read_text(encoding="utf-8")
    numbers = re.findall(r"\b(\d{4})\b(?=\]\(|, | \(from)", credits)
    files = {path.stem.removeprefix("commons-") for path in pages.photoset.BUNDLED.glob("*.jpg")}
    assert files <= set(numbers)
    assert "cropped" in credits and "resized" in credits
    (people,) = re.findall(r"by (\d+) people", credits)
    assert f"[{people} people](credits.md)" in (BOOK / "welcome.md").read_text(encoding="utf-8")


def test_every_chapter_has_its_run_time():
    times = json.loads(pages.RUNTIMES.read_text(encoding="utf-8"))
    for tier, found in times.items():
        assert set(found["seconds"]) == {path.stem for path in NOTEBOOKS}, (
            f"run again: python -m tools.site.pages --time {tier}"
        )


def rows(table):
    """The cells of a Markdown table's rows, without its head."""
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in table[2:]]


def test_plans_add_up():
    """Each plan fills its hours, and a row begins when the one before it ends."""
    text = (BOOK / "syllabus.md").read_text(encoding="utf-8")
    tables = [part.splitlines() for part in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]
    plans = [table for table in tables if table[0].startswith("| from |")]
    lengths = []
    for plan in plans:
        clock = 0
        for start, minutes, *_ in rows(plan):
            assert start == f"{clock // 60}:{clock % 60:02d}", plan[0]
            clock += int(minutes)
        lengths.append(clock)
    assert lengths == [120, 180, 180, 120]
    sessions = rows(next(table for table in tables if table[0].startswith("| session |")))
    assert len(sessions) * lengths[-1] == 12 * 60
    for row in (row for plan in plans for row in rows(plan) if "Practice: " in row[2]):
        assert int(re.search(r"\((\d+) min\)", row[2])[1]) <= int(row[1]), "too little time"
    slot = next(int(minutes) for _, minutes, what in rows(plans[-1]) if "Practice" in what)
    for *_, practice, _ in sessions:
        assert practice == "none" or int(re.search(r"\((\d+) min", practice)[1]) <= slot


def test_plans_name_sections_that_exist():
    text = " ".join((BOOK / "syllabus.md").read_text(encoding="utf-8").split())
    named = re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", text)
    headings = re.findall(r"^#+ (.+)$", "\n".join(prose().values()), re.MULTILINE)
    assert len(named) >= 4
    assert set(named) <= set(headings)


def test_notes_list_every_exercise_and_no_cell_for_instructors():
    text = (BOOK / "teaching.md").read_text(encoding="utf-8")
    for each in exercises.of_the_book():
        assert f"| {each.number} {each.title} | {each.kind} | {each.marks or ''} |" in text
        notes = each.notes.removeprefix("**For the instructor.**")
        assert not any(line in text for line in notes.splitlines() if len(line.split()) > 5)
    assert text.count("**Goals.**") == len(NOTEBOOKS) - 1
    assert "<<" not in text + (BOOK / "syllabus.md").read_text(encoding="utf-8")


def test_everything_cited_is_in_the_bibliography_and_everything_there_is_cited():
    entries = set(parse_file(BOOK / "references.bib").entries)
    cited = {
        key.strip()
        for text in prose().values()
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", text)
        for key in keys.split(",")
    }
    assert cited == entries


def test_bibliography_entries_are_complete():
    for key, entry in parse_file(BOOK / "references.bib").entries.items():
        assert entry.persons.get("author"), key
        assert {"title", "year"} <= set(entry.fields), key
        venues = {"journal", "booktitle", "publisher", "institution", "howpublished"}
        assert (venues | {"note", "url"}) & set(entry.fields), key


def glossary():
    """The glossary as a dict from term to definition."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    (body,) = re.findall(r"```\{glossary\}\n(.*?)```", text, re.DOTALL)
    return dict(re.findall(r"^(\S.*)\n((?:  .*\n)+)", body, re.MULTILINE))


def test_the_glossary_is_short_sorted_and_leads_to_a_page():
    terms = glossary()
    assert 40 <= len(terms) <= 80
    assert list(terms) == sorted(terms, key=str.casefold)
    for term, definition in terms.items():
        links = re.findall(r"\]\(([^)]+)\)", definition)
        assert links, f"{term} leads nowhere"
        said = re.sub(r"(See )?\[[^\]]+\]\([^)]+\)\.", "", definition)
        assert len(re.findall(r"[.:]\s", said)) <= 3, f"{term} is explained at length"


def test_every_term_of_the_glossary_is_used():
    text = " ".join(
        " ".join(page.split()) for name, page in prose().items() if name != "glossary.md"
    ).casefold()
    unused = [term for term in glossary() if term.casefold() not in text]
    assert not unused


def test_the_names_in_the_notation_are_the_librarys():
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "colorlib").rglob("*.py")
    )
    table = (BOOK / "notation.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row[1])]
    assert len(names) > 30
    for name in names:
        for word in re.findall(r"[A-Za-z_]\w{2,}", name.removeprefix("colorlib.")):
            assert re.search(rf"\b{word}\b", sources), f"{word} is no name of the library"


def test_published_hints_gain_and_are_kept():
    """Each further hint gains, a hundred at least 5 dB; a hint's own pixels are near it."""
    measured = json.loads((results.PUBLISHED / "hints.json").read_text(encoding="utf-8"))
    assert measured["another set"]["photos"] == 200 == measured["another set"]["single hints"]
    for found in measured.values():
        gain = [each["mean"] for each in found["gain"]["random"].values()]
        assert gain == sorted({*gain}) and gain[-1] >= 5
        assert found["distance"]["random"]["told"] <= 5
        assert found["distance"]["random"]["turned"] <= 12
