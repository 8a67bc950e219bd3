"""What the product says to the people who run it: gettext catalogues, English in the code, Russian beside it."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

LANGUAGES = ("en", "ru")


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's tools find a text that is translated later
    """Mark a text that is translated where it is shown."""
    return message


class Messages:
    """The operator's texts in one language.

    The methods carry gettext's names, by which `pybabel extract` finds the texts; fields are filled as in `str.format`.
    """

    def __init__(self, language: str, catalogue: NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def gettext(self, message: str, **values: object) -> str:
        """The text in this language; English when there is no translation."""
        text = self._catalogue.gettext(message) if message else ""
        return text.format(**values) if values else text

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """The form that the number asks for; `{number}` is filled."""
        return self._catalogue.ngettext(one, many, number).format(number=number, **values)


@cache
def messages(language: str) -> Messages:
    """The texts of a language tag (`ru`, `ru_RU.UTF-8`); English for one that has no catalogue."""
    tag = language.replace("-", "_").split("_")[0].split(".")[0].lower()
    if tag not in LANGUAGES:
        tag = "en"
    source = files("locales") / "operator" / tag / "LC_MESSAGES" / "assistant.mo"
    if not source.is_file():
        return Messages(tag, NullTranslations())
    with source.open("rb") as compiled:
        return Messages(tag, GNUTranslations(compiled))
