"""The price book: which price of a product holds on a day, and which products a text speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import get_currency_precision

from flows.model import Money
from knowledge.models import Knowledge, PriceList, Product
from knowledge.shelf import Shelf
from knowledge.stems import stems


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price as it stands in a list: `source` is the `id@version` that every amount said carries."""

    id: str
    version: str
    price: Money
    tax: Mapping[str, str]
    valid_until: date

    @property
    def source(self) -> str:
        """The row and the version of its list."""
        return f"{self.id}@{self.version}"


class PriceBook:
    """All price lists. Amounts are whole minor units: no list holds a fraction of a kopeck, so nothing is rounded."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._shelf = Shelf(knowledge.products)
        self._rows: dict[str, list[tuple[date, PriceRow]]] = {}
        for prices in knowledge.prices:
            for row, found in _rows(prices).items():
                self._rows.setdefault(row, []).append((prices.valid_from, found))

    def row(self, product: str, at: date) -> PriceRow | None:
        """The price that holds on a day; None when no list of that day has one."""
        for valid_from, row in self._rows.get(product, ()):
            if valid_from <= at <= row.valid_until:
                return row
        return None

    def prices(self, at: date, products: Sequence[Product] = ()) -> frozenset[Money]:
        """All prices of a day, or those of some products."""
        wanted = [product.id for product in products] or list(self._rows)
        return frozenset(row.price for one in wanted if (row := self.row(one, at)))

    def find(self, text: str) -> Sequence[Product]:
        """The products that a text names best, in the order of the shelf; empty when it names none.

        The words themselves tell their language, so none has to be given.
        """
        return self._shelf.find(stems(text)).products


def _rows(prices: PriceList) -> dict[str, PriceRow]:
    scale = get_currency_precision(prices.currency)
    return {
        row: PriceRow(
            row, prices.version, Money(int(amount.scaleb(scale)), prices.currency), prices.tax, prices.valid_until
        )
        for row, amount in prices.rows.items()
    }
