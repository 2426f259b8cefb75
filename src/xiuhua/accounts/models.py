"""Users and posts 用户与职务: an account belongs to one person; a person acts through a dated appointment to a post."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from xiuhua.accounts.terms import Office, Role, Title, Wish
from xiuhua.common.clock import beijing_today


class Official(models.Model):
    """A person who works in the system (not a villager)."""

    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=120, blank=True)
    phone_sealed = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; only services and the first set-up call it."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class OwnNumber(models.Model):
    """By which person of the register an official is known (本人身份), so that nobody decides on the household that they live in.

    Of the ID number only the keyed hash is kept, by which the register finds it; the number itself nowhere. Ended, never removed.
    """

    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="own_numbers")
    id_blind = models.BinaryField()
    told_by = models.CharField(max_length=200)
    told_at = models.DateTimeField()
    until = models.DateField(null=True)
    ended_by = models.CharField(max_length=200, default="", db_default="", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["official"], condition=Q(until__isnull=True), name="one_own_number_an_official"
            ),
            models.UniqueConstraint(
                fields=["id_blind"], condition=Q(until__isnull=True), name="one_official_a_number"
            ),
            models.CheckConstraint(
                name="own_number_ended_by_somebody",
                condition=Q(until__isnull=True, ended_by="") | (Q(until__isnull=False) & ~Q(ended_by="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.official_id)


class Account(AbstractBaseUser):
    """A name and a password bound to one official. There is no superuser: rights come from posts only."""

    username = models.CharField(max_length=60, unique=True)
    official = models.OneToOneField("accounts.Official", models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    # A password that somebody else has seen works until this moment only; null when it is the person's own.
    temporary_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # What it can act by today, where that was read with it: `queries.account_today`.
    held: list[Appointment] | None = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []
    objects = AccountManager()

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.official.name


class Post(models.Model):
    """A post of an office at a place. Kept when its holder goes."""

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="posts", db_column="place_code")
    office = models.CharField(max_length=20, choices=Office.choices())
    title = models.CharField(max_length=20, choices=Title.choices())
    role = models.CharField(max_length=20, choices=Role.choices())
    label = models.CharField(max_length=80, blank=True)  # the office's own wording, when it has one

    class Meta:
        ordering = ["place_id", "office", "title"]

    def __str__(self) -> str:
        return self.says("zh")

    def says(self, language: str) -> str:
        """The post in the reader's language; the office's own wording where it has one."""
        if self.label:
            return self.label
        office, title = Office(self.office).says(language), Title(self.title).says(language)
        if language.startswith("en"):
            return f"{title}, {office[0].lower()}{office[1:]}, {self.place.name}"
        return f"{self.place.name}{office}{title}"

    def brief(self, language: str) -> str:
        """The post where there is little room: English, which is longer, leaves the office out."""
        if self.label or not language.startswith("en"):
            return self.says(language)
        return f"{Title(self.title).says(language)}, {self.place.name}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments that hold on a day."""

    def on(self, day: date) -> AppointmentQuerySet:
        """Those in force on a day. A deputy's holds only while the one it stands in for does."""
        return self.filter(
            Q(since__lte=day),
            Q(until__isnull=True) | Q(until__gte=day),
            Q(deputy_for__isnull=True) | Q(deputy_for__since__lte=day),
            Q(deputy_for__isnull=True) | Q(deputy_for__until__isnull=True) | Q(deputy_for__until__gte=day),
        )


class Appointment(models.Model):
    """Who holds a post, from when to when; a deputy is named beforehand for the appointment it stands in for."""

    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="appointments")
    post = models.ForeignKey("accounts.Post", models.PROTECT, related_name="appointments")
    since = models.DateField()
    until = models.DateField(null=True)
    deputy_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="deputies")
    named_on = models.DateField(default=beijing_today)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="deputy_named_beforehand",
                condition=Q(deputy_for__isnull=True) | Q(since__gt=F("named_on"), until__isnull=False),
            ),
            models.UniqueConstraint(fields=["official", "post", "since"], name="one_appointment_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.official} {self.post}"

    @property
    def place_code(self) -> str:
        """The place whose area this appointment may see."""
        return self.post.place_id

    @property
    def role(self) -> Role:
        return Role(self.post.role)

    @property
    def actor_name(self) -> str:
        """The account behind it, for the audit."""
        account = getattr(self.official, "account", None)
        return account.username if account else self.official.name

    @property
    def post_name(self) -> str:
        return self.says("zh")

    def says(self, language: str) -> str:
        """Who holds which post, in the reader's language."""
        return f"{self.official.name} · {self.post.says(language)}"


class AccountRequest(models.Model):
    """Opening an account or resetting its password: one person asks, another grants. The table refuses one and the same."""

    wish = models.CharField(max_length=10, choices=Wish.choices())
    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="requests")
    username = models.CharField(max_length=60)
    post = models.ForeignKey("accounts.Post", models.PROTECT, null=True)
    reason = models.CharField(max_length=200)
    place = models.ForeignKey("places.Place", models.PROTECT, db_column="place_code")
    asked_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="asked")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="answered")
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["official", "wish"], condition=Q(answered_by__isnull=True), name="one_open_request"
            ),
            models.CheckConstraint(
                name="asker_does_not_answer",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="answered_by_somebody_sometime",
                condition=Q(granted__isnull=True, answered_by__isnull=True, answered_at__isnull=True)
                | Q(granted__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wished.zh} {self.username}"

    @property
    def wished(self) -> Wish:
        """What is asked for, in words of both languages."""
        return Wish(self.wish)


class Token(models.Model):
    """A program's key to what one appointment may read. Only its hash is kept; it is shown once, when it is made."""

    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, related_name="tokens")
    purpose = models.CharField(max_length=120)
    shown = models.CharField(max_length=12)  # its first letters, by which its owner knows it again
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    until = models.DateField()
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=150, blank=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="token_stopped_by_somebody",
                condition=Q(stopped_at__isnull=True, stopped_by="")
                | (Q(stopped_at__isnull=False) & ~Q(stopped_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown}… {self.purpose}"


class Caller(models.Model):
    """How often somebody called the interface for programs in the minute they last did. One row a caller."""

    name = models.CharField(max_length=40, primary_key=True)
    minute = models.BigIntegerField()
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.name
