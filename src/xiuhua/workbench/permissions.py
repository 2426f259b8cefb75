"""Which right each page of the workbench needs. The rights on households and findings are those rooms' own."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {
    "workbench.home": frozenset(Role),
    # What the state demands is no secret from anybody who works here.
    "workbench.rulebook": frozenset(Role),
    # Who may not see households is told counts that give none of them away.
    "workbench.open_figure": frozenset(Role),
    # Paper that is handed to a household: work of those who meet it.
    "workbench.cards": frozenset({Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.VILLAGE_WORKER}),
    # Where places lie is nobody's secret: whoever keeps the county's posts and its office bring it.
    "workbench.bring_outlines": frozenset({Role.COUNTY_OFFICE, Role.ADMINISTRATOR}),
    # A page of figures and a report, nobody's name in it.
    "workbench.papers": frozenset(Role) - {Role.ADMINISTRATOR},
}

ADDRESSES: dict[str, str] = {
    "workbench:home": "workbench.home",
    "workbench:place": "registry.see",
    "workbench:households": "registry.see",
    "workbench:household": "registry.see",
    "workbench:open_id": "registry.open_id",
    "workbench:search": "registry.see",
    "workbench:frozen_rule": "workbench.open_figure",
    "workbench:frozen_measure": "workbench.open_figure",
    "workbench:frozen_fact": "workbench.open_figure",
    "workbench:compare": "freezes.see",
    "workbench:compare_rule": "freezes.see",
    "workbench:rulebook": "workbench.rulebook",
    "workbench:rule": "workbench.rulebook",
    "workbench:figure": "workbench.rulebook",
    "workbench:measure": "workbench.rulebook",
    "workbench:procedure": "workbench.rulebook",
    "workbench:fact": "workbench.rulebook",
    "workbench:try_rule": "registry.see",
    "workbench:try_rule_on": "registry.see",
    "workbench:papers": "workbench.papers",
    "workbench:report": "workbench.papers",
    "workbench:report_rows": "registry.see",
    "workbench:findings": "findings.see",
    "workbench:national": "intake.see",
    "workbench:national_export": "registry.export_national",
    "workbench:national_layouts": "registry.lay_out",
    "workbench:national_layout": "registry.lay_out",
    "workbench:national_layout_remove": "registry.lay_out",
    "workbench:national_compare": "intake.bring",
    "workbench:differences": "intake.see",
    "workbench:difference_decide": "intake.bring",
    "workbench:difference_take": "intake.bring",
    "workbench:difference_again": "intake.bring",
    "workbench:difference_workbook": "intake.see",
    "workbench:finding": "findings.open",
    "workbench:hand_out": "findings.hand_out",
    "workbench:own_rows": "intake.bring",
    "workbench:explain": "findings.explain",
    "workbench:answer": "findings.answer",
    "workbench:evidence": "findings.open",
    "workbench:correct": "registry.correct",
    "workbench:enter_year": "registry.correct",
    "workbench:lists": "registry.see_leads",
    "workbench:lead": "registry.see_leads",
    "workbench:hear": "registry.hear",
    "workbench:lead_evidence": "registry.see_leads",
    "workbench:withdraw_list": "registry.bring_lists",
    "workbench:ageing": "findings.see",
    "workbench:closings": "findings.log",
    "workbench:opening": "registry.sign_opening",
    "workbench:outlines": "workbench.bring_outlines",
    "workbench:outlines_drop": "workbench.bring_outlines",
    "workbench:place_changes": "accounts.see_place_changes",
    "workbench:change_place": "accounts.ask_place_change",
    "workbench:answer_place_change": "accounts.answer_place_change",
    "api_reference": "signed_in",
    "api:schema": "signed_in",
    "api:findings": "findings.open",
    "api:finding_counts": "findings.see",
}

RECORDED_READS: dict[str, str] = {"api:findings": "a list that leaves the house"}
