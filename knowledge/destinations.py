"""Which field of a lead may go to which outside service, and in what form."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import ConfigDict, RootModel

Form: TypeAlias = Literal["full", "masked", "link"]
Allowed: TypeAlias = Form | Literal["none"]


class Destinations(RootModel[Mapping[str, Mapping[str, Form]]]):
    """The file `destinations.yaml`: service -> field -> form."""

    model_config = ConfigDict(frozen=True)

    def allows(self, service: str, field: str) -> Allowed:
        """How a field may leave to a service; what nobody allowed stays here."""
        return self.root.get(service, {}).get(field, "none")
