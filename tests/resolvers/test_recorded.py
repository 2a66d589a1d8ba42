"""What every mutation leaves in the audit; what is personal in it stands apart; nobody takes any of it back."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from graphql import get_named_type
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from models import (
    Account,
    AuditAction,
    AuditEntry,
    AuditPersonal,
    Offer,
    OfferStatus,
    SignInSession,
    SignUp,
    now,
)
from resolvers.context import system_context
from resolvers.mail.codes import hashed
from resolvers.offers.expiry import expire_due
from resolvers.recorded import ACTIONS, UNRECORDED, action_of, called
from schema.declare.ids import global_id
from schema.nodes import models_of_types
from tests.auth.test_permissions import OPERATIONS, cast_for, outcome, read_table
from tests.forms import MUTATIONS
from tests.world import World

PASSWORD = "ein langes Passwort"
SIGN_IN = (
    "mutation ($e: EmailAddress!, $p: String!) { signIn(input: {email: $e, password: $p}) { userErrors { code } } }"
)
UPDATE = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code } } }"
# By a secret, instead of a right.
BY_SECRET = {
    "signIn",
    "signInWithLink",
    "signInWithProvider",
    "confirmEmail",
    "refreshSession",
    "resetPassword",
    "acceptInvitation",
}


# What they are about has no other fields by them: a row of another table came or went, or it is new itself.
OF_OTHER_ROWS = {
    *("signOut", "endSession", "endOtherSessions", "enrolSecondFactor", "requestDataExport"),
    *("addRepresentative", "removeRepresentative", "withdrawInvitation"),
    *("joinGroup", "saveTopic", "saveDistrict", "saveSynonyms"),
}


async def entries() -> list[AuditEntry]:
    return await AuditEntry.all().order_by("id")


def test_what_is_said_of_mutations_is_of_such_as_there_are() -> None:
    assert {*ACTIONS, *UNRECORDED} - {"leaveNetwork"} <= set(MUTATIONS)
    assert all(UNRECORDED.values())


def test_whatever_begins_a_session_is_a_sign_in() -> None:
    begins = {name for name, one in MUTATIONS.items() if get_named_type(one.type).name == "SignInPayload"}
    assert len(begins) > 2
    assert {action_of(name) for name in begins - {*UNRECORDED}} == {AuditAction.SIGNED_IN}


def test_what_it_is_done_to_is_called_as_its_ids_call_it() -> None:
    types = {name: model for name, model in models_of_types.items() if issubclass(model, Model)}
    assert {name: called(model) for name, model in types.items()} == {name: name for name in types}


@pytest.mark.walk
async def test_every_mutation_leaves_one_entry_or_a_reason_for_none(world: World) -> None:
    world.without_rates()
    tried = set()
    for name, make in OPERATIONS.items():
        mutation = name.split()[0]
        allowed = [role for role, word in read_table()[name].items() if word == "yes"]
        if mutation not in MUTATIONS or mutation in tried or not allowed:
            continue
        tried.add(mutation)
        cast = await cast_for(world, allowed[-1] if "office" not in allowed else "office")
        document, variables = await make(cast)
        context = await world.context(cast.asker)
        by = context.viewer.account
        before = await AuditEntry.all().count()
        assert await outcome(world, context, document, variables) == "yes", name
        left = (await entries())[before:]
        if mutation in UNRECORDED:
            assert left == [], name
            continue
        assert [(one.operation, one.action, one.succeeded) for one in left] == [(mutation, action_of(mutation), True)]
        assert left[0].account_id == (by.id if by is not None else None), name
        assert left[0].target_key is not None, name
        if left[0].action in (AuditAction.CHANGED, AuditAction.DECIDED, AuditAction.HIDDEN):
            assert bool(left[0].changed) is (mutation not in OF_OTHER_ROWS), f"{name}: which fields?"
    assert {*tried} | BY_SECRET == set(MUTATIONS)


async def test_signing_in_is_kept_also_where_it_fails_without_an_address(world: World) -> None:
    member = await world.member("Mia")
    account = await world.account(member)
    await Account.filter(id=account.id).update(password_hash=await world.services.passwords.hash(PASSWORD))
    for email, password in (
        (account.email, PASSWORD),
        (account.email, "falsch"),
        ("niemand@example.org", "falsch"),
    ):
        await world.data(SIGN_IN, e=email, p=password)
    found = [(one.operation, one.action, one.succeeded, one.account_id, one.target_key) for one in await entries()]
    assert found == [
        ("signIn", AuditAction.SIGNED_IN, True, account.id, member.id),
        ("signIn", AuditAction.SIGNED_IN, False, account.id, member.id),
        ("signIn", AuditAction.SIGNED_IN, False, None, None),
    ]
    assert not await AuditPersonal.exists()
    # By a link, and a new address: the account's member, and no hash of anything.
    await SignUp.create(
        token_hash=hashed("t"), name="Neu", email="neu@example.org", password_hash="!", expires_at=now() + timedelta(1)
    )
    await world.data('mutation { confirmEmail(token: "t") { userErrors { code } } }')
    made = (await entries())[-1]
    assert (made.operation, made.action, made.target_type) == ("confirmEmail", AuditAction.CREATED, "Member")
    session = await SignInSession.filter(account_id=account.id).first()
    assert session is not None
    change = {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD} neu"}
    document = "mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { userErrors { code } } }"
    await world.data(document, account, i=change)
    changed = (await entries())[-1]
    assert (changed.operation, changed.changed, changed.states) == ("changePassword", ["passwordHash"], None)
    assert not await AuditPersonal.exists(), "of a password not even what it was"


async def test_before_and_after_of_what_people_typed_stands_apart(world: World) -> None:
    owner = await world.member("Ada")
    offer = await world.offer(owner=owner, title="Alt")
    given = {"id": global_id("Offer", offer.id), "title": "Neu", "helpersNeeded": None, "category": "ROOM"}
    given.pop("helpersNeeded")
    await world.data(UPDATE, owner, input=given)
    (entry,) = await entries()
    assert (entry.operation, entry.actor_id, entry.target_key) == ("updateOffer", owner.id, offer.id)
    assert sorted(entry.changed) == ["category", "title"]
    assert entry.states == {"category": [offer.category.value, "ROOM"]}
    (typed,) = await AuditPersonal.all()
    assert (typed.field, typed.before, typed.after, typed.member_id) == ("title", "Alt", "Neu", owner.id)
    # The same once more is nothing that was done.
    await world.data(UPDATE, owner, input=given)
    assert await AuditEntry.all().count() == 1
    # Nor is what is refused.
    await world.data(UPDATE, owner, input={**given, "title": "x" * 1000})
    assert await AuditEntry.all().count() == 1


async def test_a_job_leaves_an_entry_of_each_that_it_changed(world: World) -> None:
    owner = await world.member()
    over: dict[str, Any] = {"owner": owner, "expires_at": now() - timedelta(minutes=1)}
    offers = [await world.offer(f"Eintrag {number}", **over) for number in range(2)]
    await expire_due(system_context(world.services, "expire offers"))
    assert await Offer.filter(status=OfferStatus.EXPIRED).count() == 2
    found = await entries()
    assert Counter((one.operation, one.target_type, one.target_key) for one in found) == Counter(
        ("expire offers", "Offer", offer.id) for offer in offers
    )
    assert {one.actor_id for one in found} == {None}
    assert [one.states for one in found] == [{"status": ["PUBLISHED", "EXPIRED"]}] * 2


async def test_nobody_changes_an_entry_nor_deletes_one_that_is_young(world: World) -> None:
    young = await AuditEntry.create(action="CHANGED", operation="x", changed=[])
    old = await AuditEntry.create(action="CHANGED", operation="x", changed=[], occurred_at=now() - timedelta(days=31))
    for write in (
        AuditEntry.filter(id=old.id).update(operation="y"),
        AuditEntry.filter(id=young.id).delete(),
    ):
        with pytest.raises(IntegrityError, match="only added to"):
            await write
    await AuditPersonal.create(entry_id=old.id, field="title", after="Text")
    await AuditEntry.filter(id=old.id).delete()
    assert [one.id for one in await entries()] == [young.id]
    assert not await AuditPersonal.exists()
