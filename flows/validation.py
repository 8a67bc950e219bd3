"""Proves flows before anybody talks to them: reachable, ending, bounded, typed, consent before contact."""

from collections.abc import Mapping

from flows.errors import Defect
from flows.schema import Flows
from flows.validation_consent import prove_consent
from flows.validation_paths import prove_conditions, prove_score
from flows.validation_slots import prove_slots
from flows.validation_sources import Sources
from flows.validation_ways import (
    prove_brevity,
    prove_ends,
    prove_entrances,
    prove_loops,
    prove_reach,
    prove_targets,
)
from flows.ways import Plan


def prove(flows: Flows, files: Mapping[str, str]) -> tuple[Defect, ...]:
    """Everything that is wrong with flows that could be read; `files` are the texts that they were loaded from."""
    sources = Sources(flows, files)
    plan = Plan(flows)
    found = [
        *prove_entrances(flows, sources),
        *prove_targets(flows, sources),
        *prove_reach(plan, sources),
        *prove_ends(plan, sources),
        *prove_loops(plan, sources),
        *prove_brevity(plan, sources),
        *prove_consent(plan, sources),
        *prove_slots(flows, sources),
        *prove_conditions(flows, sources),
        *prove_score(flows, sources),
    ]
    return tuple(sorted(found, key=lambda defect: (defect.file, defect.line)))
