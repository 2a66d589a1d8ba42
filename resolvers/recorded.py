"""What is left in the audit by what is done: for every mutation, command and job one action, or the reason for none.

Nothing has to be called for it: whatever is written goes through the outbox, which asks here what to record, within
the transaction. What changed is told by comparing rows with how they were when they were found.
"""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from tortoise import fields
from tortoise.models import Model

from auth.viewer import Viewer
from models import Account, AuditAction, Member, RepresentativeInvitation, SignInSession, SynonymGroup
from models.logs.audit import REASON, Recorded, Typed
from models.privacy.declaration import Kind, Whose
from models.privacy.personal_data import PERSONAL
from resolvers.field_names import field_of
from subscriptions.outbox import Changes

# Models whose rows are shown as a type of another name.
_CALLED = {RepresentativeInvitation: "Invitation", SynonymGroup: "Synonyms"}
# What isn't just CHANGED. An operation that isn't here is told by the word that its name begins with.
ACTIONS = {
    "confirmEmail": AuditAction.CREATED,
    "publishGroupPost": AuditAction.CREATED,
    "report": AuditAction.CREATED,
    "signIn": AuditAction.SIGNED_IN,
    "signInWithLink": AuditAction.SIGNED_IN,
    "signInWithProvider": AuditAction.SIGNED_IN,
    "leaveNetwork": AuditAction.ERASED,
}
VERBS = {
    "create": AuditAction.CREATED,
    "apply": AuditAction.CREATED,
    "invite": AuditAction.CREATED,
    "register": AuditAction.CREATED,
    "respond": AuditAction.CREATED,
    "approve": AuditAction.DECIDED,
    "decide": AuditAction.DECIDED,
    "decline": AuditAction.DECIDED,
    "reinstate": AuditAction.DECIDED,
    "review": AuditAction.DECIDED,
    "suspend": AuditAction.DECIDED,
    "hide": AuditAction.HIDDEN,
    "unhide": AuditAction.HIDDEN,
    "delete": AuditAction.ERASED,
    "erase": AuditAction.ERASED,
    "send": AuditAction.SENT,
    "tell": AuditAction.SENT,
}
# What leaves no entry, and why.
_MAIL = "it sends a link by mail, whether or not anybody is there; what is done by the link leaves one"
_OWN = "it is an account's own note, which concerns nobody else, the office neither"
UNRECORDED = {
    "signUp": _MAIL,
    "requestPasswordReset": _MAIL,
    "requestSignInLink": _MAIL,
    "requestEmailChange": _MAIL,
    "refreshSession": "it goes on with a sign-in, which has left one",
    "setProfile": _OWN,
    "setNotifications": _OWN,
    "saveSearch": _OWN,
    "deleteSavedSearch": _OWN,
    "markSavedSearchSeen": _OWN,
    "dismissMatch": _OWN,
}

# What leaves everything as it was, where it is said once more.
_SAME_AGAIN = ("change", "end", "record", "save", "set", "update")

# What follows from other columns, or is counted: nobody changed it.
_DERIVED = {
    *("version", "created_at", "updated_at", "active_at", "withheld_at", "name_key", "topic_keys"),
    *("confirmed_count", "waitlisted_count", "queue_number"),
}
# Why something was done, in the words of who did it.
_REASONS = ("status_reason", "hidden_reason", "note")
# What is no text that people type: a state, a number, an instant, another row.
_PLAIN = (fields.IntField, fields.BooleanField, fields.DatetimeField, fields.DateField)
_PERSONAL = {table.model: table for table in PERSONAL}


@cache
def may_change_nothing(operation: str) -> bool:
    """Whether nothing was done where nothing is otherwise than before: the same was typed once more."""
    return operation.startswith(_SAME_AGAIN)


@cache
def action_of(operation: str) -> AuditAction | None:
    """What an operation is to the audit; None where it leaves nothing."""
    if operation in UNRECORDED:
        return None
    first = next((place for place, letter in enumerate(operation) if not letter.islower()), len(operation))
    return ACTIONS.get(operation) or VERBS.get(operation[:first], AuditAction.CHANGED)


def rows_of(found: object) -> list[Model]:
    """The rows among what was found: it, or several."""
    return [one for one in (found if isinstance(found, (tuple, list)) else (found,)) if isinstance(one, Model)]


def record(changes: Changes, viewer: Viewer, operation: str | None, result: object) -> None:
    """Record what a transaction did, of which `result` came; nothing where it did nothing."""
    action = action_of(operation) if operation is not None and not changes.entries else None
    if operation is None or action is None:
        return
    known = {id(row): before for row, before in changes.watched}
    for row in _subjects(changes, result):
        if row is None and viewer.is_system and not changes.told:
            continue
        before = known.get(id(row))
        # Of what is erased not even which fields: what stood in them must be nowhere any more.
        erased = action is AuditAction.ERASED
        changed = _changed(row, before) if row is not None and before is not None and not erased else {}
        if changed or changes.told or changes.concerned or before is None or not may_change_nothing(operation):
            changes.record(_entry(viewer, operation, action, row, changed, changes.changed))


def _subjects(changes: Changes, result: object) -> Sequence[Model | None]:
    """What it is about: what was said to be, else what came of it, else what was found first."""
    if changes.concerned:
        return list(dict.fromkeys(changes.concerned))
    found = rows_of(result) or [row for row, _before in changes.watched]
    return found[-1:] or [None]


def failed(viewer: Viewer, operation: str, account: Account | None) -> Recorded:
    """An attempt to prove who one is, which failed; of an address that has no account, nothing is known."""
    key = account.id if account is not None else None
    return Recorded(AuditAction.SIGNED_IN, operation, viewer.member_id, key, succeeded=False, **_target(account))


def _changed(row: Model, before: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The columns that are otherwise than before, with both values."""
    after = row.__dict__
    columns = row._meta.fields_db_projection
    return {
        name: (before.get(name), after.get(name))
        for name in columns
        if name not in _DERIVED and before.get(name) != after.get(name)
    }


def _entry(
    viewer: Viewer,
    operation: str,
    action: AuditAction,
    row: Model | None,
    changed: dict[str, tuple[Any, Any]],
    more: Sequence[str],
) -> Recorded:
    account = viewer.account or (row if isinstance(row, Account) and not viewer.is_system else None)
    names, states, typed = _values(row, changed) if row is not None and changed else ([], {}, [])
    return Recorded(
        action,
        operation,
        viewer.member_id or (account.member_id if account is not None else None),
        account.id if account is not None else None,
        viewer.key.id if viewer.key is not None else None,
        changed=[*names, *more],
        states=states or None,
        typed=typed,
        **_target(viewer.account if row is None or isinstance(row, SignInSession) else row),
    )


def _values(row: Model, changed: dict[str, tuple[Any, Any]]) -> tuple[list[str], dict[str, Any], list[Typed]]:
    """The fields that are otherwise, before and after of those that are nobody's own, and of those that are."""
    model, owner = type(row), _owner(row)
    names, states, typed = [], {}, []
    for column, (before, after) in changed.items():
        name = field_of(model, column)
        names.append(name)
        if column in _REASONS and after is not None:
            typed.append(Typed(owner, REASON, None, str(after)))
        elif is_plain(model, column):
            states[name] = [_said(before), _said(after)]
        elif _kind(model, column) is not Kind.CREDENTIAL:  # of these not even what they were
            typed.append(Typed(owner, name, _text(before), _text(after)))
    return names, states, typed


def is_plain(model: type[Model], column: str) -> bool:
    """Whether a column holds nothing personal, nor anything typed: both values of it may be kept with the entry."""
    if _kind(model, column) is not None:
        return False
    field = model._meta.fields_map[column]
    return isinstance(field, _PLAIN) or hasattr(field, "enum_type")


def _kind(model: type[Model], column: str) -> Kind | None:
    """What a column says of a person; None where it says nothing."""
    table = _PERSONAL.get(model)
    return next((one.kind for one in table.columns if one.name == column), None) if table is not None else None


def called(model: type[Model]) -> str:
    """What the opaque ids of rows of a model begin with."""
    return _CALLED.get(model, model.__name__)


def _target(row: Model | None) -> dict[str, Any]:
    """What it was done to: of an account its member, where it has one."""
    if isinstance(row, Account) and row.member_id is not None:
        return {"target_type": Member.__name__, "target_key": row.member_id}
    if row is None or not isinstance(row.pk, int):
        return {}
    return {"target_type": called(type(row)), "target_key": row.pk}


def _owner(row: Model) -> int | None:
    """Which member's row it is; None where it is nobody's."""
    table = _PERSONAL.get(type(row))
    columns = [name for name, whose in table.whose.items() if whose is Whose.MEMBER] if table is not None else []
    return next((key for key in (getattr(row, name) for name in columns) if key is not None), None)


def _said(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
