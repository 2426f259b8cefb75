"""The contract below the facts: what the register publishes (facts/records.yaml), each reader within their own area."""

from django.db import migrations

VIEWS = """
create view rec_village with (security_invoker = true) as
  select v.code as village_code, v.name, left(v.code, 9) as township_code, left(v.code, 6) as county_code,
    r.poor_village, r.deep_poor_village, r.rural_households, r.rural_persons
  from places_place v
  left join lateral (select * from places_villagerecord x where x.village_code = v.code order by x.as_of desc limit 1) r on true
  where v.level = 'village';
create view rec_household with (security_invoker = true) as
  select
    h.id as household_key, h.village_code, h.kind, h.attribute, h.main_cause, h.other_causes,
    s.status, h.status_reported, h.exit_year, h.members_reported, (h.phone_blind is not null) as phone_known, (h.bank_blind is not null) as bank_known,
    h.military_martyr, h.one_child, h.two_daughter, h.seen, h.seen_on
  from registry_household h
  left join lateral (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) s on true;
create view rec_person with (security_invoker = true) as
  select
    p.id as person_key, m.household_id as household_key, m.village_code, m.relation, p.sex, p.birth_date,
    p.ethnicity, p.education, p.student_status, p.school_grade, p.health, p.labour,
    p.work_place, p.work_months, p.basic_insured, p.serious_illness_insured, p.pension_insured, p.dibao,
    p.id_kind, p.id_valid, p.disability_category, p.disability_grade, (p.phone_blind is not null) as phone_known, p.phone_valid,
    p.seen, p.seen_on
  from registry_membership m join registry_person p on p.id = m.person_id
  where m.until is null;
create view rec_period with (security_invoker = true) as
  select
    household_id as household_key, village_code, year, period_start, period_end, basis,
    wage_fen, business_fen, property_fen, transfer_fen, dibao_fen, wubao_fen,
    pension_fen, business_cost_fen, net_income_reported_fen, net_income_per_head_reported_fen, income_seen, income_seen_on,
    medical_paid_fen, medical_reimbursed_fen, education_paid_fen, education_aid_fen, disaster_loss_fen, disaster_relief_fen,
    spending_seen, spending_seen_on, house_area_m2, house_structure, house_built_year, house_grade,
    house_dangerous_reported, house_seen, house_seen_on, road_type, road_distance_km, has_life_power,
    has_production_power, fuel, toilet, cooperative, arable_mu, irrigated_mu,
    forest_mu, converted_mu, pasture_mu, living_seen, living_seen_on, water_quality_ok,
    water_litres_per_day, water_minutes, water_reliability_percent, water_seen, water_seen_on, water_safe_reported,
    water_difficult_reported, water_reported_seen, water_reported_seen_on, insured_persons, insurance_seen, insurance_seen_on,
    food_clothing_ok, food_clothing_seen, food_clothing_seen_on
  from registry_periodrecord;
-- What lies beyond the scope: whether an ID is in use in another county, and in which. Nothing more is told.
create function registry_id_elsewhere(wanted bytea[]) returns table (id_blind bytea, county_code text)
language sql stable security definer set search_path = public as $$
  select distinct p.id_blind, p.county_code::text from registry_person p
  where p.id_blind = any (wanted) and not (p.village_code >= places_scope_lo() and p.village_code < places_scope_hi())
$$;
"""

UNVIEW = """
drop function registry_id_elsewhere(bytea[]);
drop view rec_period; drop view rec_person; drop view rec_household; drop view rec_village;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_status_is_kept"), ("places", "0002_scope_in_the_database")]
    operations = [migrations.RunSQL(VIEWS, UNVIEW)]
