"""Texts come out as they were meant, in pieces that Telegram takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.telegram_html import bold, cut, fits, formatted, messages, units
from tests.fakes.telegram_rules import plain_html, utf16


@pytest.mark.parametrize(
    ("text", "html", "plain"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d", "a < b & c > d"),
        ("от **5 000 ₽**", "от <b>5 000 ₽</b>", "от 5 000 ₽"),
        ("_сегодня_", "<i>сегодня</i>", "сегодня"),
        ("**важно: _очень_**", "<b>важно: <i>очень</i></b>", "важно: очень"),
        ("**<b>**", "<b>&lt;b&gt;</b>", "<b>"),
        (
            "[сайт](https://x.ru/?a=1&b=2)",
            '<a href="https://x.ru/?a=1&amp;b=2">сайт</a>',
            "сайт (https://x.ru/?a=1&b=2)",
        ),
        ("[a](tel:123)", "a (tel:123)", "a (tel:123)"),
        ("- раз\n- два", "• раз\n• два", "• раз\n• два"),
        ("  - раз", "  • раз", "  • раз"),
    ],
)
def test_markup_becomes_tags(text: str, html: str, plain: str) -> None:
    made = formatted(text)
    assert (made.html, made.plain) == (html, plain)


@pytest.mark.parametrize(
    "text",
    [
        "100*200*300 мм",
        "snake_case_name и __init__",
        "a * b",
        "2 - 3",
        "**не закрыто",
        "[не ссылка]",
        "[x](javascript:alert(1))",
        "    четыре пробела",
        "# не заголовок",
        "1. раз\n2. два",
        "> не цитата",
        "`код`",
        "строка\nстрока  \n\n\nи ещё",
        "<script>",
        "&amp;",
    ],
)
def test_the_rest_is_meant_literally(text: str) -> None:
    made = formatted(text)
    assert made.plain == text
    assert not made.tagged
    assert plain_html(made.html) == text


def test_backslashes_take_the_meaning_away() -> None:
    assert formatted(r"Иван \*\*Грозный\*\* \_И\_ \[x\]\(y\)").plain == "Иван **Грозный** _И_ [x](y)"


@given(st.text(max_size=200))
def test_no_text_makes_html_that_telegram_refuses(text: str) -> None:
    made = formatted(text)
    seen = plain_html(made.html)
    assert made.tagged or seen == made.plain


def test_length_is_measured_in_utf16() -> None:
    assert [units(text) for text in ("a", "ё", "👋", "👋🏽", "🇷🇺")] == [1, 1, 2, 4, 4]
    assert fits("👋" * 2048, 4096)
    assert not fits("👋" * 2049, 4096)


def test_a_text_of_exactly_the_limit_is_one_message() -> None:
    assert len(messages("x" * 4096, 4096)) == 1
    assert len(messages("x" * 4097, 4096)) == 2


def test_long_texts_are_cut_between_paragraphs() -> None:
    paragraphs = [f"**{number}** " + "слово " * 100 for number in range(20)]
    made = messages("\n\n".join(paragraphs), 4096)
    assert len(made) > 2
    assert all(message.plain[0].isdigit() for message in made)
    assert all(message.tagged for message in made)
    whole = "\n\n".join(message.plain for message in made)
    assert whole.split() == " ".join(paragraphs).replace("**", "").split()


def test_a_long_paragraph_is_cut_between_lines_then_sentences_then_words() -> None:
    by_lines = messages("\n".join(["строка " * 10] * 100), 1000)
    assert all(message.plain.startswith("строка") and message.plain.rstrip().endswith("строка") for message in by_lines)
    by_sentences = messages("Это предложение. " * 200, 1000)
    assert all(message.plain.endswith(".") for message in by_sentences)
    by_words = messages("слово " * 500, 1000)
    assert {word for message in by_words for word in message.plain.split()} == {"слово"}


def test_the_head_stands_in_the_first_message_only() -> None:
    made = messages("абзац\n\n" * 1000, 4096, bold("Мария <3"))
    assert made[0].html.startswith("<b>Мария &lt;3</b>\nабзац")
    assert not any("Мария" in message.plain for message in made[1:])


@pytest.mark.parametrize("text", ["", " \n ", "\u2003"])
def test_nothing_makes_no_message(text: str) -> None:
    assert messages(text, 4096) == ()


@given(
    st.text(alphabet=st.sampled_from("ab я👋.\n*_-[]()<&\\"), max_size=400),
    st.integers(min_value=8, max_value=60),
)
def test_every_message_is_one_that_telegram_takes(text: str, limit: int) -> None:
    made = messages(text, limit)
    for message in made:
        assert utf16(message.plain) <= limit
        assert message.plain.strip()
        assert message.tagged or plain_html(message.html) == message.plain


@given(st.text(alphabet=st.sampled_from("ab я👋.\n- "), max_size=400), st.integers(min_value=8, max_value=60))
def test_no_word_is_lost_or_doubled(text: str, limit: int) -> None:
    whole = "".join(message.plain for message in messages(text, limit))
    assert "".join(whole.split()) == "".join(formatted(text.strip()).plain.split())


def test_toasts_are_cut_with_a_sign() -> None:
    assert cut("x" * 200, 200) == "x" * 200
    assert cut("x" * 201, 200) == "x" * 199 + "…"
    assert utf16(cut("👋" * 150, 200)) <= 200
