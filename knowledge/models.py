"""What the company knows, as its files give it: products, price lists, questions with answers, and itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field

from knowledge.destinations import Destinations
from knowledge.notices import Rules
from knowledge.parts import STRICT, Id, Line, Phrases, Words, Zone, no_list
from knowledge.pipeline import Pipeline
from knowledge.team import Team


class _Part(BaseModel):
    """A piece of a knowledge file."""

    model_config = STRICT


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
    time_zone: Zone = "Europe/Moscow"
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
        Mapping[str, Annotated[Decimal, Field(ge=0, le=10**12, allow_inf_nan=False)]], BeforeValidator(no_list)
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
    team: Team
    notices: Rules
    pipeline: Pipeline
