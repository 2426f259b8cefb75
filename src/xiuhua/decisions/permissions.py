"""Who may see, propose and decide cases. That nobody decides their own is the table's own rule, not a right."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {
    "decisions.see": frozenset(Role) - {Role.ADMINISTRATOR},
    "decisions.propose": frozenset({Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE}),
    # Each step of a procedure says whose it is; the database holds to it.
    "decisions.sign": frozenset(
        {
            Role.VILLAGE_WORKER,
            Role.TOWNSHIP_OFFICE,
            Role.COUNTY_OFFICE,
            Role.HIGHER_OFFICE,
            Role.LEADER,
            Role.AUDITOR,
        }
    ),
    # Who prepares and records a village's meeting.
    "decisions.meet": frozenset({Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE}),
    # Taken down wherever it comes to; decided at the level that the procedure names, by somebody who had no part in it.
    "decisions.appeal": frozenset(
        {Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.HIGHER_OFFICE, Role.AUDITOR}
    ),
    "decisions.decide_appeal": frozenset({Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.HIGHER_OFFICE}),
    "decisions.decide": frozenset({Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE}),
    # A year of exit is proposed by whoever knows the household, or from above for a county; another person approves it.
    "decisions.plan": frozenset(
        {Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.HIGHER_OFFICE}
    ),
    "decisions.plan_approve": frozenset(
        {Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.HIGHER_OFFICE, Role.LEADER}
    ),
    # A household is told how its proceeding ended by whoever knows where it lives; that it is not whoever took it back, the table asks.
    "decisions.tell": frozenset({Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE}),
    "decisions.adjust": frozenset({Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE}),
    # A suspicion with a name (wrongly listed, let out too early), a family's own words, in which class it is watched: for those who
    # handle it and whoever inspects that. Leaders and offices above see counts.
    "decisions.see_named": frozenset(
        {Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.AUDITOR}
    ),
    "decisions.window": frozenset({Role.COUNTY_OFFICE}),
    "decisions.pair": frozenset({Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE}),
    # Who is kin of whom: for those who work with the household, and whoever inspects that work.
    "decisions.see_kin": frozenset(
        {Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.AUDITOR}
    ),
    # A booklet or a certificate shows numbers: for those who may open one.
    "decisions.open_evidence": frozenset(
        {Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.VILLAGE_WORKER, Role.AUDITOR}
    ),
}

ADDRESSES: dict[str, str] = {
    "decisions:list": "decisions.see",
    "decisions:case": "decisions.see",
    "decisions:choose": "decisions.propose",
    "decisions:new": "decisions.propose",
    "decisions:correct": "decisions.propose",
    "decisions:act": "decisions.propose",
    "decisions:add_evidence": "decisions.propose",
    "decisions:evidence": "decisions.open_evidence",
    "decisions:kin": "decisions.see_kin",
    "decisions:end_kin": "decisions.decide",
    "decisions:proceedings": "decisions.see",
    "decisions:board": "decisions.see",
    "decisions:proceeding": "decisions.see",
    "decisions:adjustment_here": "decisions.see",
    "decisions:adjustment": "decisions.see",
    "decisions:adjustment_list": "decisions.see",
    "decisions:adjustment_look": "decisions.adjust",
    "decisions:adjustment_window": "decisions.window",
    "decisions:adjustment_answer": "decisions.see",
    "decisions:plan_here": "decisions.see",
    "decisions:plan": "decisions.see",
    "decisions:plan_list": "decisions.see",
    "decisions:plan_place": "decisions.plan",
    "decisions:plan_target": "decisions.plan_approve",
    "decisions:plan_sheet": "decisions.see",
    "decisions:plan_household": "decisions.see",
    "decisions:hollow": "registry.see_hollow",
    "decisions:begin": "decisions.propose",
    "decisions:begin_at": "decisions.propose",
    "decisions:appeal": "decisions.appeal",
    "decisions:decide_appeal": "decisions.decide_appeal",
    "decisions:tell": "decisions.tell",
    "decisions:letter": "decisions.tell",
    "decisions:sign": "decisions.sign",
    "decisions:send_back": "decisions.sign",
    "decisions:take_back": "decisions.propose",
    "decisions:hang": "notices.hang",
    "decisions:take_down": "notices.hang",
    "decisions:object": "notices.object",
    "decisions:objection": "notices.answer",
    # Of a household, `decisions.open_evidence` besides: the service asks.
    "decisions:paper": "decisions.sign",
    "decisions:sheet": "notices.hang",
    "decisions:sheet_file": "notices.see",
    "decisions:hang_sheet": "notices.hang",
    "decisions:proof": "notices.prove",
    "decisions:notice_photo": "notices.prove",
    "decisions:objections": "notices.follow",
    "decisions:meeting": "decisions.meet",
    "decisions:meeting_pack": "decisions.meet",
    "decisions:transfer": "decisions.see",
    "decisions:answer_transfer": "decisions.decide",
    "decisions:pairs": "decisions.see",
    "decisions:pair": "decisions.see",
    "decisions:pairs_progress": "decisions.see",
    "decisions:pairs_search": "decisions.pair",
    "decisions:pair_answer": "decisions.pair",
    "decisions:pair_undo": "decisions.pair",
    "decisions:pair_confirm": "decisions.pair",
}

READS_THAT_WRITE: dict[str, str] = {
    "decisions:objection": "who objected and what was said are sealed: who opened it is recorded",
    "decisions:paper": "a form or photo shows people: who opened it is recorded",
    "decisions:notice_photo": "a photo of the board shows who hangs there: who opened it is recorded",
    "decisions:evidence": "a booklet or certificate shows numbers: who opened it is recorded",
}
