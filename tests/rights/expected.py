"""The declared table of the matrix: every address with its channels and what its parameters are. One line each.

`at("page history", pk="household")`: the parameter `pk` of the address is a household. The matrix then asks it of one's
own place, of places below, of neighbours and of what lies above, by every role, and looks into the answer for anything
planted outside the area. More is said only where an address is unlike the others:

  queries   more to ask of it; {mark}, {number}, {place} are those of a place outside the area, then of one's own
  json      the body of a POST that looks for something
  one_way   it only takes a POST
  form      what more a form says, of {finding}, {difference}, … of a place outside and {own_post}, {own_place} of one's own
  not_here  statuses that may also come inside one's area, since the thing is not always there
  names     why officials from outside may be named, by name and nothing else; `reach` says whose: those of the township and county
            "above", or of all the same "township"
"""

from __future__ import annotations

from dataclasses import dataclass, field

CHANNELS = {
    "page", "list", "count", "search", "drop-down", "export", "stream", "API", "attachment", "history", "act", "opens", "door"
}  # fmt: skip


REACHES = ("", "above", "township")


@dataclass(frozen=True)
class Probe:
    """How an address is asked."""

    channels: frozenset[str]
    kinds: dict[str, str] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    json: str = ""
    one_way: bool = False
    not_here: frozenset[int] = frozenset()
    names: str = ""
    reach: str = ""
    form: dict[str, str] = field(default_factory=dict)

    @property
    def handed_out(self) -> bool:
        """Whether what it gives is asked for by a form, and is theirs alone who had it made."""
        return self.one_way and "attachment" in self.channels


def at(
    channels: str,
    *,
    queries: tuple[str, ...] = (),
    json: str = "",
    one_way: bool = False,
    not_here: tuple[int, ...] = (),
    names: str = "",
    reach: str = "",
    form: dict[str, str] | None = None,
    **kinds: str,
) -> Probe:
    """One line of the table."""
    said = frozenset(channels.split())
    assert said <= CHANNELS, said - CHANNELS
    assert bool(names) == bool(reach) and reach in REACHES
    return Probe(said, kinds, queries, json, one_way, frozenset(not_here), names, reach, form or {})


EXPECTED: dict[str, Probe] = {
    # accounts
    "accounts:sign_in": at("door", queries=("?next=//{place}.example/",)),
    "accounts:sign_out": at("door", one_way=True),
    "accounts:forgotten": at("door"),
    "accounts:act_as": at("act", one_way=True),
    "accounts:password": at("page"),
    "accounts:no_post": at("page"),
    "accounts:tokens": at("page list"),
    "accounts:make_token": at("act"),
    "accounts:stop_token": at("act", token_id="token", one_way=True),
    "accounts:people": at("list search", queries=("?q={mark}",)),
    "accounts:ask": at("act drop-down"),
    "accounts:requests": at("list count"),
    "accounts:answer": at("act", request_id="request", one_way=True),
    "accounts:reset": at("act", official_id="official"),
    "accounts:close": at("act", official_id="official"),
    "accounts:appoint": at("act drop-down", official_id="official"),
    "accounts:tie": at("act", official_id="official"),
    "accounts:untie": at("act", official_id="official"),
    "accounts:end": at("act", appointment_id="appointment"),
    "accounts:deputy": at(
        "act drop-down",
        appointment_id="appointment",
        names="a deputy is a colleague of the same township or county",
        reach="township",
    ),
    # workbench
    "workbench:home": at("page count"),
    "workbench:place": at("page count", code="place"),
    "workbench:households": at(
        "list count",
        code="place",
        queries=(
            "?show=fails",
            "?show=doubt&rule=doubt.exited_income",
            "?after={place}.0",
            "?before={place}.99999999",
        ),
    ),
    "workbench:papers": at("list", code="place"),
    # Only at the acting county itself.
    "workbench:outlines": at("act list", code="place", not_here=(404,)),
    "workbench:outlines_drop": at("act", code="place", one_way=True, not_here=(404,)),
    "workbench:report": at("page count", code="place", queries=("?since=2012-01-01&until=2030-01-01",)),
    "workbench:report_rows": at(
        "list count",
        code="place",
        figure="=stood_after",
        queries=("?since=2012-01-01&until=2030-01-01", "?part=poor&page=99"),
    ),
    "workbench:household": at("page history", pk="household"),
    "workbench:open_id": at("act opens", pk="household", person="person"),
    "workbench:search": at("search", queries=("?q={mark}", "?q={number}")),
    "workbench:frozen_rule": at(
        # Who sees no household is told of the own place alone.
        "list count",
        pk="freeze",
        place="place",
        id="=exit.income",
        outcome="=fails",
        queries=("?kind=registered&status=poor", "?page=9"),
        not_here=(404,),
    ),
    "workbench:frozen_measure": at(
        "list count", pk="freeze", place="place", id="=poverty_gap", part="=known", not_here=(404,)
    ),
    "workbench:frozen_fact": at(
        "list count", pk="freeze", place="place", id="=someone_out_of_school", part="=true", not_here=(404,)
    ),
    "workbench:compare": at("list count", queries=("?place={place}", "?a=1&b=2&place={place}")),
    "workbench:compare_rule": at(
        "page count", id="=exit.income", queries=("?place={place}", "?a=1&b=2&place={place}&way=fails-holds")
    ),
    "workbench:rulebook": at(
        "list search", queries=("?q={mark}", "?show=figures", "?show=facts", "?by=clause")
    ),
    "workbench:rule": at("page", id="=exit.income"),
    "workbench:figure": at("page", id="=income_line_yuan"),
    "workbench:procedure": at("page", id="=targeted_exit"),
    "workbench:measure": at("page", id="=poverty_incidence"),
    "workbench:fact": at("page", id="=income_above_line"),
    "workbench:try_rule": at("search", id="=exit.income"),
    "workbench:try_rule_on": at(
        "page", id="=exit.income", household="household", queries=("?on=2030-01-01",)
    ),
    "workbench:findings": at(
        "list count",
        queries=(
            "?place={place}",
            "?household={number}",
            "?rule=village_unknown&kind=refused",
            "?mine=1",
            "?page=99",
        ),
    ),
    "workbench:opening": at("page act", code="place", not_here=(404,)),
    "workbench:place_changes": at("list", code="place"),
    "workbench:change_place": at("act drop-down", code="place", not_here=(404,)),
    "workbench:answer_place_change": at("act", pk="change", one_way=True),
    "workbench:finding": at("page history", pk="explained"),
    "workbench:hand_out": at(
        "act",
        one_way=True,
        form={
            "which": "some",
            "finding": "{finding}",
            "post": "{own_post}",
            "due_on": "2030-01-01",
            "place": "{own_place}",
        },
    ),
    "workbench:own_rows": at("act", pk="explained", one_way=True),
    "workbench:explain": at("act", pk="explained"),
    "workbench:answer": at("act", pk="explained", one_way=True),
    "workbench:evidence": at("attachment", pk="explanation"),
    "workbench:enter_year": at("act", pk="household"),
    "workbench:correct": at("act", pk="explained", grain="=person", row="person", column="=name"),
    # workbench: other departments' lists
    "workbench:lists": at("list count", code="place"),
    "workbench:lead": at("page history", pk="lead"),
    "workbench:hear": at("act", pk="lead"),
    "workbench:lead_evidence": at("attachment", pk="heard"),
    "workbench:withdraw_list": at("act", pk="listing", one_way=True),
    "workbench:ageing": at("count", queries=("?place={place}",)),
    "workbench:closings": at("list", queries=("?place={place}",)),
    # workbench: the national system
    "workbench:national": at("page list count"),
    "workbench:national_export": at(
        "act drop-down count", queries=("?place={place}&which=all", "?place={place}&which=all&layout={mark}1")
    ),
    "workbench:national_layouts": at("page", not_here=(404,)),
    "workbench:national_layout": at("act", queries=("?name={mark}1",), not_here=(404,)),
    "workbench:national_layout_remove": at("act", one_way=True, form={"name": "{mark}1"}),
    "workbench:national_compare": at("act"),
    "workbench:differences": at("list count", pk="comparison", queries=("?found=differs&place={place}",)),
    "workbench:difference_decide": at(
        "act", pk="comparison", one_way=True, form={"ids": "{difference}", "way": "take"}
    ),
    "workbench:difference_take": at("act", pk="comparison", one_way=True),
    "workbench:difference_again": at("act", pk="comparison", one_way=True),
    "workbench:difference_workbook": at("act export", pk="comparison", one_way=True),
    # relapse
    "relapse:list": at(
        "list count", queries=("?show=waiting", "?show=overdue", "?show=ended", "?show=untold")
    ),
    "relapse:find": at("search"),
    "relapse:new": at("act", household="household"),
    "relapse:clue": at("page history", pk="clue"),
    "relapse:take_in": at("act"),
    "relapse:application": at("page opens", pk="application"),
    "relapse:register": at("page opens act", pk="application"),
    "relapse:tie": at("act", pk="application", household="household", one_way=True),
    "relapse:ask_back": at(
        "act", pk="application", one_way=True, form={"reason": "同村同名有两户", "where": "村委会"}
    ),
    "relapse:visit": at("act", pk="clue"),
    "relapse:begin": at("act", pk="clue", one_way=True),
    "relapse:end": at("act", pk="clue", one_way=True),
    "relapse:hand_over": at("act", pk="clue", one_way=True, form={"post": "{own_post}"}),
    "relapse:tell": at("act", pk="ended_clue", one_way=True, form={"way": "paper", "note": "x"}),
    "relapse:look": at("act", one_way=True),
    "relapse:judge": at("act", pk="proceeding"),
    "relapse:help": at("act", household="household"),
    "relapse:help_paper": at("act", pk="relief"),
    "relapse:help_file": at("attachment opens", pk="relief"),
    "relapse:watched": at("list count", queries=("?basis=opening", "?place={place}")),
    "relapse:returned": at("list count", queries=("?year=2017", "?year=unknown&place={place}")),
    "relapse:yearly": at("list count"),
    "relapse:assess": at("act", household="household"),
    # decisions
    "decisions:list": at("list count", queries=("?show=own", "?show=closed")),
    "decisions:choose": at("act", household="household"),
    "decisions:new": at(
        "act drop-down", household="household", kind="=marriage_in", form={"person": "{person}"}
    ),
    "decisions:case": at("page history", pk="case"),
    "decisions:act": at("act", pk="case", one_way=True, form={"act": "accepted"}),
    "decisions:correct": at("act", pk="returned"),
    "decisions:add_evidence": at("act", pk="case", one_way=True),
    "decisions:evidence": at("attachment opens", pk="case", evidence="evidence"),
    "decisions:kin": at(
        "list count act drop-down",
        queries=("?page=99",),
        form={"number": "{number}", "relation": "堂弟"},
        names="whoever signs about a household stands in its village, its township or its county",
        reach="above",
    ),
    "decisions:end_kin": at("act", pk="kin", one_way=True, form={"reason": "核对"}),
    "decisions:proceedings": at(
        "list count", queries=("?show=open", "?show=closed", "?show=open&place={place}", "?show=open&late=1")
    ),
    "decisions:board": at("list count", queries=("?place={place}",)),
    "decisions:begin": at("page act history", household="household"),
    "decisions:plan_here": at("page count"),
    "decisions:plan": at("page count", code="place"),
    "decisions:plan_list": at(
        "list count", code="place", queries=("?year=none", "?year=2020&state=fails", "?page=99")
    ),
    "decisions:plan_place": at("act", code="place", one_way=True, form={"year": "2019", "reason": "x"}),
    "decisions:plan_target": at(
        "act",
        code="place",
        one_way=True,
        form={"place": "{place}", "year": "2019", "measure": "households", "count": "1", "basis": "x"},
    ),
    "decisions:plan_sheet": at(
        "page history act",
        pk="plan_sheet",
        names="a village sees who of the township approved its plan",
        reach="above",
    ),
    "decisions:plan_household": at("page history", pk="household"),
    "decisions:adjustment_here": at("page count"),
    "decisions:adjustment": at("page count", code="place"),
    "decisions:adjustment_list": at(
        "list count", code="place", queries=("?category=exit", "?found=not_yet&only=1", "?page=99")
    ),
    "decisions:adjustment_look": at("act", code="place", one_way=True),
    "decisions:adjustment_window": at("act", one_way=True),
    "decisions:adjustment_answer": at("act", pk="window_sheet", one_way=True, form={"verdict": "approved"}),
    "decisions:hollow": at("list"),
    "decisions:begin_at": at("page act", code="place"),
    "decisions:appeal": at("act", pk="refused", one_way=True),
    "decisions:decide_appeal": at("act", pk="refused", appeal="appeal", one_way=True),
    "decisions:proceeding": at("page history", pk="proceeding"),
    "decisions:tell": at("act", pk="refused", one_way=True, form={"way": "left", "note": "x"}),
    "decisions:letter": at("act", pk="refused", one_way=True),
    "decisions:sign": at("act", pk="proceeding", one_way=True, form={"act": "sign"}),
    "decisions:send_back": at("act", pk="proceeding", one_way=True),
    "decisions:take_back": at("act", pk="proceeding", one_way=True),
    "decisions:hang": at("act", pk="proceeding", one_way=True),
    "decisions:take_down": at("act", pk="proceeding", notice="notice", one_way=True),
    "decisions:object": at("act", pk="proceeding", notice="notice", one_way=True),
    "decisions:objection": at("page opens act", pk="proceeding", objection="objection"),
    # A household's paper is for those who may open evidence; a village's or county's for every signer.
    "decisions:paper": at("attachment opens", pk="proceeding", paper="step_paper", not_here=(403,)),
    "decisions:sheet": at("act", pk="proceeding", one_way=True),
    "decisions:sheet_file": at("attachment", pk="proceeding", sheet="sheet_of_notice"),
    "decisions:hang_sheet": at("act", pk="proceeding", sheet="sheet_of_notice", one_way=True),
    "decisions:proof": at("page history", pk="proceeding", notice="notice"),
    "decisions:notice_photo": at("attachment opens", pk="proceeding", notice="notice", which="=hung"),
    "decisions:objections": at("list count", queries=("?show=open", "?show=overdue", "?show=answered")),
    "decisions:meeting": at("page act list", code="place", not_here=(404,)),
    "decisions:meeting_pack": at("act", code="place", one_way=True),
    "decisions:transfer": at("page history", pk="transfer", not_here=(404,)),
    # Neither yes nor no: a good answer goes on with the case where that lies, with whoever proposed it.
    "decisions:answer_transfer": at(
        "act", pk="transfer", one_way=True, not_here=(404,), form={"act": "neither"}
    ),
    "decisions:pairs": at("list count", queries=("?state=proposed", "?kind=may_be_same", "?page=99")),
    "decisions:pairs_search": at("act", one_way=True),
    "decisions:pairs_progress": at("stream", not_here=(286,)),
    "decisions:pair": at("page", pk="pair"),
    "decisions:pair_answer": at("act", pk="pair", one_way=True, form={"answer": "different"}),
    "decisions:pair_undo": at("act", pk="pair", one_way=True),
    "decisions:pair_confirm": at("act", pk="proposed_pair", one_way=True, form={"act": "accepted"}),
    # files: an export is shown to the post that asked for it, to no colleague and to nobody above
    "files:exports": at("list count", queries=("?page=99",)),
    "files:new": at(
        "act export count",
        kind="=workbench.households",
        queries=("?place={place}", "?place={place}&show=fails", "?show=doubt&rule=doubt.exited_income"),
    ),
    "files:export": at("page export", pk="export", not_here=(404,)),
    "files:progress": at("stream", pk="export", not_here=(286, 404)),
    "files:download": at("export attachment", pk="export", one_way=True, not_here=(302, 404)),
    "files:stop": at("act", pk="export", one_way=True),
    "files:resume": at("act", pk="export", one_way=True),
    # freezes: those of places in the area; of what stands above, figures are seen below, and tests/freezes holds what is told
    "freezes:list": at("list count", queries=("?place={place}", "?page=99")),
    "freezes:freeze": at("page", pk="freeze"),
    "freezes:progress": at("stream", pk="freeze", not_here=(286,)),
    "freezes:manifest": at("attachment", pk="freeze"),
    "freezes:take": at("act", one_way=True, form={"place": "{place}", "reason": "核对"}),
    "freezes:stop": at("act", pk="freeze", one_way=True),
    "freezes:resume": at("act", pk="freeze", one_way=True),
    "freezes:forgettings": at("list"),
    "freezes:forget": at("act", one_way=True, form={"number": "{number}", "reason": "核对"}),
    "freezes:confirm_forgetting": at("act", pk="forgetting", one_way=True),
    # intake
    "intake:list": at("list count", queries=("?page=99",)),
    "intake:new": at("act"),
    "intake:batch": at("page count", pk="batch"),
    "intake:progress": at("stream", pk="batch", not_here=(286,)),
    "intake:mapping": at("act drop-down", pk="asked_batch", sheet_pk="sheet"),
    "intake:preview": at("list count", pk="batch", queries=("?change=new",)),
    "intake:findings": at("list count", pk="batch", queries=("?rule=village_unknown",)),
    "intake:mark": at("act export", pk="batch", one_way=True),
    "intake:take_back": at("act", pk="batch"),
    "intake:merge": at("act", pk="batch", one_way=True),
    "intake:stop": at("act", pk="batch", one_way=True),
    "intake:resume": at("act", pk="batch", one_way=True),
    # the interface for programs
    "api_reference": at("page"),
    "api:schema": at("API"),
    "api:places": at("API list", queries=("?parent={place}", "?after={place}")),
    "api:households": at("API list count", queries=("?place={place}", "?after={place}.0", "?show=fails")),
    "api:household": at("API", household="household"),
    "api:changes": at("API history", household="household"),
    "api:search": at("API search", json='{{"q": "{number}"}}', one_way=True),
    "api:findings": at("API list", queries=("?place={place}", "?household={number}")),
    "api:finding_counts": at("API count", queries=("?place={place}",)),
    "api:batches": at("API list"),
    "api:batch": at("API", batch="batch"),
    "api:batch_findings": at("API list", batch="batch"),
    # portal: what anybody may open; a notice that does not hang says so
    "portal:notices": at("door", queries=("?page=99", "?place={place}")),
    "portal:notice": at("door", slug="=nothing-hangs", not_here=(410,)),
    "portal:object": at("door", slug="=nothing-hangs", not_here=(410,)),
    "portal:apply": at("door", queries=("?at={place}",)),
    "portal:receipt": at("door"),
    # the house
    "design:gallery": at("page"),
    "design:page": at("page", name="=household"),
    "design:progress": at("page", not_here=(286,)),
    "set_language": at("door"),
}
