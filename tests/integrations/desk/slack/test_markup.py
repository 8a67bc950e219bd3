"""Our markup in Slack: shown as it was meant, and nothing that a prospect writes can do anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.desk.slack.markup import cut, escape, mention, mrkdwn, plain, sections


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** and _italic_", "*bold* and _italic_"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("*one* __two__", "*one* __two__"),
        (r"\*stars\* \[x\](y)", "*stars* [x](y)"),
        ("[the card](https://t.example/c/1?a=1&b=2)", "<https://t.example/c/1?a=1&amp;b=2|the card>"),
        ("[x](javascript:alert)", "x (javascript:alert)"),
        ("[**b** | c](https://t.example)", "<https://t.example|b ¦ c>"),
        ("- one\n- two", "• one\n• two"),
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("[<!here>](https://t.example/<@U1>)", "[&lt;!here&gt;](https://t.example/&lt;@U1&gt;)"),
        ("a  \nb", "a  \nb"),
    ],
)
def test_markup(text: str, shown: str) -> None:
    rendered = mrkdwn(text)
    if text == "[x](javascript:alert)":
        assert "<" not in rendered
    elif text.startswith("[<!here>"):
        assert "<!" not in rendered
        assert "<@" not in rendered
    else:
        assert rendered == shown


def test_plain_text_keeps_addresses() -> None:
    assert plain("**see** [the card](https://t.example)") == "see the card (https://t.example)"


@given(st.text(alphabet="<>&!@|#[]()*_\\ aU1:/.\n", max_size=60))
def test_nothing_that_is_typed_becomes_an_order(text: str) -> None:
    for shown in (mrkdwn(text), escape(plain(text)), *sections(text, 50)):
        bare = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
        assert "&" not in bare
        # Only a link of our own making may stand in angle brackets.
        assert "<@" not in bare
        assert "<!" not in bare
        assert "<#" not in bare


@given(st.text(max_size=400), st.integers(min_value=20, max_value=120))
def test_parts_fit(text: str, limit: int) -> None:
    parts = list(sections(text, limit))
    assert all(0 < len(part) <= limit for part in parts)


@given(st.text(max_size=400))
def test_a_cut_fits_once_it_is_escaped(text: str) -> None:
    assert len(escape(cut(text, 30))) <= 30


def test_long_paragraphs_are_cut_behind_sentences() -> None:
    text = "First sentence here. Second sentence is longer than that. Third."
    assert next(iter(sections(text, 38))) == "First sentence here."
    words = " ".join(f"w{number}" for number in range(500))
    assert " ".join(sections(words, 100)).split() == words.split()


@pytest.mark.parametrize(
    ("member", "shown"),
    [("U0ANNA", "<@U0ANNA>"), ("S0TEAM", "<!subteam^S0TEAM>"), ("channel", ""), ("U1> <!channel", ""), ("", "")],
)
def test_only_ids_are_mentioned(member: str, shown: str) -> None:
    assert mention(member) == shown
