"""Proves what the company says and knows: flows, texts, knowledge and settings, every defect in one list."""

from collections.abc import Mapping

from bot.content import Content
from bot.settings_faults import InvalidSettings
from flows.errors import Defect, Misconfigured
from flows.validation import prove
from flows.validation_texts import prove_texts

_FACT = frozenset({"sources"})
SAID: Mapping[str, frozenset[str]] = {
    "common.group_only": frozenset(),
    "common.options.share": frozenset(),
    "consent.version": frozenset(),
    "answers.price": _FACT | {"name", "price", "unit", "tax", "valid_until", "product"},
    "answers.prices": _FACT | {"rows", "more"},
    "answers.price_unknown": _FACT | {"rows", "more"},
    "answers.product": _FACT | {"name", "about", "whom", "price", "unit", "product"},
    "answers.faq": _FACT | {"text", "entry"},
}
"""Texts that handlers say, and those of the answers' facts, with the values that each is given."""
READ = ("common.options.", "waiting.options.days.", "common.slots.", "commands.", "me.options.purposes.")
"""Labels that are looked up by name: what a prospect may type, and what a value is called."""


def check(content: Content) -> tuple[Defect, ...]:
    """All defects of loaded content. What could not be read is not proved: it would only look incomplete."""
    flows, texts = content.sources.flows, content.sources.locales.values()
    wrong = {defect.file for defect in content.defects}
    found = [*content.defects]
    if wrong.isdisjoint(flows):
        found += prove(content.flows, flows)
        if all(wrong.isdisjoint(files) for files in texts):
            found += prove_texts(content.flows, flows, content.catalog, SAID, READ)
    return content.sources.placed(found)


def settings_defects(error: Misconfigured) -> tuple[Defect, ...]:
    """What is wrong with the settings, in the form of every other defect."""
    faults = error.faults if isinstance(error, InvalidSettings) else (error,)
    return tuple(Defect(".env", 0, fault.setting, fault.reason, fault.remedy) for fault in faults)
