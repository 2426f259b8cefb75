"""Where things are: the home folder, the cluster in it, its socket, its passwords, the addresses to connect to."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from xiuhua.runtime.children import OsUser, reachable, unprivileged_user, user_by_uid
from xiuhua.runtime.errors import ClusterError, from_os_error, not_ours

DATABASE = "xiuhua"
SUPERUSER = "xiuhua_admin"
OWNER = "xiuhua_owner"
APP = "xiuhua_app"
PORT = 5432  # only part of the socket's file name: the server listens on no network address
SOCKET_NAME_LIMIT = 100  # bytes; the kernel allows 107 with the file name

SYSTEM_HOME = Path("/var/lib/xiuhua")


@dataclass(frozen=True)
class Urls:
    """libpq addresses. owner: role that owns the tables (migrations). app: role that everything else uses.

    Where an operator gave only DATABASE_URL both are the same; `xiuhua migrate` then refuses.
    """

    owner: str = field(repr=False)
    app: str = field(repr=False)


@dataclass(frozen=True)
class Location:
    """One cluster: home folder, base folder (data, lock, log), socket folder, file of passwords, user of the server."""

    home: Path
    base: Path
    sockets: Path
    keys: Path
    user: OsUser | None

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def lock(self) -> Path:
        return self.base / "lock"

    @property
    def log(self) -> Path:
        return self.base / "server.log"


def home() -> Path:
    """XIUHUA_HOME, else `var` in the checkout that this package runs from, else `var` in the current folder."""
    given = os.environ.get("XIUHUA_HOME")
    if given:
        return Path(given).absolute()
    checkout = Path(__file__).resolve().parents[3]
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "var"


def external() -> bool:
    """Whether the operator named a server of his own."""
    return bool(os.environ.get("DATABASE_URL"))


def locate(home_folder: Path | None = None) -> Location:
    """Find the cluster of a home folder; makes the home folder only. Raises ClusterError.

    Data that exist win over every rule, so that a changed permission on some parent never makes an empty
    database appear beside the full one.
    """
    base_home = (home_folder or home()).absolute()
    try:
        base_home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, base_home) from error
    base_home = base_home.resolve()
    user = unprivileged_user()
    token = hashlib.sha256(os.fsencode(base_home)).hexdigest()[:12]
    inside, outside = base_home / "database", SYSTEM_HOME / token
    if user is None or (inside / "data").exists():
        base = inside
    elif (outside / "data").exists() or not reachable(base_home, user):
        base = outside
    else:
        base = inside
    if user is not None:
        user = _keeper_of(base / "data", user)
    sockets = base / "socket"
    if len(os.fsencode(sockets)) + len(f"/.s.PGSQL.{PORT}") > SOCKET_NAME_LIMIT:
        # /tmp by name and not TMPDIR or XDG_RUNTIME_DIR: all processes must find the same folder, whoever starts
        # them, and it must not vanish when somebody logs out. It is made 0700 and refused when not ours.
        sockets = Path("/tmp") / f"xiuhua-{token}"
    return Location(base_home, base, sockets, base_home / "keys" / "database.json", user)


def _keeper_of(data: Path, chosen: OsUser) -> OsUser:
    """The user whom existing data belong to: a `postgres` user that appears later does not orphan them."""
    try:
        owner = data.stat().st_uid
    except OSError:
        return chosen
    # Root's own data are not a cluster; with a user asked for, other data than his are refused at the start.
    return chosen if owner in (0, chosen.uid) or os.environ.get("XIUHUA_DB_USER") else user_by_uid(owner)


def own_folder(folder: Path, user: OsUser | None, mode: int, *, keep_owner: bool = False) -> None:
    """Make `folder` with `mode` for `user` (None: ourselves), or check that it is one and is ours. Raises ClusterError.

    keep_owner: as root, a folder is made ours and one that `user` made earlier stays his.
    """
    ours = {os.geteuid()} | ({user.uid} if user else set())
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
                owner = user_by_uid(found.st_uid).name
                raise not_ours(folder, f"属于用户 {owner}", f"it belongs to {owner}") from None
        if user is not None and os.geteuid() == 0 and not keep_owner:
            os.chown(folder, user.uid, user.gid)
        folder.chmod(mode)
    except OSError as error:
        raise from_os_error(error, folder) from error


def passwords(location: Location) -> dict[str, str]:
    """Password by role, made once. Two processes that make them at the same moment end with the same ones."""
    path = location.keys
    try:
        if not path.exists():
            own_folder(path.parent, None, 0o700)
            made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}
            draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w") as file:
                    json.dump(made, file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                os.link(draft, path)
            except FileExistsError:
                pass  # somebody else was first: his hold
            finally:
                draft.unlink(missing_ok=True)
        found = json.loads(path.read_text())
        return {role: str(found[role]) for role in (SUPERUSER, OWNER, APP)}
    except OSError as error:
        raise from_os_error(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ClusterError(
            f"数据库口令文件损坏：{path}。请从备份恢复",
            f"the file of database passwords is damaged: {path}; restore it from a backup",
        ) from error


def url(role: str, password: str, sockets: Path, database: str = DATABASE) -> str:
    """A libpq address over the Unix socket."""
    return (
        f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={quote(str(sockets))}&port={PORT}"
    )


def connection_urls(home_folder: Path | None = None) -> Urls:
    """Addresses of the database, without starting or asking anything. Raises ClusterError.

    DATABASE_URL and OWNER_DATABASE_URL where the operator set them, else those of the embedded server.
    """
    if external():
        given = os.environ["DATABASE_URL"]
        return Urls(owner=os.environ.get("OWNER_DATABASE_URL") or given, app=given)
    location = locate(home_folder)
    return urls_of(location, passwords(location))


def urls_of(location: Location, words: dict[str, str]) -> Urls:
    """The two addresses of an embedded cluster."""
    return Urls(
        owner=url(OWNER, words[OWNER], location.sockets),
        app=url(APP, words[APP], location.sockets),
    )


def superuser_url(location: Location, database: str = "postgres") -> str:
    """Address of the embedded server's superuser: for its own keeping and for tests, never for the product."""
    return url(SUPERUSER, passwords(location)[SUPERUSER], location.sockets, database)


def django_database(address: str) -> dict[str, object]:
    """A libpq address as Django's DATABASES wants it: NAME, USER, PASSWORD, HOST, PORT; the rest in OPTIONS."""
    from psycopg.conninfo import conninfo_to_dict

    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parts = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    settings: dict[str, object] = {names[key]: value for key, value in parts.items() if key in names}
    settings["OPTIONS"] = {key: value for key, value in parts.items() if key not in names}
    return settings
