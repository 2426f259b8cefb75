"""A place's page says how it stands against its own standards; a household's leads are shown there and are nobody's finding."""

from __future__ import annotations

from datetime import date

import pytest

from intake import taking
from workbench.conftest import Town, some
from xiuhua.engine import load
from xiuhua.places.models import CountyRecord

pytestmark = [pytest.mark.database, pytest.mark.slow]


def test_a_poor_village_without_a_form_says_what_is_not_known(town: Town) -> None:
    client = town.client(town.world.county_office)
    village = next(one for one in town.files.county.villages if one.poor)
    page = client.get(f"/places/{village.code}/").content.decode()
    assert "村退出标准与村表核对" in page and "没有记录：到乡镇通硬化路" in page
    own = client.get(f"/places/{village.code}/").context["own_standards"]
    assert own["open"]
    for one in own["open"][:3] + own["met"][:1]:
        assert client.get(one["clause_url"]).status_code == 200, "each standard leads to its clause"
    assert "只有贫困发生率一票否决" in page
    # Nobody has said yet whether it is a poor county, so its own standard is not known; a township has none.
    county = client.get(f"/places/{taking.COUNTY}/").content.decode()
    assert "县退出标准与村表核对" in county and "一票否决" not in county
    # Of a poor county one failure refuses, and what an evaluation finds is not known before it.
    CountyRecord.objects.create(county_id=taking.COUNTY, as_of=date(2016, 1, 1), poor_county=True)
    own = client.get(f"/places/{taking.COUNTY}/").context["own_standards"]
    found = {one["clause"]: one["state"] for one in own["open"]}
    assert [found[f"专项评估·{one}"] for one in ("综合贫困发生率", "错退率", "漏评率", "群众认可度")] == [
        "not_known"
    ] * 4
    assert own["unknown"] >= 4 and "一项不达标就不能退出" in str(own["weighs"])
    assert "退出标准与村表核对" not in client.get(f"/places/{village.code[:9]}/").content.decode()


def test_a_lead_is_shown_at_the_household_and_is_no_finding(town: Town) -> None:
    client = town.client(town.world.county_office)
    counted = "(select count(*) from registry_membership m where m.household_id = h.id and m.until is null)"
    other, _number = some(f"h.kind = 'registered' and h.members_reported <> {counted}")
    page = client.get(f"/households/{other}/").content.decode()
    assert "调整与监测线索" in page and "动态调整·自然" in page
    same, _number = some(
        f"h.kind = 'registered' and h.members_reported = {counted} and s.exit_fails <> '{{}}'"
        " and not exists (select 1 from registry_statusentry x where x.household_id = h.id and x.status = 'exited')"
    )
    assert "调整与监测线索" not in client.get(f"/households/{same}/").content.decode()
    leads = [rule.id for rule in load().rules.values() if rule.kind == "candidate"]
    assert taking.ask("select count(*) from findings_finding where rule = any(%s)", values=[leads]) == [(0,)]
    kept = taking.ask("select exit_fails || exit_unknown || doubts || quality_fails from registry_standing")
    assert not {rule for (rules,) in kept for rule in rules} & set(leads)
