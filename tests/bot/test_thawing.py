"""A thawed value is what it was, but for the price of making it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from subprocess import run
from sys import executable

import pytest

from bot.thawing import thaw, values
from flows.model import Place


@dataclass(frozen=True, slots=True)
class Parcel:
    """One with every kind of field."""

    to: str
    weight: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = field(default=False, kw_only=True)


@pytest.fixture(scope="module", autouse=True)
def _thawed() -> None:
    thaw([Parcel])


def test_it_is_made_compared_hashed_shown_and_replaced_as_before() -> None:
    parcel = Parcel("Ann", 3, urgent=True)
    assert parcel == Parcel(to="Ann", weight=3, notes={}, urgent=True)
    assert parcel != replace(parcel, weight=4)
    assert repr(parcel) == "Parcel(to='Ann', weight=3, notes={}, urgent=True)"
    assert Parcel.__hash__ is not None


def test_no_two_share_what_a_factory_makes() -> None:
    assert Parcel("Ann").notes is not Parcel("Bob").notes


def test_what_is_missing_is_missed() -> None:
    with pytest.raises(TypeError, match="to"):
        Parcel()  # type: ignore[call-arg]


def test_the_words_of_the_product_are_found_where_they_are_defined() -> None:
    found = list(values())
    assert found.count(Place) == 1
    assert Parcel not in found


def test_all_values_of_the_product_can_be_thawed() -> None:
    program = (
        "import bot.service, integrations.channels.telegram.adapter\n"
        "from bot.thawing import thaw, values\n"
        "from flows.model import Contact, Conversation, Address\n"
        "before = Conversation('1', Address('a', 'b', 'c'), 'en', contact=Contact(phone='1'))\n"
        "thaw(values())\n"
        "assert Conversation('1', Address('a', 'b', 'c'), 'en', contact=Contact(phone='1')) == before\n"
        "assert not list(values()), 'a second time there is none left'\n"
    )
    done = run([executable, "-c", program], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
