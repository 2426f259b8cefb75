"""Cases 事项: what somebody proposes about a household, step by step, until another decides."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xiuhua.decisions.terms import CLAIMING, Act, State
from xiuhua.places.scope import ScopedManager


class Case(models.Model):
    """One thing proposed. What is proposed stands in `payload` (by the kind's form); how it went, in its steps.

    The state follows from the steps: a trigger sets it, and the database refuses to have it set otherwise. `claim` says
    what the case is about (a person, a household, a newborn by name): of one kind and claim only one can be open.
    """

    kind = models.CharField(max_length=40)
    place_code = models.CharField(max_length=12, db_collation="C")
    state = models.CharField(max_length=12, choices=State.choices(), default=State.DRAFTED)
    claim = models.CharField(max_length=160)
    households = ArrayField(models.BigIntegerField(), default=list)
    persons = ArrayField(models.BigIntegerField(), default=list)
    # Never an ID number, a phone or an account: the one number a form may ask for is sealed beside it.
    payload = models.JSONField(default=dict)
    id_sealed = models.BinaryField(null=True)
    id_blind = models.BinaryField(null=True)
    effective_on = models.DateField()
    reason = models.CharField(max_length=400, blank=True)
    # The county that a household goes to; its office takes the last step. Within a county the database finds where it goes.
    to_code = models.CharField(max_length=12, blank=True, db_collation="C")
    begun_at = models.DateTimeField()

    objects = ScopedManager["Case"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "claim"],
                condition=Q(state__in=[one.value for one in CLAIMING]),
                name="one_open_case_of_a_kind",
            ),
            models.CheckConstraint(
                name="case_number_whole",
                condition=Q(id_sealed__isnull=True, id_blind__isnull=True)
                | Q(id_sealed__isnull=False, id_blind__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["place_code", "state"], name="case_place_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CaseStep(models.Model):
    """What somebody did with a case, when, by which post. Only added; the trigger asks whether they may."""

    case = models.ForeignKey("decisions.Case", models.PROTECT, related_name="steps")
    place_code = models.CharField(max_length=12, db_collation="C")
    number = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=12, choices=Act.choices())
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT)
    # Taken from the appointment by the database, so that two posts of one person are one person.
    official = models.ForeignKey("accounts.Official", models.PROTECT)
    actor = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    reason = models.CharField(max_length=400, blank=True)
    # What was proposed or what changed, as it was at this step: rows of the register with before and after.
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = ScopedManager["CaseStep"]()

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_step_a_number")]
        indexes = [
            models.Index(fields=["place_code"], name="step_place"),
            models.Index(fields=["official", "-at"], name="step_official"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.act}"

    @property
    def done(self) -> Act:
        """The act, in words of both languages."""
        return Act(self.act)


class CaseEvidence(models.Model):
    """A photo or scan that a case rests on. `what` is a code of the kind's list. Only added."""

    case = models.ForeignKey("decisions.Case", models.PROTECT, related_name="evidence")
    place_code = models.CharField(max_length=12, db_collation="C")
    what = models.CharField(max_length=40)
    file = models.ForeignKey("files.StoredFile", models.PROTECT)
    brought_by = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["CaseEvidence"]()

    class Meta:
        ordering = ["case_id", "id"]
        indexes = [models.Index(fields=["place_code"], name="evidence_place")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"


class CaseMember(models.Model):
    """Somebody of a household that a case enters on the roll: as it was handed in each time (`round`), the head among them. Only added.

    The number is sealed before it gets here, or it is said why there is none yet. How the household is reached stands with its head.
    """

    case = models.ForeignKey("decisions.Case", models.PROTECT, related_name="members")
    place_code = models.CharField(max_length=12, db_collation="C")
    round = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=20)
    sex = models.CharField(max_length=6, null=True)
    birth_date = models.DateField(null=True)
    id_sealed = models.BinaryField(null=True)
    id_blind = models.BinaryField(null=True)
    id_kind = models.CharField(max_length=12, default="none")
    no_number = models.CharField(max_length=100, blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_blind = models.BinaryField(null=True)

    objects = ScopedManager["CaseMember"]()

    class Meta:
        ordering = ["case_id", "round", "turn"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "turn"], name="one_member_a_turn"),
            models.CheckConstraint(
                name="member_number_or_why_none",
                condition=Q(id_sealed__isnull=False, id_blind__isnull=False)
                | Q(id_sealed__isnull=True, id_blind__isnull=True) & ~Q(no_number=""),
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="casemember_place")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.turn}"


class Transfer(models.Model):
    """A household, or somebody, that is to come from another place: what the receiver needs to say yes or no, and nothing else.

    Written and answered by the database's own doors only; it lies in the receiver's area, the case in the sender's: in the county that
    receives, or within one county in the village, whose township answers for it. Between villages of one township the village is told.
    """

    case_number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=40, default="move_away")
    place_code = models.CharField(max_length=12, db_collation="C")
    from_code = models.CharField(max_length=12, db_collation="C")
    head_name = models.CharField(max_length=60)
    # Of one person: the name; empty where a household comes.
    about = models.CharField(max_length=60, blank=True, default="")
    people = models.PositiveSmallIntegerField()
    registered = models.BooleanField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=400, blank=True)
    offered_by = models.CharField(max_length=200)
    offered_at = models.DateTimeField()
    # Where the case stands, which lies elsewhere; the case's steps write it.
    state = models.CharField(max_length=12, choices=State.choices(), default=State.SENT)
    answer = models.CharField(max_length=12, blank=True, choices=Act.choices())
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.CharField(max_length=400, blank=True)
    # The household that begins in the other county; within one county what comes, or whose household somebody comes into.
    household = models.BigIntegerField(null=True)

    objects = ScopedManager["Transfer"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "answer"], name="transfer_place")]

    def __str__(self) -> str:
        return f"{self.case_number} -> {self.place_code}"

    def as_detail(self) -> dict[str, Any]:
        """What the audit is told of it."""
        return {"case": self.case_number, "from": self.from_code, "to": self.place_code}
