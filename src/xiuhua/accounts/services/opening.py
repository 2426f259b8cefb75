"""Opening and stopping accounts, and passwords.

Opening an account and resetting a password take two people, and neither may be the account's own person. Stopping one
takes one: whoever sees that an account must be stopped must not wait for a second person.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Account, AccountRequest, Appointment, Official
from xiuhua.accounts.services.acts import (
    Done,
    Hand,
    Refused,
    administrators_remain,
    needs,
    not_oneself,
    post_at,
    reached,
)
from xiuhua.accounts.services.tokens import stop_all
from xiuhua.accounts.terms import Office, Role, Title, Wish
from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.models import Place

TEMPORARY_DAYS = 3
# No letter or digit that is taken for another when read aloud or written down.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def temporary_password() -> str:
    """Three groups of four letters and digits (59 bits), to be read out and typed once."""
    return "-".join("".join(secrets.choice(LETTERS) for _number in range(4)) for _group in range(3))


@recorded("accounts.ask_for_account")
def ask_for_account(
    *,
    by: Appointment,
    place: Place,
    office: Office,
    title: Title,
    role: Role,
    username: str,
    reason: str,
    name: str = "",
    unit: str = "",
    official: Official | None = None,
) -> Done:
    """Asks for an account for a new person (name, unit) or a known one without; another person has to grant it."""
    needs(by, "accounts.ask")
    post = post_at(by, place, office, title, role)
    if official is None:
        official = Official.objects.create(name=name, unit=unit)
    else:
        not_oneself(by, official)
        reached(by, official, post.place_id)
        if Account.objects.filter(official=official, is_active=True).exists():
            raise Refused(_("此人已有账号。如果忘了密码，请申请重置；如果换了岗位，请登记任职。"))
    if Account.objects.filter(username=username).exclude(official=official).exists():
        raise Refused(_("用户名 %(name)s 已有人使用，请换一个。") % {"name": username})
    return _asked(
        by, Wish.CREATE, official, username=username, post=post, reason=reason, place_code=post.place_id
    )


@recorded("accounts.ask_for_reset")
def ask_for_reset(*, by: Appointment, account: Account, reason: str) -> Done:
    """Asks for a new password for somebody who can no longer sign in."""
    needs(by, "accounts.ask")
    not_oneself(by, account.official)
    place_code = reached(by, account.official)
    if not account.is_active:
        raise Refused(_("账号已停用，不能重置密码；需要恢复的，请重新申请开通。"))
    return _asked(
        by,
        Wish.RESET,
        account.official,
        username=account.username,
        post=None,
        reason=reason,
        place_code=place_code,
    )


@recorded("accounts.answer_request")
def answer_request(*, by: Appointment, request: AccountRequest, grant: bool) -> Done:
    """Grants or refuses what another person asked. Granting yields a temporary password, for this one answer only."""
    request = AccountRequest.objects.select_for_update().get(pk=request.pk)
    if reason := why_not_answer(by=by, request=request):
        raise Refused(reason)
    password = ""
    if grant:
        password = temporary_password()
        if request.wish == Wish.CREATE:
            _open(by, request, password)
        else:
            _reset(request, password)
            stop_all(official=request.official, by=by.actor_name)
    request.answered_by, request.answered_at, request.granted = _account(by), beijing_now(), grant
    request.save(update_fields=["answered_by", "answered_at", "granted"])
    return Done(
        request,
        audit_subject=f"request {request.pk}",
        audit_place=request.place_id,
        audit_detail={"wish": request.wish, "username": request.username, "granted": grant},
        password=password,
    )


def why_not_answer(*, by: Appointment, request: AccountRequest) -> str:
    """Why this person cannot answer this request, in words; empty when they can."""
    try:
        needs(by, "accounts.answer")
        if request.answered_at is not None:
            raise Refused(_("这项申请已经有人答复。"))
        if request.asked_by.official_id == by.official_id:
            raise Refused(_("这是您自己提出的，须由另一位有权限的同事办理。"))
        not_oneself(by, request.official)
        reached(by, request.official, request.place_id)
    except Refused as refused:
        return str(refused)
    return ""


def _asked(by: Appointment, wish: Wish, official: Official, *, place_code: str, **what: Any) -> Done:
    try:
        with transaction.atomic():
            request = AccountRequest.objects.create(
                wish=wish, official=official, asked_by=_account(by), place_id=place_code, **what
            )
    except IntegrityError as wrong:
        raise Refused(_("此人同样的申请还没有答复，请等另一位同事答复后再办。")) from wrong
    return Done(
        request,
        audit_subject=f"request {request.pk}",
        audit_place=place_code,
        audit_detail={"wish": str(wish), "username": request.username, "official": official.pk},
    )


def _open(by: Appointment, request: AccountRequest, password: str) -> None:
    account = Account.objects.filter(official=request.official).first() or Account(official=request.official)
    if account.pk is not None and account.is_active:
        raise Refused(_("此人已有账号，不能再开一个；请拒绝这项申请。"))
    account.username, account.is_active = request.username, True
    try:
        with transaction.atomic():
            _give(account, password)
    except IntegrityError as wrong:
        raise Refused(
            _("用户名 %(name)s 已有人使用，请拒绝这项申请并换名重新申请。") % {"name": request.username}
        ) from wrong
    today = beijing_today()
    if (
        request.post_id
        and not Appointment.objects.on(today)
        .filter(official=request.official, post_id=request.post_id)
        .exists()
    ):
        Appointment.objects.get_or_create(official=request.official, post_id=request.post_id, since=today)


def _reset(request: AccountRequest, password: str) -> None:
    account = Account.objects.select_for_update().get(official=request.official)
    if not account.is_active:
        raise Refused(_("账号已停用，不能重置密码；请拒绝这项申请。"))
    _give(account, password)


def _give(account: Account, password: str) -> None:
    """Sets a password that must be replaced at the first sign-in; a new hash ends every open session of the account."""
    account.set_password(password)
    account.must_change_password = True
    account.temporary_until = beijing_now() + timedelta(days=TEMPORARY_DAYS)
    account.save()


@recorded("accounts.change_password")
def change_password(*, by: Actor, account: Account, password: str) -> Done:
    """Sets one's own new password; ValidationError when it is too easy or the one just used."""
    if by.actor_name != account.username:
        raise Refused(_("只能修改自己的密码；同事忘了密码的，请为其申请重置。"))
    if account.check_password(password):
        raise ValidationError(_("新密码不能与现用密码相同。"), code="same_password")
    validate_password(password, account)
    account.set_password(password)
    account.must_change_password, account.temporary_until = False, None
    account.save(update_fields=["password", "must_change_password", "temporary_until"])
    return Done(account, audit_subject=f"account {account.username}", audit_place=by.place_code)


@recorded("accounts.close_account")
def close_account(*, by: Appointment, account: Account, reason: str) -> Done:
    """Stops an account at once; its open sessions and its tokens end. Opening it again takes two people."""
    needs(by, "accounts.close")
    not_oneself(by, account.official)
    place_code = reached(by, account.official)
    administrators_remain(without=account.official)
    account.is_active = False
    account.set_unusable_password()
    account.save(update_fields=["is_active", "password"])
    stop_all(official=account.official, by=by.actor_name)
    return Done(
        account,
        audit_subject=f"account {account.username}",
        audit_place=place_code,
        audit_detail={"reason": reason},
    )


@recorded("accounts.first_administrators")
def first_administrators(*, by: Hand, place: Place, people: list[tuple[str, str]]) -> Done:
    """Opens the first two accounts of an installation: (name, username) twice, because everything after takes two people."""
    if Account.objects.exists():
        raise Refused(_("系统里已有账号，不能再用这个办法开通；请由两位管理员一人申请、一人批准。"))
    if len(people) != 2 or len({username for _name, username in people}) != 2:
        raise Refused(_("最初要正好开通两位管理员的账号（此后的开通都要两个人）。"))
    post = post_at(by, place, Office.SERVICE, Title.ADMINISTRATOR, Role.ADMINISTRATOR)
    passwords: dict[str, str] = {}
    for name, username in people:
        official = Official.objects.create(name=name)
        passwords[username] = temporary_password()
        _give(Account(official=official, username=username), passwords[username])
        Appointment.objects.create(official=official, post=post, since=beijing_today())
    return Done(
        passwords, audit_subject="", audit_place=place.code, audit_detail={"usernames": list(passwords)}
    )


def _account(by: Appointment) -> Account:
    return by.official.account
