"""`make address`: say in every place where this copy of the kit is published.

    python -m tools.site.address https://github.com/someone/kit

`_config.yml` names the repository. What was made from it, such as the students' notebooks, holds
that address too, and with it those of the site and of single files. All are rewritten together.
"""

import argparse
import re
import sys

from tools.site import book

PLACES = ("*.md", "*.toml", "_config.yml", "book/**/*.md*", "notebooks/**/*.ipynb")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="of the repository on GitHub")
    url = re.sub(r"(\.git)?/*$", "", parser.parse_args(arguments).url)
    if not re.fullmatch(r"https://github\.com/[\w-]+/[\w.-]+", url):
        sys.exit(f"{url}: is no repository's address; it looks like https://github.com/someone/kit")
    print(f"{rewrite(url)} places now say {url}")


def rewrite(url):
    """Put a repository's address in the place of the present one; how many places changed."""
    old, new = map(book.addresses, (book.repository(), url))
    # Not the beginning of a longer name.
    present = re.compile("|".join(f"{re.escape(address)}(?![\\w-])" for address in old))
    meant, changed = dict(zip(old, new, strict=True)), 0
    if old == new:
        return changed
    for path in sorted({path for place in PLACES for path in book.ROOT.glob(place)}):
        text = path.read_text(encoding="utf-8")
        text, count = present.subn(lambda found: meant[found[0]], text)
        if count:
            path.write_text(text, encoding="utf-8")
        changed += count
    return changed


if __name__ == "__main__":
    main()
