"""The local search as `assistant knowledge search` shows it: what it found, and the answer in words."""

from datetime import date

from bot.content import Content
from flows.model import Fact, Json
from knowledge.answers import Answerer
from knowledge.understanding.language import guess_language


class LocalSearch:
    """Asks the embedded answerer; `today` picks the valid prices."""

    def __init__(self, content: Content, default_locale: str, today: date) -> None:
        self._catalog = content.catalog
        self._answerer = Answerer(content.knowledge)
        self._default = default_locale
        self._today = today

    def __call__(self, query: str, locale: str) -> dict[str, Json]:
        """The shape of INTERFACE: known or not, and the rows that the answer rests on, best first."""
        fact = self._fact(query, locale)
        sources = fact.sources if fact else ()
        return {
            "query": query,
            "known": fact is not None,
            "confidence": 1.0 if fact else 0.0,
            "hits": [{"id": source.partition("@")[0], "score": 1.0} for source in sources],
        }

    def answer(self, query: str, locale: str) -> str:
        """The words a prospect would read; empty when nothing is known."""
        fact = self._fact(query, locale)
        if fact is None:
            return ""
        text = self._catalog.text(self._locale(query, locale), f"answers.{fact.kind}", fact.params)
        return f"{text}\n({', '.join(fact.sources)})"

    def _fact(self, query: str, locale: str) -> Fact | None:
        return self._answerer.answer(query, self._locale(query, locale), self._today)

    def _locale(self, query: str, locale: str) -> str:
        return locale or guess_language(query) or self._default
