"""YAML is read as it was written, with the line of every place and every mistake named."""

import pytest

from flows.documents import read_document


def test_values_stay_as_they_were_written() -> None:
    document, defects = read_document("a.yaml", "a: 1990.50\nb: [yes, 1-5, ~]\nc: {on: 2027-12-31}\n")
    assert defects == ()
    assert document.data == {"a": "1990.50", "b": ["yes", "1-5", None], "c": {"on": "2027-12-31"}}


def test_every_place_knows_its_line_or_that_of_the_nearest_place_around_it() -> None:
    document, _ = read_document("a.yaml", "# x\na:\n  - b: 1\n    c: |\n      text\n")
    lines = {("a",): 2, ("a", 0): 3, ("a", 0, "c"): 4, ("a", 0, "c", "d"): 4, ("z",): 2}
    assert {path: document.line(path) for path in lines} == lines


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_is_no_defect(text: str) -> None:
    document, defects = read_document("a.yaml", text)
    assert defects == ()
    assert not document.data
    assert document.line(("a",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: [1\nb: 2\n", 2, "did not find"),
        ('a: 1\nb: "open\n', 2, "quoted scalar"),
        ("a: 1\n\tb: 2\n", 2, "tab character"),
        ("a: \x00\n", 1, "does not allow"),
        ("{a: 1}: 2\n", 1, "not a word"),
        ("a: &x [1]\nb: *x\n", 2, "alias"),
        ("a: 1\n---\nb: 2\n", 2, "document"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, problem: str) -> None:
    _, defects = read_document("a.yaml", text)
    assert [(defect.file, defect.line) for defect in defects] == [("a.yaml", line)]
    assert problem in defects[0].problem
    assert defects[0].remedy


def test_a_small_file_cannot_grow_without_end() -> None:
    text = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)}, ' * 9}]\n" for n in range(12))
    document, defects = read_document("a.yaml", text)
    assert len(str(document.data)) < 10_000
    assert defects
