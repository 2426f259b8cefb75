"""Each entry's hash covers the one before it; entries are added and never changed, whoever asks."""

from django.db import migrations

from xiuhua.places.scope import protect

CHAIN = """
create function audit_digest(e audit_entry) returns text language sql immutable as $$
  select encode(sha256(convert_to(jsonb_build_array(e.previous, e.book, e.number, (extract(epoch from e.at) * 1000000)::bigint,
    e.actor, e.post, e.place_code, e.action, e.subject, e.detail)::text, 'UTF8')), 'hex')
$$;
-- Runs as the owner: the newest entry of a book may lie outside the area of the one who acts.
create function audit_link() returns trigger language plpgsql security definer set search_path = public as $$
declare newest audit_entry;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit ' || new.book, 0));
  select * into newest from audit_entry where book = new.book order by number desc limit 1;
  new.number := coalesce(newest.number, 0) + 1;
  new.previous := coalesce(newest.digest, '');
  new.digest := audit_digest(new);
  return new;
end $$;
create trigger audit_link before insert on audit_entry for each row execute function audit_link();
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is only added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_refuse before update or delete on audit_entry for each row execute function audit_refuse();
create trigger audit_refuse_truncate before truncate on audit_entry for each statement execute function audit_refuse();
create function audit_check(wanted text) returns table (number bigint) language sql stable security definer set search_path = public as $$
  select e.number from (
    select x, lag(x.digest, 1, '') over (order by x.number) as before, row_number() over (order by x.number) as place
    from audit_entry x where x.book = wanted) c, lateral (select (c.x).*) e
  where e.previous <> c.before or e.number <> c.place or e.digest <> audit_digest(c.x)
  order by e.number
$$;
"""

UNCHAIN = """
drop function audit_check(text);
drop trigger audit_refuse_truncate on audit_entry;
drop trigger audit_refuse on audit_entry;
drop function audit_refuse();
drop trigger audit_link on audit_entry;
drop function audit_link();
drop function audit_digest(audit_entry);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("places", "0002_scope_in_the_database")]
    operations = [
        migrations.RunSQL(CHAIN, UNCHAIN),
        migrations.RunSQL(*protect("audit_entry", "place_code", history=True)),
    ]
