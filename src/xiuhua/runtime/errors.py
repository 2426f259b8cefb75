"""The one error of the database's keeping, worded for the person who has to do something about it."""

from __future__ import annotations

import errno
from pathlib import Path


class ClusterError(Exception):
    """The database cannot be used; one line in each language says why and what to do.

    zh, en: sentences without a line break.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


class NotOursError(ClusterError):
    """A folder belongs to somebody else or holds something that we did not put there."""


class DiskFullError(ClusterError):
    """No space, or no quota, is left where the database lives."""


def not_ours(folder: Path, zh: str, en: str) -> NotOursError:
    """The refusal to touch a folder, with the reason in both languages."""
    return NotOursError(
        f"数据库目录不是本系统的，未作任何改动：{folder}（{zh}）。请用 XIUHUA_HOME 另选目录",
        f"the database folder is not ours and was left as it is: {folder} ({en}); choose another with XIUHUA_HOME",
    )


def disk_full(folder: Path) -> DiskFullError:
    """The refusal to go on without space; nothing written before is lost."""
    return DiskFullError(
        f"磁盘已满：{folder}。已存的数据没有丢失，请腾出空间后再启动",
        f"the disk is full: {folder}; what was stored is safe, free some space and start again",
    )


def from_os_error(error: OSError, folder: Path) -> ClusterError:
    """An error of the operating system in our words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    if error.errno in (errno.EACCES, errno.EPERM):
        return not_ours(folder, "没有权限", "permission denied")
    if error.errno == errno.EROFS:
        return ClusterError(f"文件系统只读：{folder}", f"the file system is read-only: {folder}")
    reason = error.strerror or str(error)
    return ClusterError(f"无法使用目录 {folder}：{reason}", f"cannot use folder {folder}: {reason}")
