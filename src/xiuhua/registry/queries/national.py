"""The register as the national system's export shows it: what each column stands on. Export and comparison read it here,
so that what was exported and compared again differs in nothing."""

from __future__ import annotations

# The export's household columns that the register keeps by year: the newest year that says anything of them counts.
OF_THE_YEAR = (
    "net_income_per_head_reported_fen",
    "house_dangerous_reported",
    "water_safe_reported",
    "water_difficult_reported",
)

# Our own status where it says otherwise than the export once did; the export's word for it where both mean the same.
STATUS = """case when st.status is null or st.status = case h.status_reported when 'pre_exit' then 'poor' else h.status_reported end
  then h.status_reported else st.status end"""


def households(which: str) -> str:
    """Query of households as the export shows them, `which` joining or cutting `registry_household h`.

    Needs the parameter `year` (int): years after it are not looked at. `basis` tells what our status rests on.
    """
    years = ", ".join(f"y.{column}" for column in OF_THE_YEAR)
    known = ", ".join(f"p.{column}" for column in OF_THE_YEAR)
    return f"""
select h.id, h.number, h.village_code, h.kind, h.head_name, h.group_name, h.attribute, h.main_cause, h.other_causes, h.exit_year,
  h.military_martyr, h.one_child, h.two_daughter, h.phone_sealed, h.phone_blind, h.bank_sealed, h.bank_blind, h.seen, h.seen_on,
  {STATUS} as status_reported, st.basis, y.id as period_id, y.year, {years},
  y.income_seen, y.income_seen_on, y.house_seen, y.house_seen_on, y.water_reported_seen, y.water_reported_seen_on
from registry_household h {which}
left join lateral (select x.status, x.basis from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) st on true
left join lateral (select * from registry_periodrecord p where p.household_id = h.id and p.basis = 'registration_year'
  and p.year <= %(year)s and num_nonnulls({known}) > 0 order by p.year desc limit 1) y on true"""
