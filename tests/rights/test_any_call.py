"""Whatever is asked of the interface for programs: never a 5xx, never a status or a shape that its document does not name."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from rights.planted import EYES, Country, token_of

pytestmark = [pytest.mark.database, pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture
def country(planted: Country, settings: Any) -> Country:
    settings.API_CALLS_A_MINUTE = 1_000_000
    return planted


def ask_anything(country: Country, eyes: str, examples: int) -> dict[str, int]:
    """Asks each operation so often, rightly and wrongly; what answers is held against the document. Counts by operation."""
    from xiuhua.config.wsgi import application

    code, role = EYES[eyes]
    headers = {"Authorization": f"Bearer {token_of(country.nodes[code], role)}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers=headers)
    asked: dict[str, int] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                      suppress_health_check=list(HealthCheck))  # fmt: skip
            def one(case: Any) -> None:
                asked[case.operation.label] = asked.get(case.operation.label, 0) + 1
                case.call_and_validate(headers=headers)

            one()
    return asked


# Who may read most and who may read least; whom the rest refuse, the matrix asks.
@pytest.mark.parametrize(("eyes", "examples"), [("county office", 4), ("village worker", 2)])
def test_a_call_is_answered_as_the_document_says(country: Country, eyes: str, examples: int) -> None:
    asked = ask_anything(country, eyes, examples)
    assert len(asked) == 10 and min(asked.values()) >= 1, asked


@pytest.mark.long
@pytest.mark.parametrize("eyes", EYES)
def test_many_more_calls_are(country: Country, eyes: str) -> None:
    ask_anything(country, eyes, 300)
