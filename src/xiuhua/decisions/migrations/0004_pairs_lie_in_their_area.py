"""Pairs are seen within their area. What concerns a person of another area is asked through a door that tells that area the office
that asks, and tells the asking one no more than how far it is."""

from django.db import migrations

from xiuhua.places.scope import protect

ASK = """
create function decisions_release_mark(pair bigint) returns text language sql immutable as $$ select md5('release/' || pair) $$;
-- Opens a question in the area where the number is in use: who asks (area and office), and whom of theirs it is about.
create function decisions_ask_release(wanted bigint, by_office text) returns boolean
language plpgsql security definer set search_path = public as $$
declare q decisions_pair; p registry_person; h registry_household; m registry_membership; v text;
begin
  select * into q from decisions_pair where id = wanted and kind = 'id_elsewhere'
    and place_code >= places_scope_lo() and place_code < places_scope_hi();
  if q.id is null or q.left_id_blind is null then
    raise exception 'no such pair here' using errcode = 'check_violation';
  end if;
  select x.* into p from registry_person x join registry_membership y on y.person_id = x.id and y.until is null
  where x.id_blind = q.left_id_blind and x.county_code = left(q."right" ->> 'village', 6)
    and not (x.village_code >= places_scope_lo() and x.village_code < places_scope_hi())
  order by x.id limit 1;
  if p.id is null then
    return false;
  end if;
  select * into m from registry_membership where person_id = p.id and until is null;
  select * into h from registry_household where id = m.household_id;
  insert into decisions_pair (place_code, county_code, kind, mark, "left", "right", left_id_sealed, left_id_blind, found_by, batch, findings,
    opened_at, state, answer, decided_by, decided_post, reason)
  values (p.village_code, p.county_code, 'release_asked', decisions_release_mark(q.id),
    jsonb_build_object('name', p.name, 'sex', p.sex, 'birth_date', p.birth_date, 'relation', m.relation, 'household', h.number, 'person', coalesce(p.number, ''),
      'village', p.village_code, 'head', h.head_name, 'id_kind', p.id_kind, 'id_valid', p.id_valid, 'seen', p.seen, 'seen_on', p.seen_on,
      'household_id', h.id, 'person_id', p.id, 'source', jsonb_build_object('where', 'register', 'batch', coalesce(p.changed_by, p.brought_by))),
    jsonb_build_object('village', left(q.place_code, 6), 'office', by_office, 'source', jsonb_build_object('where', 'elsewhere')),
    p.id_sealed, p.id_blind, 'asked', null, '{}', now(), 'open', '', '', '', '')
  on conflict (county_code, mark) do update set state = 'open', answer = '', case_id = null, decided_at = null, decided_by = '', decided_post = ''
    where decisions_pair.state = 'gone';
  return true;
end $$;
-- How far the other area is with it: open, released, kept; null where nothing was asked. Nothing else is told.
create function decisions_release_answer(wanted bigint) returns text
language sql stable security definer set search_path = public as $$
  select case when o.state = 'gone' then null
    when c.state in ('accepted', 'undo_asked') then 'released' when o.case_id is null and o.state = 'decided' then 'kept' else 'open' end
  from decisions_pair q join decisions_pair o on o.mark = decisions_release_mark(q.id) and o.kind = 'release_asked'
  left join decisions_case c on c.id = o.case_id
  where q.id = wanted and q.place_code >= places_scope_lo() and q.place_code < places_scope_hi()
$$;
create function decisions_withdraw_release(wanted bigint) returns void
language sql security definer set search_path = public as $$
  update decisions_pair o set state = 'gone' from decisions_pair q
  where q.id = wanted and q.place_code >= places_scope_lo() and q.place_code < places_scope_hi()
    and o.mark = decisions_release_mark(q.id) and o.kind = 'release_asked' and o.case_id is null and o.state = 'open'
$$;
"""

UNASK = """
drop function decisions_withdraw_release(bigint); drop function decisions_release_answer(bigint);
drop function decisions_ask_release(bigint, text); drop function decisions_release_mark(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0003_pairs_are_judged"),
        ("registry", "0009_kept_in_one_household"),
        ("places", "0002_scope_in_the_database"),
    ]
    operations = [
        migrations.RunSQL(*protect("decisions_pair", "place_code")),
        migrations.RunSQL(*protect("decisions_search", "place_code")),
        migrations.RunSQL(ASK, UNASK),
    ]
