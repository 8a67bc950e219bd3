"""What the company knows, as its files give it: products, price lists, questions with answers, and itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from knowledge.destinations import Destinations

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Line = Annotated[str, Field(min_length=1, max_length=600)]
Words: TypeAlias = Mapping[str, Annotated[str, Field(max_length=600)]]
"""A text by language."""
Phrases: TypeAlias = Mapping[str, tuple[Line, ...]]
"""Ways to say one thing, by language."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def in_language(words: Mapping[str, str], locale: str) -> str:
    """The text in a language; a half-translated file speaks the language it has."""
    return words[locale] if locale in words else next(iter(words.values()), "")


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = "no such time zone"
        raise ValueError(message)
    return name


def _no_list(value: object) -> object:
    """A key with nothing after it is an empty list of rows."""
    return {} if value is None else value


class _Part(BaseModel):
    """A piece of a knowledge file: nothing unknown, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Legal(_Part):
    """The company as contracts name it."""

    name: Words
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""


class Company(_Part):
    """Who we are; times are local to `time_zone`."""

    name: Words
    city: Words = {}
    address: Words = {}
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Moscow"
    working_days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    opens: time = time(9)
    closes: time = time(19)
    legal: Legal | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)


class Group(_Part):
    """A shelf of products that people name as a whole; `overview`: it stands in the answer to "your prices?".

    Beside a word of `never_with`, the words mean something else: a washing machine is no coffee machine.
    """

    name: Words
    words: Phrases = {}
    never_with: Phrases = {}
    overview: bool = True


class Product(_Part):
    """Something sold. `faq` names the entry that answers the price question better than a bare figure."""

    id: Id
    name: Words = Field(min_length=1)
    groups: tuple[str, ...] = ()
    synonyms: Phrases = {}
    unit: str = "piece"
    about: Words = {}
    whom: Words = {}
    faq: str = ""


class Products(_Part):
    """The file of products."""

    units: Mapping[str, Words] = {"piece": {}}
    groups: Mapping[str, Group] = {}
    products: tuple[Product, ...] = ()


class PriceList(_Part):
    """One price list: `rows` are amounts in major units by product; both days are included."""

    version: Annotated[str, Field(pattern=r"^[\w.-]{1,32}$")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    tax: Words = {}
    valid_from: date
    valid_until: date
    rows: Annotated[
        Mapping[str, Annotated[Decimal, Field(ge=0, le=10**12, allow_inf_nan=False)]], BeforeValidator(_no_list)
    ] = {}


class Entry(_Part):
    """A question that people ask, with its answer by language."""

    id: Id
    questions: Phrases
    answer: Mapping[str, Line] = Field(min_length=1)


class Faq(_Part):
    """The file of questions."""

    version: Annotated[str, Field(pattern=r"^[\w.-]{1,32}$")]
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the company knows."""

    company: Company
    products: Products
    prices: Sequence[PriceList]
    faq: Faq
    destinations: Destinations
