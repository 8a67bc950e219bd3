"""One root, and one base for each reaction that an error asks for."""

from dataclasses import dataclass


class AssistantError(Exception):
    """The root of all errors that this product raises on purpose."""


@dataclass
class Retry(AssistantError):
    """It may work later: after `after` seconds, or by the caller's own schedule when None."""

    reason: str
    after: float | None = None

    def __str__(self) -> str:
        """Say why, and when to try again."""
        return self.reason if self.after is None else f"{self.reason}; try again after {self.after:g} s"


@dataclass
class NotSent(Retry):
    """It may work later, and certainly nothing was written: the service was not reached, or turned the call away."""


@dataclass
class Refused(AssistantError):
    """It will never work: `state` is a word such as blocked, deactivated, not_found, migrated, too_large, invalid."""

    reason: str
    state: str = ""
    detail: str = ""  # for `migrated`: the new chat

    def __str__(self) -> str:
        """Say what was refused and why."""
        return f"{self.reason} ({self.state})" if self.state else self.reason


@dataclass
class Misconfigured(AssistantError):
    """The start must stop: a setting is wrong; `remedy` says what to do."""

    setting: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        """Name the setting, the reason and the remedy."""
        return f"{self.setting}: {self.reason}. {self.remedy}"


@dataclass
class StorageDown(Retry):
    """The database is locked, full or away: nothing was stored, nothing may be confirmed."""


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong in the company's files: where it is, what it is, and what to do.

    `file` is as given to the loader, `line` is 1-based (0: the whole file), `place` is such as `qualification.team`.
    """

    file: str
    line: int
    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """One line a person and an editor can follow."""
        place = f" {self.place}:" if self.place else ""
        return f"{self.file}:{self.line}:{place} {self.problem}. {self.remedy}"


@dataclass
class BrokenContent(AssistantError):
    """Files of the company cannot be used; `defects` are all of them, collected."""

    defects: tuple[Defect, ...]

    def __str__(self) -> str:
        """Every defect on its own line."""
        return "\n".join(str(defect) for defect in self.defects)
