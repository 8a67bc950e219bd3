"""Reads the files of the knowledge (given as text), collecting every mistake with its file, line, field and remedy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from babel.numbers import get_currency_precision, is_currency
from pydantic import BaseModel, ValidationError

from flows.documents import Document, Path, read_document
from flows.errors import Defect
from knowledge.destinations import Destinations
from knowledge.models import Company, Faq, Knowledge, PriceList, Product, Products
from knowledge.notices import Rules
from knowledge.parts import duplicates
from knowledge.pipeline import Pipeline
from knowledge.references import bare_amounts, references, unreadable
from knowledge.team import Team

M = TypeVar("M", bound=BaseModel)

COMPANY: Final = "company"
PRODUCTS: Final = "products"
PRICES: Final = "prices"
FAQ: Final = "faq"
DESTINATIONS: Final = "destinations"
TEAM: Final = "team"
NOTICES: Final = "notices"
TRACKERS: Final = "trackers"
_NOBODY: Final = Company(name={})
_REMEDIES: Final[Mapping[str, str]] = {
    "extra_forbidden": "Remove it, or check its spelling",
    "missing": "Add it",
    "decimal_parsing": "Write digits with a point before the kopecks, such as 1990.50, without blanks or a sign",
    "date_from_datetime_parsing": "Write the day as 2027-12-31",
    "string_pattern_mismatch": "Use small Latin letters, digits and hyphens; a currency is three capitals",
    "string_too_long": "Shorten it: a message holds 600 characters",
    "literal_error": "Use one of the words named",
    "hours": "Write hours as 09:00-19:00, and several as 09:00-13:00, 14:00-18:00",
    "email": "Write the e-mail that the person signs in with",
}


def load_knowledge(files: Mapping[str, str]) -> tuple[Knowledge, tuple[Defect, ...]]:
    """`files` maps a name such as `knowledge/prices.yaml` to its text; every `prices*.yaml` is a price list.

    Returns what is usable and all that is wrong with the rest. A file that is not there knows nothing.
    """
    reader = _Reader(files)
    company = reader.one(COMPANY, Company, _NOBODY)
    products = reader.one(PRODUCTS, Products, Products())
    faq = reader.one(FAQ, Faq, Faq(version="0"))
    lists = [reader.read(file, PriceList) for file in reader.named(PRICES)]
    kept = [(document, prices) for document, prices in lists if prices is not None]
    ids = reader.sound(PRODUCTS, (product.id for product in products.products))
    entries = reader.sound(FAQ, (entry.id for entry in faq.entries))
    rows = reader.sound(PRICES, (row for _, prices in kept for row in prices.rows))
    reader.defects += _product_defects(reader.document(PRODUCTS), products, entries)
    for document, prices in kept:
        reader.defects += _price_defects(document, prices, ids)
    reader.defects += _overlaps(kept)
    reader.defects += _faq_defects(reader.document(FAQ), faq, rows)
    destinations = reader.one(DESTINATIONS, Destinations, Destinations({}))
    team = reader.one(TEAM, Team, Team())
    shelves = reader.sound(PRODUCTS, products.groups)
    reader.defects += _team_defects(
        reader.document(TEAM), team, None if ids is None or shelves is None else ids | shelves
    )
    rules = reader.one(NOTICES, Rules, Rules())
    pipeline = reader.one(TRACKERS, Pipeline, Pipeline())
    knowledge = Knowledge(company, products, [prices for _, prices in kept], faq, destinations, team, rules, pipeline)
    return knowledge, _sorted(reader.defects)


def _sorted(defects: Sequence[Defect]) -> tuple[Defect, ...]:
    return tuple(sorted(defects, key=lambda defect: (defect.file, defect.line)))


class _Reader:
    """The files of one folder, found by the first word of their names."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._documents: dict[str, Document] = {}
        self._lost: set[str] = set()
        self.defects: list[Defect] = []

    def sound(self, stem: str, names: Iterable[str]) -> frozenset[str] | None:
        """The names that other files may use; None when a file of that kind is lost, and nothing can be said."""
        return None if self._lost.intersection(self.named(stem)) else frozenset(names)

    def named(self, stem: str) -> list[str]:
        """The files `stem.yaml`, `stem-more.yaml`, … in order."""
        names = {file: file.rpartition("/")[2].removesuffix(".yaml") for file in self._files if file.endswith(".yaml")}
        return sorted(file for file, name in names.items() if name == stem or name.startswith(f"{stem}-"))

    def document(self, stem: str) -> Document:
        """The file as it was read."""
        files = self.named(stem)
        return self._documents[files[0]] if files else Document("", {}, {})

    def one(self, stem: str, model: type[M], nothing: M) -> M:
        """The one file of that name, or `nothing`."""
        files = self.named(stem)
        found = self.read(files[0], model)[1] if files else None
        for file in files[1:]:
            self.defects.append(Defect(file, 0, stem, "a second file of this kind", f"Move its lines into {files[0]}"))
        return nothing if found is None else found

    def read(self, file: str, model: type[M]) -> tuple[Document, M | None]:
        """One file; None when it does not fit the model."""
        document, broken = read_document(file, self._files[file])
        self._documents[file] = document
        self.defects += broken
        if broken and not document.data:
            self._lost.add(file)
            return document, None
        try:
            return document, model.model_validate(document.data)
        except ValidationError as error:
            self.defects += _explained(document, error)
            self._lost.add(file)
            return document, None


def _explained(document: Document, error: ValidationError) -> Iterator[Defect]:
    for complaint in error.errors(include_url=False, include_context=False):
        path = tuple(part for part in complaint["loc"] if part != "[key]")
        remedy = _REMEDIES.get(complaint["type"], "Write it as docs/texts.md shows")
        yield _defect(document, path, complaint["msg"].removeprefix("Value error, "), remedy)


def _product_defects(document: Document, products: Products, entries: frozenset[str] | None) -> Iterator[Defect]:
    seen: set[str] = set()
    for index, product in enumerate(products.products):
        path = (PRODUCTS, index)
        if product.id in seen:
            yield _defect(document, (*path, "id"), f"{product.id} is there twice", "Give one of them another id")
        seen.add(product.id)
        yield from _unknown(document, path, product, products)
        if product.faq and entries is not None and product.faq not in entries:
            yield _defect(document, (*path, "faq"), f"no question {product.faq}", "Name an id of faq.yaml")


def _unknown(document: Document, path: Path, product: Product, products: Products) -> Iterator[Defect]:
    for number, group in enumerate(product.groups):
        if group not in products.groups:
            known = ", ".join(products.groups) or "none yet"
            yield _defect(document, (*path, "groups", number), f"no group {group}", f"Use one of: {known}")
    if product.unit not in products.units:
        known = ", ".join(products.units)
        yield _defect(document, (*path, "unit"), f"no unit {product.unit}", f"Use one of: {known}")


def _price_defects(document: Document, prices: PriceList, ids: frozenset[str] | None) -> Iterator[Defect]:
    if not is_currency(prices.currency):
        yield _defect(document, ("currency",), f"no currency {prices.currency}", "Use a code such as RUB, EUR or USD")
        return
    if prices.valid_until < prices.valid_from:
        yield _defect(document, ("valid_until",), "the list ends before it begins", "Correct one of the two days")
    digits = get_currency_precision(prices.currency)
    for row, amount in prices.rows.items():
        if ids is not None and row not in ids:
            yield _defect(document, ("rows", row), "no product has this id", "Use an id of products.yaml, or remove it")
        if amount != round(amount, digits):
            problem = f"{prices.currency} has {digits} digits after the point"
            yield _defect(document, ("rows", row), problem, "Round the amount")


def _overlaps(lists: Sequence[tuple[Document, PriceList]]) -> Iterator[Defect]:
    for number, (document, prices) in enumerate(lists):
        for other, earlier in lists[:number]:
            if prices.valid_from > earlier.valid_until or earlier.valid_from > prices.valid_until:
                continue
            for row in prices.rows.keys() & earlier.rows.keys():
                remedy = f"Remove one, or end the other list ({other.file}) before this one begins"
                yield _defect(document, ("rows", row), "two prices are valid at once", remedy)


def _faq_defects(document: Document, faq: Faq, rows: frozenset[str] | None) -> Iterator[Defect]:
    seen: set[str] = set()
    for index, entry in enumerate(faq.entries):
        path = ("entries", index)
        if entry.id in seen:
            yield _defect(document, (*path, "id"), f"{entry.id} is there twice", "Give one of them another id")
        seen.add(entry.id)
        for locale, text in entry.answer.items():
            place = (*path, "answer", locale)
            for bad in unreadable(text):
                remedy = "Write {{ price('product-id') | money }}, and nothing else in braces"
                yield _defect(document, place, f"{bad} cannot be read", remedy)
            for row in references(text):
                if rows is not None and row not in rows:
                    yield _defect(document, place, f"no price list has {row}", "Add its row, or name another product")
            for amount in bare_amounts(text):
                remedy = "Take it from the price list: {{ price('product-id') | money }}"
                yield _defect(document, place, f"the amount {amount} stands in the text", remedy)


def _team_defects(document: Document, team: Team, known: frozenset[str] | None) -> Iterator[Defect]:
    for index in duplicates([rep.email for rep in team.people]):
        email = team.people[index].email
        yield _defect(document, ("people", index, "email"), f"{email} is there twice", "Keep one of the two")
    for index, rep in enumerate(team.people):
        for number, name in enumerate(rep.products):
            if known is not None and name not in known:
                path = ("people", index, "products", number)
                yield _defect(document, path, f"no product or group {name}", "Use an id or a group of products.yaml")
    low, high = team.waiting.expected
    if low > high:
        yield _defect(
            document, ("waiting", "expected"), "the range ends before it begins", "Write the shorter time first"
        )
    if team.waiting.at_least > team.waiting.at_most:
        problem = "the shortest wait is longer than the longest"
        yield _defect(document, ("waiting", "at_least"), problem, "Correct one of the two")


def _defect(document: Document, path: Sequence[str | int], problem: str, remedy: str) -> Defect:
    return Defect(document.file, document.line(path), ".".join(map(str, path)), problem, remedy)
