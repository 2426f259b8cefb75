"""Our own supervisor round PostgreSQL: one server per home folder, kept alive, joined by whoever comes second.

The server is a direct child (reaped at once, told by the kernel to shut down when we die); an exclusive file lock says
who keeps it. Why not the wheel's own starter: docs/decisions/0002-embedded-postgresql.md.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from xiuhua.runtime import locations, preparation
from xiuhua.runtime.binaries import Binaries, wheel_binaries
from xiuhua.runtime.children import spawn
from xiuhua.runtime.errors import ClusterError, from_os_error
from xiuhua.runtime.external import check_external
from xiuhua.runtime.locations import APP, SUPERUSER, Location, Urls

__all__ = ["Server", "Urls", "connection_urls", "home", "running"]

home = locations.home
connection_urls = locations.connection_urls

POLL_SECONDS = 0.1
RETRY_SECONDS = 20.0  # for what the predecessor of a killed server leaves behind for a moment
STOP_SECONDS = 60.0
LOG_BYTES = 10_000_000
RETRYABLE = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block is still in use")

Say = Callable[[str], None]


def say_on_stderr(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


class _Lock:
    """The right to keep the server of one base folder. The kernel gives it back when its holder dies."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self._file: int | None = None

    def take(self, purpose: str) -> bool:
        """True when it is ours now. Raises OSError."""
        descriptor = os.open(self.location.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _hand_over(descriptor, self.location)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        with suppress(OSError):  # on a full disk the lock is worth more than its label
            os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "purpose": purpose}).encode(), 0)
        self._file = descriptor
        return True

    def give_back(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _hand_over(descriptor: int, location: Location) -> None:
    """A file that root makes beside an ordinary user's cluster stays usable for that user."""
    if location.user and os.geteuid() == 0:
        os.fchown(descriptor, location.user.uid, location.user.gid)


def keeper(location: Location) -> tuple[int, str] | None:
    """Process and purpose of whoever keeps the server now, or None."""
    try:
        descriptor = os.open(location.lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            label = json.loads(os.pread(descriptor, 1000, 0))
            return int(label["pid"]), str(label["purpose"])
        except (ValueError, KeyError, TypeError):
            return 0, "?"
    finally:
        os.close(descriptor)
    return None


class Server:
    """One embedded server, kept by this process or joined where another keeps it (and taken over if that one goes).

    All children are started by one thread that lives until `stop`: the kernel ties a child to the thread that made it.
    """

    def __init__(
        self,
        location: Location,
        binaries: Binaries | None = None,
        *,
        purpose: str = "xiuhua",
        durable: bool = True,
        say: Say = say_on_stderr,
    ) -> None:
        self.location = location
        self.binaries = binaries or wheel_binaries(location.user)
        self.words = locations.passwords(location)
        self.purpose = purpose
        self.durable = durable
        self.say = say
        self.child: subprocess.Popen[bytes] | None = None
        self._lock = _Lock(location)
        self._stopping = threading.Event()
        self._settled = threading.Event()  # ready, or failed for good
        self._failure: ClusterError | None = None
        self._thread = threading.Thread(target=self._keep, name="xiuhua-database", daemon=True)

    @property
    def keeps(self) -> bool:
        """Whether this process is the one that keeps the server."""
        return self.child is not None

    def start(self) -> None:
        """Return when the database answers and is prepared. Raises ClusterError."""
        preparation.make_folders(self.location)
        self._thread.start()
        try:
            self._settled.wait()
        except BaseException:  # Ctrl-C while the database recovers
            self.stop()
            raise
        if self._failure:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Stop the server if we keep it; returns when it is gone. Joined servers go on."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # The keeping thread

    def _keep(self) -> None:
        pause = POLL_SECONDS
        try:
            while not self._stopping.is_set():
                begun, held = time.monotonic(), False
                try:
                    held = self._lock.take(self.purpose)
                    if held:
                        self._serve()
                    elif not self._settled.is_set() and self._answers(APP, locations.DATABASE):
                        self._settled.set()
                except (ClusterError, OSError, psycopg.Error) as error:
                    ours = _as_ours(error, self.location)
                    if not self._settled.is_set():
                        self._failure = ours
                        return
                    self.say(str(ours))
                finally:
                    self._end_child()
                    self._lock.give_back()
                # A server that keeps dying is tried again ever more slowly: the disk may be freed meanwhile.
                quick = held and time.monotonic() - begun < 10
                pause = min(pause * 2, 30.0) if quick else POLL_SECONDS
                self._stopping.wait(pause)
        finally:
            self._settled.set()

    def _serve(self) -> None:
        """Bring the server up and watch it until it ends or we are to stop."""
        if not preparation.check_ours(self.location, self.binaries):
            preparation.initialise(self.location, self.binaries, self.words)
        self._bring_up()
        if self._stopping.is_set():
            return
        with psycopg.connect(self._address(SUPERUSER, "postgres"), autocommit=True) as admin:
            preparation.prepare_cluster(admin, self.words)
        again = self._settled.is_set()
        self._settled.set()
        if again:
            self.say("数据库已重新启动 / the database is up again")
        assert self.child is not None
        while self.child.poll() is None and not self._stopping.wait(POLL_SECONDS):
            pass
        if not self._stopping.is_set():
            self.say(
                f"数据库意外退出（{self.child.returncode}），正在重新启动 / "
                f"the database ended unexpectedly ({self.child.returncode}), starting it again"
            )

    def _bring_up(self) -> None:
        """Start the child and wait as long as it lives until it answers: recovery after a crash may take long."""
        deadline = time.monotonic() + RETRY_SECONDS
        while not self._stopping.is_set():
            self._await_predecessor()
            offset = self._open_log_and_spawn()
            assert self.child is not None
            told = time.monotonic()
            while self.child.poll() is None and not self._stopping.is_set():
                if self._answers(SUPERUSER, "postgres"):
                    return
                if time.monotonic() - told > 5:
                    told = time.monotonic()
                    self.say("数据库正在恢复，请稍候… / the database is recovering, please wait…")
                self._stopping.wait(POLL_SECONDS / 2)
            if self._stopping.is_set():
                return
            words = self._log_since(offset)
            if not any(sign in words for sign in RETRYABLE) or time.monotonic() > deadline:
                raise preparation.failure(words, self.location)
            time.sleep(POLL_SECONDS)

    def _await_predecessor(self) -> None:
        """A server whose keeper was killed is shutting down by itself: wait for it, asking it once more to go."""
        told, asked = time.monotonic(), False
        while (pid := predecessor(self.location)) and not self._stopping.is_set():
            if not asked:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGINT)
                asked = True
            if time.monotonic() - told > 5:
                told = time.monotonic()
                self.say("等待上一个数据库进程结束… / waiting for the previous database process to end…")
            self._stopping.wait(POLL_SECONDS)

    def _open_log_and_spawn(self) -> int:
        log = self.location.log
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            os.fchmod(output.fileno(), 0o600)
            _hand_over(output.fileno(), self.location)
            offset = output.tell()
            self.child = spawn(
                [
                    self.binaries.postgres,
                    "-D",
                    str(self.location.data),
                    *preparation.server_settings(self.location, durable=self.durable),
                ],
                death_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
                user=self.location.user,
                environment=preparation.environment(),
                output=output,
                folder=self.location.data,
            )
        return offset

    def _log_since(self, offset: int) -> str:
        with self.location.log.open("rb") as file:
            file.seek(offset)
            return file.read(100_000).decode(errors="replace")

    def _address(self, role: str, database: str) -> str:
        return locations.url(role, self.words[role], self.location.sockets, database)

    def _answers(self, role: str, database: str) -> bool:
        """Whether that role can sign in now. Raises ClusterError when the passwords are not the cluster's."""
        try:
            psycopg.connect(self._address(role, database), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error) and role == SUPERUSER:
                raise ClusterError(
                    f"口令文件与数据库不符：{self.location.keys}。请从备份恢复该文件",
                    f"the file of passwords does not fit the database: {self.location.keys}; restore it from a backup",
                ) from error
            return False
        return True

    def _end_child(self) -> None:
        """Fast shutdown; after a minute the immediate one, from which the next start recovers without loss."""
        child = self.child
        if child is None:
            return
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGQUIT)
                child.wait()
        self.child = None


def _as_ours(error: Exception, location: Location) -> ClusterError:
    if isinstance(error, ClusterError):
        return error
    if isinstance(error, OSError):
        return from_os_error(error, location.base)
    return preparation.failure(f"error: {' '.join(str(error).split())}", location)


def predecessor(location: Location) -> int | None:
    """Process id of a live server that works in our data folder, or None. Only Linux can tell; elsewhere None."""
    try:
        pid = int((location.data / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}/cwd").resolve(strict=True) == location.data.resolve():
            return pid
    except (OSError, ValueError):
        return None
    return None


@contextmanager
def running(
    home_folder: Path | None = None, *, purpose: str = "xiuhua", say: Say = say_on_stderr
) -> Iterator[Urls]:
    """A database that answers, for the length of the block. Raises ClusterError.

    The operator's server as it is when DATABASE_URL is set (checked, refused when unfit); else the embedded one,
    started or joined, and stopped at the end if this process keeps it.
    """
    if locations.external():
        urls = locations.connection_urls(home_folder)
        check_external(urls)
        yield urls
        return
    location = locations.locate(home_folder)
    with Server(location, purpose=purpose, say=say) as server:
        yield locations.urls_of(location, server.words)
