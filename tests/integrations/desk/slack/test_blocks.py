"""Posts in Block Kit: within every limit, and nobody is called by a prospect's words."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from flows.desk import Button, Field, Form, Input, Menu, Post, Spot
from flows.errors import Refused
from flows.model import File
from integrations.desk.slack.blocks import home, message, messages
from integrations.desk.slack.controls import action_of, filled, modal
from tests.fakes.slack_reading import called, readable
from tests.fakes.slack_rules import buttons, check_message, check_view

SPOT = Spot("slack", "C1", "1.0")
words = st.text(alphabet="ab<>&*_[]()@!#\\ \n.,", max_size=300)
long = words.map(lambda text: text * 40)
controls = st.one_of(
    st.builds(Button, st.sampled_from(["take_over", "won"]), words.filter(str.strip), words, confirm=words),
    st.builds(Menu, st.just("lost"), words.filter(str.strip), st.just(tuple((str(n), f"n{n}") for n in range(130)))),
)
posts = st.builds(
    Post,
    text=long,
    title=words,
    fields=st.lists(st.builds(Field, words, long), max_size=25).map(tuple),
    small=st.lists(long, max_size=15).map(tuple),
    controls=st.lists(controls, max_size=60).map(tuple),
    speaker=words,
    mention=st.lists(st.sampled_from(["U0ANNA", "<!channel>"]), max_size=1).map(tuple),
)


@given(posts)
@settings(max_examples=30, phases=[Phase.generate])
def test_every_post_is_taken(post: Post) -> None:
    try:
        made = messages(post)
    except Refused:
        assert not any((post.text.strip(), post.title.strip(), post.fields, *map(str.strip, post.small)))
        return
    assert len(made) == 1 or not post.controls
    for one in made:
        check_message(one.params)
        assert set(called(one.params)) <= {"U0ANNA"}
    assert len(list(buttons([*made[-1].blocks]))) == len(post.controls)


@given(st.lists(posts, max_size=6))
@settings(max_examples=10, phases=[Phase.generate])
def test_every_home_is_taken(shown: list[Post]) -> None:
    view = home([*shown, Post("today")])
    check_view(view, "home")


def test_a_card_has_everything_in_its_order() -> None:
    post = Post(
        "wants **200** chairs",
        "Anna & Co",
        (Field("Budget", "300 000 ₽"),),
        ("consent v1",),
        (Button("take_over", "Take over", "c1", "primary"), Button("open", "Card", url="https://t.example/1")),
        mention=("U0ANNA",),
    )
    blocks: list[dict[str, Any]] = list(message(post).blocks)
    assert [block["type"] for block in blocks] == ["header", "section", "section", "section", "context", "actions"]
    assert blocks[0]["text"]["text"] == "Anna &amp; Co"
    assert blocks[2]["text"] == {"type": "mrkdwn", "text": "wants *200* chairs", "verbatim": True}
    assert blocks[3]["fields"][0]["text"] == "*Budget*\n300 000 ₽"
    assert message(post).text == "<@U0ANNA> Anna &amp; Co\nwants 200 chairs"


def test_a_long_text_becomes_several_messages_and_loses_nothing() -> None:
    text = " ".join(f"word{number}" for number in range(6000))
    made = messages(Post(text, speaker="Anna", by="prospect"))
    assert len(made) > 2
    shown = " ".join(readable(one.params) for one in made)
    assert [word for word in shown.split() if word.startswith("word")] == text.split()


def test_what_is_too_long_for_a_card_is_cut_and_its_buttons_are_not() -> None:
    post = Post("x " * 20_000, controls=(Button("take_over", "Take over", "c1"),))
    (made,) = messages(post)
    assert [block["type"] for block in made.blocks][-2:] == ["context", "actions"]
    check_message(made.params)


def test_equal_actions_get_ids_of_their_own() -> None:
    post = Post("x", controls=tuple(Button("retry", "Again", str(number)) for number in range(3)))
    ids = [element["action_id"] for element in buttons([*message(post).blocks])]
    assert ids == ["retry", "retry#2", "retry#3"]
    assert {action_of(one) for one in ids} == {"retry"}
    assert action_of("a#b") == "a#b"


@pytest.mark.parametrize(
    "control",
    [
        Button("a", "A", "v" * 2001),
        Button("", "A"),
        Button("a" * 256, "A"),
        Menu("m", "M", (("v" * 76, "V"),)),
        Menu("m", "M", (("", "V"),)),
    ],
)
def test_what_would_come_back_cut_is_refused(control: Button | Menu) -> None:
    with pytest.raises(Refused):
        message(Post("x", controls=(control,)))


def test_a_link_to_nowhere_is_left_out() -> None:
    post = Post("x", controls=(Button("open", "Open", url="ftp://x"), Button("take_over", "Take", "1")))
    assert [element["action_id"] for element in buttons([*message(post).blocks])] == ["take_over"]


def test_a_file_alone_has_its_name_to_see() -> None:
    (made,) = messages(Post(files=(File("voice", "f1", "<b>.ogg"),)))
    assert readable(made.params) == "📎 <b>.ogg"


FORM = Form(
    "won",
    "A title that is longer than Slack takes",
    "Save",
    (
        Input("amount", "Amount", "number", value="100"),
        Input("reason", "Reason", "choice", (("price", "Price"), ("time", "Time")), "time"),
        Input("who", "Who", "person", optional=True),
        Input("brief", "Brief", "long_text", value="x" * 4000),
        Input("note", "Note"),
    ),
    SPOT,
    "c1",
)


def test_a_form_is_taken_and_comes_back() -> None:
    view: dict[str, Any] = modal(FORM)
    check_view(view, "modal")
    assert len(view["title"]["text"]) <= 24
    state: dict[str, Any] = {
        "values": {
            "amount": {"value": {"type": "number_input", "value": "12.5"}},
            "reason": {"value": {"type": "static_select", "selected_option": {"value": "price"}}},
            "who": {"value": {"type": "users_select", "selected_user": "U0ANNA"}},
            "brief": {"value": {"type": "plain_text_input", "value": None}},
            "note": {"value": {"type": "plain_text_input", "value": "a <b> & c"}},
        }
    }
    back = filled({**view, "state": state}, "slack")
    assert (back.spot, back.value) == (SPOT, "c1")
    assert back.fields == {"amount": "12.5", "reason": "price", "who": "U0ANNA", "brief": "", "note": "a <b> & c"}


@pytest.mark.parametrize("view", [{}, {"state": 1}, {"private_metadata": "{", "state": {"values": {"a": []}}}])
def test_a_broken_form_breaks_nothing(view: dict[str, Any]) -> None:
    assert filled(view, "slack").fields == {}
