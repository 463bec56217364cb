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
