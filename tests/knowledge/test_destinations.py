"""A field leaves only to a service that was allowed to have it."""

import pytest

from knowledge.destinations import Destinations
from tests.knowledge.shipped import shipped


@pytest.mark.parametrize(
    ("service", "field", "form"),
    [
        ("trello", "phone", "full"),
        ("trello", "transcript", "link"),
        ("slack", "transcript", "full"),
        ("telegram_desk", "phone", "full"),
        ("telegram", "name", "none"),
        ("export", "transcript", "masked"),
        ("anythingllm", "question", "masked"),
        ("anythingllm", "phone", "none"),
        ("trello", "passport", "none"),
        ("pipedrive", "name", "none"),
    ],
)
def test_what_ships(service: str, field: str, form: str) -> None:
    assert shipped().destinations.allows(service, field) == form


def test_without_a_file_nothing_leaves() -> None:
    assert Destinations({}).allows("trello", "name") == "none"
