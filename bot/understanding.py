"""The understanding as `assistant understand` shows it: one JSON object in, one out, as if nothing had been asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.bulk import Row, text_of
from bot.settings import Settings
from flows.errors import Refused
from flows.model import Json
from flows.ports.turns import Clock
from knowledge.understanding.language import script_language
from knowledge.understanding.understand import as_json, understand

_REGIONS: Final[Mapping[str, str]] = {"ru": "RU", "en": "US"}
_CURRENCIES: Final[Mapping[str, str]] = {"ru": "RUB", "en": "USD"}


class Understands:
    """Reads rows `{"text", "locale", "region", "now"}`, of which only `text` is needed."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def __call__(self, row: Row) -> Mapping[str, Json]:
        """The shape of INTERFACE. Raises `Refused` for a row that cannot be read."""
        text = text_of(row, "text")
        locale = text_of(row, "locale", "") or script_language(text) or self._settings.default_locale
        own = locale == self._settings.default_locale
        currency = self._settings.currency if own else _CURRENCIES.get(locale, self._settings.currency)
        region = text_of(row, "region", "") or _REGIONS.get(locale, "RU")
        return as_json(understand(text, locale=locale, region=region, now=self._now(row), currency=currency))

    def _now(self, row: Row) -> datetime:
        """The time of the row, in the company's zone when it names none."""
        given, now = text_of(row, "now", ""), self._clock()
        if not given:
            return now
        try:
            moment = datetime.fromisoformat(given)
        except ValueError as error:
            raise Refused(reason="now is no time: write 2026-11-22T10:00:00+03:00", state="invalid") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
