"""Whatever a press has to tell stands in its button, and comes out of it as it went in."""

import pytest

from flows.desk import Button, Control, Menu
from flows.errors import Refused
from integrations.desk.telegram.keyboards import DATA_BYTES, Press, data_of, keyboard, press_of

HERE = "telegram:-1001234567890:"


@pytest.mark.parametrize(
    "press",
    [
        Press("press", "take_over"),
        Press("press", "take_over", "0123456789abcdef"),
        Press("press", "send_only", f"{HERE}12345678"),
        Press("press", "merge", "0123456789abcdef:fedcba9876543210"),
        Press("confirm", "merge_undo", "0123456789abcdef:fedcba9876543210"),
        Press("press", "lost", "=price|?!*"),
        Press("fill", "lost", "0123456789abcdef", {"reason": "price"}),
        Press("fill", "won", "0123456789abcdef"),
        Press("keep", "brief", "0123456789abcdef", names=("brief",)),
        Press("cancel", "won", "0123456789abcdef", names=("amount", "note")),
        Press("cancel", "lost"),
    ],
)
def test_a_press_comes_out_as_it_went_in(press: Press) -> None:
    data = data_of(press, HERE)
    assert len(data.encode()) <= DATA_BYTES
    assert press_of(data, HERE) == press


@pytest.mark.parametrize("data", ["", "a|1", "~", "~-", "~:", "~=x|", "~*", "~take_over", "take_over:1", "\0~a:b"])
def test_what_is_no_press_is_none(data: str) -> None:
    assert press_of(data, HERE) is None


def test_a_value_that_no_button_can_carry_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        data_of(Press("press", "take_over", "ё" * 40), HERE)
    assert caught.value.state == "invalid"


def shown(controls: tuple[Control, ...]) -> list[list[str]]:
    made = keyboard(controls, HERE)
    assert made is not None
    rows = made["inline_keyboard"]
    assert isinstance(rows, list)
    return [
        [str(button["text"]) for button in row if isinstance(button, dict)] for row in rows if isinstance(row, list)
    ]


def test_buttons_stand_in_rows_and_a_menu_lies_open() -> None:
    controls = (
        Button("take_over", "Take over", "1"),
        Button("won", "Won", "1"),
        Menu("lost", "Lost", (("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"))),
        Button("open", "Open in the dashboard", url="https://example.com"),
    )
    assert shown(controls) == [
        ["Take over", "Won"],
        ["Lost ▾"],
        ["A", "B", "C"],
        ["D"],
        ["Open in the dashboard"],
    ]


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/leads/1", "tg://user?id=7", "javascript:alert(1)", "http://[", "x"]
)
def test_a_link_that_telegram_refuses_does_not_cost_the_post(url: str) -> None:
    assert shown((Button("open", "Open", url=url), Button("won", "Won", "1"))) == [["Won"]]


def test_a_menu_of_a_whole_company_is_cut() -> None:
    people = tuple((f"{number:012x}", f"Colleague {number:04}") for number in range(200))
    rows = shown((Menu("assign", "Assign", people),))
    assert sum(len(row) for row in rows) <= 100


def test_no_controls_no_keyboard() -> None:
    assert keyboard((), HERE) is None


def test_styles_are_telegrams_own() -> None:
    made = keyboard((Button("undo", "Undo", "1", "danger"), Button("x", "X", "1")), HERE)
    assert made == {
        "inline_keyboard": [
            [
                {"text": "Undo", "callback_data": "~undo:1", "style": "danger"},
                {"text": "X", "callback_data": "~x:1"},
            ]
        ]
    }


def test_a_button_without_words_is_refused() -> None:
    with pytest.raises(Refused):
        keyboard((Button("undo", "  ", "1"),), HERE)
