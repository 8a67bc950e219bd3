"""Reads the company's files: the shipped folders, or those of `CONTENT_DIR`, each of which replaces one whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.settings import Settings
from flows.errors import BrokenContent, Defect
from flows.loader import load_flows
from flows.schema import Flows
from knowledge.loader import load_knowledge
from knowledge.models import Knowledge
from locales.catalog import Catalog, load_catalog

_SERVICES = {"trello": "Trello", "clickup": "ClickUp", "shortcut": "Shortcut", "webhook": "CRM"}
"""How a consent calls the trackers; one that is not named here is called by the name of its file."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts of all files, by the path that they ship under; `own` are the company's folders by such a path."""

    flows: Mapping[str, str]
    locales: Mapping[str, Mapping[str, str]]
    knowledge: Mapping[str, str]
    prompts: Mapping[str, str]
    own: Mapping[str, Path] = field(default_factory=dict)

    def placed(self, defects: Iterable[Defect]) -> tuple[Defect, ...]:
        """The defects with the paths at which the company keeps its files."""
        return tuple(
            replace(defect, file=self._placed(defect.file), remedy=self._placed(defect.remedy)) for defect in defects
        )

    def _placed(self, text: str) -> str:
        for shipped, folder in self.own.items():
            text = text.replace(f"{shipped}/", f"{folder}/")
        return text


@dataclass(frozen=True, slots=True)
class Content:
    """What the company says and knows, loaded; `defects` is all that was wrong with the files."""

    sources: Sources
    flows: Flows
    catalog: Catalog
    knowledge: Knowledge
    defects: tuple[Defect, ...]


def load(settings: Settings) -> Content:
    """Read and load everything. Raises `BrokenContent` with every defect that makes it unusable."""
    content = inspect(settings)
    if content.defects:
        raise BrokenContent(content.sources.placed(content.defects))
    return content


def inspect(settings: Settings) -> Content:
    """Read and load what can be, keeping the defects, for `assistant check`."""
    sources = read_sources(settings.content_dir)
    catalog, wrong_texts = load_catalog(sources.locales, settings.default_locale)
    flows, wrong_flows = load_flows(
        sources.flows, services=services(settings), currency=settings.currency, locales=catalog.locales
    )
    knowledge, wrong_facts = load_knowledge(sources.knowledge)
    return Content(sources, flows, catalog, knowledge, (*wrong_flows, *wrong_texts, *wrong_facts))


def services(settings: Settings) -> tuple[str, ...]:
    """The outside services that will see a lead, by the names that a consent shows."""
    found = [_SERVICES.get(name, name.capitalize()) for name in settings.trackers]
    found += ["Slack"] if settings.slack_bot_token.get_secret_value() else []
    return tuple(found)


def read_sources(content: Path) -> Sources:
    """Every file of every folder, as text."""
    locales = _folder(content, "locales")
    flows = _flows_folder(content)
    folders = {"flows/catalog": flows, **{name: _folder(content, name) for name in ("locales", "knowledge", "prompts")}}
    tags = [entry for entry in locales.iterdir() if entry.is_dir() and _has_texts(entry)]
    return Sources(
        flows=_texts(flows, "flows/catalog", ".yaml"),
        locales={tag.name: _texts(tag, f"locales/{tag.name}", ".yaml") for tag in tags},
        knowledge=_texts(_folder(content, "knowledge"), "knowledge", ".yaml"),
        prompts=_texts(_folder(content, "prompts"), "prompts", ".j2"),
        own={
            shipped: folder
            for shipped, folder in folders.items()
            if isinstance(folder, Path) and folder.is_relative_to(content)
        },
    )


def _folder(content: Path, name: str) -> Traversable:
    """The company's own folder, or the shipped one."""
    own = content / name
    return own if own.is_dir() else files(name)


def _flows_folder(content: Path) -> Traversable:
    """Flows are shipped in `flows/catalog`; a company's own stand in `flows` or `flows/catalog`."""
    own = content / "flows"
    if not own.is_dir():
        return files("flows") / "catalog"
    return own / "catalog" if (own / "catalog").is_dir() else own


def _has_texts(folder: Traversable) -> bool:
    """Whether a folder of `locales` is a language: it holds texts."""
    return any(entry.name.endswith(".yaml") for entry in folder.iterdir())


def _texts(folder: Traversable, shown: str, ending: str) -> dict[str, str]:
    """The files of one folder, by the path that they ship under; undecodable bytes show as such."""
    return {
        f"{shown}/{entry.name}": entry.read_bytes().decode("utf-8", "replace")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.is_file() and entry.name.endswith(ending)
    }
