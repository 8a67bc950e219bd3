"""Every objection that is understood has a name for the card, in the languages of the staff."""

from importlib.resources import files

import pytest
import yaml

from handlers.desk.objections import objection
from locales.operators import messages

TYPES = sorted(yaml.safe_load(files("knowledge.understanding").joinpath("objections.yaml").read_text("utf-8")))


@pytest.mark.parametrize("kind", TYPES)
def test_every_objection_has_a_name(kind: str) -> None:
    assert objection(f"objection_{kind}", messages("ru")) != objection(f"objection_{kind}", messages("en"))


def test_an_unknown_one_is_shown_by_its_type() -> None:
    assert objection("objection_far_away", messages("ru")) == "far away"
