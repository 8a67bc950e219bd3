"""What goes wrong when a text is to be said."""

from dataclasses import dataclass

from flows.errors import AssistantError


@dataclass
class UnsayableError(AssistantError):
    """A value that a filter cannot put into words; the value itself may be private and is not kept."""

    wanted: str

    def __str__(self) -> str:
        """Say what the filter takes."""
        return f"the filter takes {self.wanted}"


@dataclass
class TextError(AssistantError):
    """A text that cannot be said: there is none under this key, or its values do not fit it."""

    locale: str
    key: str
    problem: str

    def __str__(self) -> str:
        """Name the key, the language and what to do."""
        return f"text {self.key!r} in {self.locale!r}: {self.problem}. `assistant check` names the file and the line"
