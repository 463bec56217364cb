"""Tables in Markdown, as reports and pages show them."""


def markdown_table(head, rows, align: str | None = None) -> str:
    """Write a table in Markdown.

    Parameters
    ----------
    head : sequence of str
    rows : iterable of sequences
        Cells that are no text are written as `str` writes them.
    align : str, optional
        One letter for each column, ``"l"`` or ``"r"``. Default: names left, numbers right.

    Examples
    --------
    >>> print(markdown_table(["photo", "loss"], [["cat", 0.5]]))
    | photo | loss |
    | --- | ---: |
    | cat | 0.5 |
    """
    rules = ({"l": "---", "r": "---:"}[side] for side in align or "l" + "r" * (len(head) - 1))
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (head, rules, *rows))


def difference(found: dict) -> str:
    """Write a mean difference and its interval: numbers called difference, low and high.

    Examples
    --------
    >>> difference({"difference": 0.5, "low": -0.1, "high": 1})
    '+0.5000 (-0.1000 to +1.0000)'
    """
    return "{difference:+z.4f} ({low:+z.4f} to {high:+z.4f})".format(**found)
