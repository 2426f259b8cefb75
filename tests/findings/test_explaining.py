"""An explanation is evidence and no switch: somebody else weighs it, and it never closes anything nor makes a rule hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection

from findings.conftest import RULE, Faulty, acting, moves_of, one_finding
from intake import taking
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import Refused
from xiuhua.common.clock import beijing_today
from xiuhua.findings.models import Explanation, Finding
from xiuhua.findings.services import answer, explain
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.queries.rules import data_day, judge
from xiuhua.registry.services import Evidence, correct_value, look_at_all
from xiuhua.registry.terms import Seen

pytestmark = pytest.mark.database
LATER = beijing_today() + timedelta(days=60)


def explained(faulty: Faulty, by: Appointment | None = None) -> Finding:
    with acting(by or faulty.village) as who:
        explain(
            by=who, finding=faulty.finding(), text="户主患病，诊断书待补录", valid_until=LATER, evidence=None
        )
    return faulty.finding()


def answered(faulty: Faulty, by: Appointment, *, accept: bool = True, until: date | None = LATER) -> Finding:
    with acting(by):
        answer(by=by, finding=faulty.finding(), accept=accept, reason="诊断书已看", until=until)
    return faulty.finding()


def fails(faulty: Faulty) -> bool:
    with within(scope_of(taking.COUNTY)):
        home = faulty.household()
        judged = judge(home.pk, kind=home.kind, as_of=data_day(home.village_code))
        return judged.outcomes[RULE].fails


def test_an_explanation_waits_for_somebody_else_and_closes_nothing(faulty: Faulty) -> None:
    one = explained(faulty)
    assert (one.state, one.closed_at) == ("explained", None)
    assert fails(faulty)
    look_at_all(taking.COUNTY)
    assert faulty.finding().state == "explained"
    page = faulty.client(faulty.county).get(f"/households/{faulty.key}/").content.decode()
    assert "已说明" in page
    for who in (faulty.village, faulty.township, faulty.county, faulty.auditor):
        text = faulty.client(who).get(f"/findings/{one.pk}/").content.decode()
        # The rule's outcome on the page is what it was.
        assert "未达标" in text and "户主患病，诊断书待补录" in text


def test_whoever_explains_does_not_answer_and_neither_does_who_stands_no_higher(faulty: Faulty) -> None:
    explained(faulty, faulty.township)
    with pytest.raises(Refused):
        answered(faulty, faulty.township)
    with pytest.raises(Refused), acting(faulty.village):
        answer(by=faulty.village, finding=faulty.finding(), accept=True, reason="好", until=LATER)
    # Another of the same office stands no higher.
    import people
    from xiuhua.accounts.terms import Office, Role, Title

    colleague = people.person(
        "镇同事",
        "tong",
        faulty.township.place_code,
        Role.TOWNSHIP_OFFICE,
        Office.TOWNSHIP_STATION,
        Title.OFFICER,
    )
    with pytest.raises(Refused):
        answered(faulty, colleague)
    assert faulty.finding().state == "explained"
    assert answered(faulty, faulty.county).state == "resting"


def test_the_table_refuses_one_and_the_same(faulty: Faulty) -> None:
    one = explained(faulty)
    with pytest.raises(DatabaseError, match="explainer_does_not_answer"), acting(faulty.county):
        told = Explanation.objects.get(finding=one)
        told.accepted, told.reason, told.answered_official = True, "好", told.official
        told.answered_at = told.at
        told.save()
    answered(faulty, faulty.auditor)
    # Answered once; and what was moved is not moved again.
    with pytest.raises(DatabaseError, match="answered once"), acting(faulty.county):
        Explanation.objects.filter(finding=one).update(reason="另一个理由")
    with (
        pytest.raises(DatabaseError, match="only added to"),
        acting(faulty.county),
        connection.cursor() as cursor,
    ):
        cursor.execute("update findings_move set by = 'x'")
    with (
        pytest.raises(DatabaseError, match="only added to"),
        acting(faulty.county),
        connection.cursor() as cursor,
    ):
        cursor.execute("delete from findings_move")


def test_what_rests_comes_back_when_the_value_changes(faulty: Faulty) -> None:
    explained(faulty)
    one = answered(faulty, faulty.auditor)
    assert (one.state, one.rests_until) == ("resting", LATER)
    look_at_all(taking.COUNTY)
    assert faulty.finding().state == "resting"
    assert fails(faulty)
    # Another value of the same matter, with which the rule still fails: the explanation was not about that.
    with acting(faulty.township) as by:
        correct_value(
            by=by, household=faulty.household(), grain="person", row=faulty.person().pk, column="health", value=None,
            evidence=Evidence(Seen.REPORTED, beijing_today()),
        )  # fmt: skip
    back = faulty.finding()
    assert (back.state, back.rests_until) == ("open", None)
    assert [act for act, _way in moves_of(back.pk)] == ["found", "explained", "accepted", "returned"]


def test_what_rests_comes_back_when_a_new_file_says_otherwise(faulty: Faulty, tmp_path: Any) -> None:
    from intake.unit import small as rows

    explained(faulty)
    answered(faulty, faulty.auditor)
    member = {"主要致贫原因": "因病", "健康状况": "健康"}
    third = rows.household(member, member, member, 贫困户属性="一般贫困户")
    taking.take([rows.persons(tmp_path / "later", third)])
    # Three healthy members instead of two: what the explanation was accepted for is no longer what is there.
    assert faulty.finding().state == "open"


def test_what_rests_comes_back_when_its_time_is_over(faulty: Faulty) -> None:
    explained(faulty)
    one = answered(faulty, faulty.auditor, until=beijing_today())
    look_at_all(taking.COUNTY)
    assert faulty.finding().state == "resting"
    with within(scope_of(taking.COUNTY)):
        Finding.objects.filter(pk=one.pk).update(rests_until=beijing_today() - timedelta(days=1))
    look_at_all(taking.COUNTY)
    assert faulty.finding().state == "open"


def test_what_is_sent_back_is_open_again_with_the_reason(faulty: Faulty) -> None:
    explained(faulty)
    one = answered(faulty, faulty.county, accept=False, until=None)
    assert one.state == "open"
    page = faulty.client(faulty.village).get(f"/findings/{one.pk}/").content.decode()
    assert "退回" in page and "诊断书已看" in page


def test_what_is_refused_or_asked_cannot_be_explained_away(faulty: Faulty) -> None:
    for kind in ("refused", "asked"):
        with within(scope_of(taking.COUNTY)):
            Finding.objects.filter(pk=faulty.finding().pk).update(kind=kind)
        with pytest.raises(Refused):
            explained(faulty)


def test_no_number_goes_into_an_explanation(faulty: Faulty) -> None:
    for text in ("身份证 990521197101010118", "电话 139 0000 0000", " "):
        with pytest.raises(Refused), acting(faulty.village) as by:
            explain(by=by, finding=faulty.finding(), text=text, valid_until=LATER, evidence=None)


def test_the_evidence_is_kept_encrypted_and_opened_within_the_area_only(faulty: Faulty) -> None:
    pk, scan = faulty.finding().pk, b"%PDF-1.4 diagnosis"
    client = faulty.client(faulty.village)
    form = {
        "text": "诊断书见附件",
        "valid_until": LATER.isoformat(),
        "evidence": SimpleUploadedFile("诊断书.pdf", scan),
    }
    assert client.post(f"/findings/{pk}/explain/", form).status_code == 302
    told = taking.ask("select id from findings_explanation")[0][0]
    answer = faulty.client(faulty.auditor).get(f"/findings/explanations/{told}/file/")
    assert answer.content == scan and answer.headers["Content-Disposition"].startswith("attachment")
    assert faulty.client(faulty.neighbour).get(f"/findings/explanations/{told}/file/").status_code == 404
    assert faulty.client(faulty.leader).get(f"/findings/explanations/{told}/file/").status_code == 403
    wrong = {**form, "evidence": SimpleUploadedFile("a.exe", scan)}
    assert client.post(f"/findings/{pk}/explain/", wrong).status_code == 422


def test_an_accepted_explanation_stands_in_the_log_as_what_it_is(faulty: Faulty) -> None:
    explained(faulty)
    answered(faulty, faulty.auditor)
    page = faulty.client(faulty.auditor).get("/findings/closings/").content.decode()
    assert "说明获准" in page and "诊断书已看" in page and "shenji" in page
    assert one_finding(RULE, faulty.number)["state"] == "resting"
