"""A register of any size, invented inside of the database: quick enough for a million households.

Names are as unevenly spread as real ones: the commonest is borne by thousands. Village by village as large at every
size, so that what is compared is how much lies around a village. Identity numbers are hashes of nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

PROVINCE = "99"
PER_VILLAGE, VILLAGES, TOWNSHIPS, COUNTIES = 300, 17, 10, 5
PER_COUNTY = PER_VILLAGE * VILLAGES * TOWNSHIPS

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈单仇解查区翟盖覃缪瞿"
GIVEN = (
    "伟明华军国建文志强平东海涛杰勇刚永福生德春林成龙飞鹏超辉斌波宁亮峰磊鑫浩宇泽博俊凯嘉子轩晨阳英秀兰芳敏静丽玉桂梅娟霞红艳燕"
    "玲莉萍雪琴云洁婷颖慧欣怡佳琪雯倩月凤珍莲菊香彩花凯乐朝行长盛晟茜莎仁义礼智信忠孝廉良善正直和顺安康富贵荣昌吉祥如意金银财宝"
    "山川河江湖泉源清泰恒久学习思想立新光荣胜利远大宏图振兴旺盛全友有才根发元初开先守本厚朴实诚恩惠爱民治家业勤俭"
)

HOUSEHOLDS = """
insert into registry_household (number, county_code, village_code, kind, head_name, main_cause, status_reported, members_reported, seen, seen_on)
select v.county || lpad((v.at * %(per)s + n)::text, 8, '0'), v.county, v.code,
  case when random() < 0.19 then 'registered' when random() < 0.01 then 'watched' else 'other' end,
  {name}, (array['illness', 'disability', 'study', 'no_skill', 'no_labour', 'no_money'])[1 + floor(random() * 6)],
  (array['poor', 'exited', 'exited'])[1 + floor(random() * 3)], null, 'reported', '2017-09-30'
from bench_village v cross join generate_series(1, %(per)s) n where v.county = %(county)s
"""
PERSONS = """
insert into registry_person (number, county_code, village_code, name, id_sealed, id_blind, id_kind, id_valid, sex, birth_date, phone_sealed, phone_blind, seen, seen_on)
select h.number || lpad(n::text, 2, '0'), h.county_code, h.village_code, case when n = 1 then h.head_name else {name} end,
  %(sealed)s, substr(sha256((h.number || '-' || n)::bytea), 1, 16), 'citizen', true,
  case when random() < 0.5 then 'male' else 'female' end, date '1940-01-01' + floor(random() * 27000)::int,
  case when n = 1 then %(sealed)s::bytea end, case when n = 1 then substr(sha256((h.number || '+')::bytea), 1, 16) end, 'reported', '2017-09-30'
from registry_household h cross join lateral generate_series(1, 1 + (h.id * 7 %% 5)::int) n where h.county_code = %(county)s order by h.id, n
"""
MEMBERSHIPS = """
insert into registry_membership (person_id, household_id, village_code, relation)
select p.id, h.id, h.village_code, case right(p.number, 2) when '01' then 'head' when '02' then 'spouse' else 'son' end
from registry_person p join registry_household h on h.county_code = p.county_code and h.number = left(p.number, -2)
where p.county_code = %(county)s order by p.id
"""
STATUSES = """
insert into registry_statusentry (household_id, village_code, status, since, basis, opening_id, case_number, recorded_at, recorded_by)
select id, village_code, status_reported, '2017-09-30', 'opening', %(opening)s, '', now(), 'bench' from registry_household
where county_code = %(county)s and kind = 'registered' order by id
"""
PERIODS = """
insert into registry_periodrecord (household_id, village_code, year, period_start, period_end, basis, wage_fen, business_fen, transfer_fen,
  net_income_per_head_reported_fen, income_seen, house_grade, house_seen, water_safe_reported, water_reported_seen)
select h.id, h.village_code, y, make_date(y - 1, 10, 1), make_date(y, 9, 30), 'registration_year', floor(random() * 2000000)::bigint,
  floor(random() * 500000)::bigint, floor(random() * 300000)::bigint, floor(100000 + random() * 700000)::bigint, 'reported',
  (array['A', 'B', 'C', null])[1 + floor(random() * 4)], 'reported', random() < 0.8, 'reported'
from registry_household h cross join generate_series(2016, 2017) y where h.county_code = %(county)s and h.kind = 'registered' order by h.id, y
"""
STANDINGS = """
insert into registry_standing (household_id, village_code, as_of, computed_at, exit_fails, exit_unknown, doubts, quality_fails, members)
select id, village_code, '2017-09-30', now(),
  array_remove(array[case when random() < 0.1 then 'exit.income' end, case when random() < 0.05 then 'exit.housing' end], null),
  array_remove(array[case when random() < 0.2 then 'exit.water' end, case when random() < 0.1 then 'exit.medical' end], null),
  array_remove(array[case when random() < 0.02 then 'doubt.exited_income' end], null), '{}', 1 + (id * 7 % 5)::int
from registry_household where county_code = %(county)s order by id
""".replace("id * 7 % 5", "id * 7 %% 5")
FINDINGS = """
insert into findings_finding (place_code, kind, rule, field, household_number, person_number, params, file_name, sheet, fingerprint, state, found_at,
  closed_by, closed_because)
select village_code, (array['refused', 'asked', 'warned', 'warned'])[1 + floor(random() * 4)],
  (array['intake.id_checksum', 'intake.rows_disagree', 'doubt.exited_income', 'quality.road_type_empty'])[1 + floor(random() * 4)],
  '', number, '', '{}', 'bench.xlsx', 'bench', md5(number), 'open', now(), '', ''
from registry_household where county_code = %(county)s and random() < 0.05 order by id
"""
NAME = """(%(family)s::text[])[1 + floor(pow(random(), 2) * %(families)s)] || (%(given)s::text[])[1 + floor(pow(random(), 2.2) * %(givens)s)]
 || case when random() < 0.8 then (%(given)s::text[])[1 + floor(pow(random(), 2.2) * %(givens)s)] else '' end"""
OPENING = """insert into registry_opening (county_code, statement, signed_by, signed_post, signed_at, closed_by)
values (%s, 'bench', 'bench', 'bench', now(), '') returning id"""
TABLES = ("household", "person", "membership", "statusentry", "periodrecord", "standing")
EVERY = (*(f"registry_{table}" for table in TABLES), "registry_namekey", "findings_finding")


def fill(households: int) -> list[str]:
    """Fills an empty, migrated database as its owner; codes of its counties. About five minutes for a million."""
    import psycopg

    from xiuhua.runtime.cluster import connection_urls

    with psycopg.connect(connection_urls().owner, autocommit=True) as owner:
        owner.execute("set synchronous_commit = off")
        counties = _places(owner, households)
        # Triggers keep histories and guard statuses; rows that never were changed have neither.
        for table in EVERY:
            owner.execute(f"alter table {table} disable trigger user")
        indexes = list(_without_indexes(owner))
        # Several counties at a time: a server writes faster for three than for one.
        with ThreadPoolExecutor(3) as hands:
            list(hands.map(_invent, counties))
        for statement in indexes:
            owner.execute(statement)
        for table in EVERY:
            owner.execute(f"alter table {table} enable trigger user")
        owner.execute("insert into registry_tallymark (village_code) select code from bench_village")
        owner.execute("drop table bench_village")
        for table in EVERY:
            owner.execute(f"analyze {table}")
        with ThreadPoolExecutor(3) as hands:
            list(hands.map(_learn, counties))
        _count()
        for table in (*EVERY, "places_place"):
            owner.execute(f"vacuum analyze {table}")
    return counties


def _one(owner: Any, sql: str, *values: Any) -> Any:
    return owner.execute(sql, values).fetchone()[0]


def _without_indexes(owner: Any) -> Iterator[str]:
    """Drops what can be built afterwards in one go; yields how."""
    found = owner.execute(
        "select i.indexname, i.indexdef from pg_indexes i where i.tablename = any(%s) and i.indexname not in"
        " (select conname from pg_constraint)",
        [list(EVERY)],
    ).fetchall()
    for name, statement in found:
        # Memberships find their household by county and number, so what is unique stays.
        if "UNIQUE" not in statement:
            owner.execute(f'drop index "{name}"')
            yield statement


def _places(owner: Any, households: int) -> list[str]:
    """The tree above and below enough counties; a table of villages with their number."""
    from xiuhua.places.terms import level_of, parent_of
    from xiuhua.synth import names

    rng = Random(11)
    rows: dict[str, str] = {"CN": "全国", PROVINCE: names.province_name(PROVINCE)}
    villages: list[tuple[str, str, int]] = []
    counties: list[str] = []
    while len(villages) * PER_VILLAGE < households:
        city = f"{PROVINCE}{len(counties) // COUNTIES + 1:02d}"
        county = f"{city}{len(counties) % COUNTIES + 21:02d}"
        counties.append(county)
        rows[city], rows[county] = names.city_name(city), names.county_name(county)
        for at, township in enumerate(names.township_names(rng, TOWNSHIPS)):
            for n, village in enumerate(names.village_names(rng, VILLAGES)):
                if len(villages) * PER_VILLAGE < households:
                    rows[f"{county}{101 + at}"] = township
                    rows[f"{county}{101 + at}{201 + n}"] = village
                    villages.append((f"{county}{101 + at}{201 + n}", county, at * VILLAGES + n))
    with owner.cursor().copy("copy places_place (code, name, level, parent_id, named) from stdin") as copy:
        for code in sorted(rows, key=lambda code: (code != "CN", len(code), code)):
            copy.write_row((code, rows[code], level_of(code).value, parent_of(code), True))
    owner.execute("create table bench_village (code text, county text, at int)")
    with owner.cursor().copy("copy bench_village from stdin") as copy:
        for village in villages:
            copy.write_row(village)
    return counties


def _invent(county: str) -> None:
    """One county's households and all that belongs to them."""
    import psycopg

    from xiuhua.common.sealing import seal
    from xiuhua.runtime.cluster import connection_urls

    values: dict[str, Any] = {
        "county": county, "per": PER_VILLAGE, "sealed": seal("990000190001010000"), "family": list(FAMILY),
        "families": len(FAMILY), "given": list(GIVEN), "givens": len(GIVEN),
    }  # fmt: skip
    with psycopg.connect(connection_urls().owner, autocommit=True) as owner:
        # Nothing is known yet of the new rows: a plan by guess takes the square of them.
        owner.execute("set synchronous_commit = off; set enable_nestloop = off; set work_mem = '128MB'")
        owner.execute("select setseed(%s)", [int(county) % 1000 / 1000])
        values["opening"] = _one(owner, OPENING, county)
        for sql in (HOUSEHOLDS, PERSONS, MEMBERSHIPS, STATUSES, PERIODS, STANDINGS, FINDINGS):
            owner.execute(sql.replace("{name}", NAME), values)


def _learn(county: str) -> None:
    from django.db import connection

    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.services import learn_names

    with within(scope_of(county)):
        learn_names(county_code=county)
    connection.close()


def _count() -> None:
    from xiuhua.registry.tasks import keep_every

    keep_every("CN")
