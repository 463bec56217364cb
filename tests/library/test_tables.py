"""Tables read the same to people and to Markdown."""

from colorlib.tables import markdown_table


def test_names_stand_left_and_numbers_right():
    lines = ["| photo | loss |", "| --- | ---: |", "| cat | 0.5 |"]
    assert markdown_table(["photo", "loss"], [["cat", 0.5]]) == "\n".join(lines)


def test_a_column_goes_where_it_is_told():
    assert markdown_table("ab", [], "rl").splitlines() == ["| a | b |", "| ---: | --- |"]
