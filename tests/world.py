"""A small world for a test: members, groups, events and entries made in a line, and the API asked in process."""

import itertools
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

import models
from auth.keys import NewKey, new_key
from auth.passwords import Passwords
from auth.second_factor import SecondFactors
from auth.tokens import Tokens, derive_key
from auth.viewer import GUEST, load_key_viewer
from models import (
    Account,
    ApiKey,
    ApiKeyScope,
    Event,
    EventKind,
    EventStatus,
    Group,
    GroupMembership,
    GroupRole,
    GroupStatus,
    Member,
    MemberKind,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    Representation,
    SignInSession,
    now,
)
from models.sql.slugs import free_slug
from models.text.folding import sort_key
from models.weekly_times import slots_of
from resolvers.context import Context, Rules, Services, viewer_of_session
from resolvers.limits.quotas import Quotas
from resolvers.limits.rates import Rate, Rates
from resolvers.search.indexing import index_row
from schema.operations.error_masking import presentable
from schema.roots import build
from subscriptions import pipeline
from subscriptions.cursors import Cursors

SECRET = "a secret for tests only, long enough to be one"
_numbers = itertools.count(1)
SCHEMA = build()


@dataclass
class Answer:
    """What a client gets."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        """The codes of the top-level errors."""
        return [error["extensions"]["code"] for error in self.errors]


@dataclass
class World:
    """Rows are made directly, what is tested goes through the API."""

    services: Services

    @classmethod
    @asynccontextmanager
    async def opened(cls, redis_url: str, rules: Rules | None = None) -> AsyncIterator["World"]:
        """The parts of a server, without the sockets."""
        async with pipeline.running(redis_url, Cursors(derive_key(SECRET, "live cursor"))) as live:
            services = Services(
                rules=rules or Rules(),
                outbox=live.outbox,
                hub=live.hub,
                tokens=Tokens(SECRET, timedelta(minutes=15)),
                passwords=Passwords(time_cost=1, memory_kib=64),
                second_factors=SecondFactors(SECRET),
                rates=Rates(live.redis, lambda: live.relay.network_id, SECRET.encode()),
            )
            yield cls(services)

    def without_rates(self) -> None:
        """Let everybody do everything as often as they like, for tests that do so."""
        often = Rate(1_000_000, 1)
        none = Quotas(*[None] * len(fields(Quotas)))
        rules = replace(
            self.services.rules,
            quotas=none,
            sign_ups=often,
            sign_ups_by_address=often,
            sign_ups_by_account=often,
            links=often,
            links_by_address=often,
            links_by_account=often,
            representative_mails=often,
            representative_mails_by_account=often,
        )
        self.services = replace(self.services, rules=rules)

    async def context(self, member: Member | Account | ApiKey | None = None, language: str = "en") -> Context:
        """The context of a request by this member, account, or key; of a guest without one."""
        if member is None:
            return Context(self.services, GUEST, language)
        if isinstance(member, ApiKey):
            return Context(self.services, await load_key_viewer(member.secret_hash), language)
        account = member if isinstance(member, Account) else await self.account(member)
        session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
        return Context(self.services, await viewer_of_session(self.services, session.id), language)

    async def ask(
        self,
        document: str,
        by: Member | Account | ApiKey | Context | None = None,
        language: str = "en",
        **variables: Any,
    ) -> Answer:
        """Execute a document as a member, an account, or a guest."""
        context = by if isinstance(by, Context) else await self.context(by, language)
        result = await SCHEMA.execute(document, variable_values=variables, context_value=context)
        errors = [presentable(error, context.language, "test").formatted for error in result.errors or []]
        return Answer(result.data, [dict(error) for error in errors])

    async def subscribe(
        self,
        document: str,
        by: Member | Account | ApiKey | Context | None = None,
        language: str = "en",
        **variables: Any,
    ) -> AsyncGenerator[Answer, None]:
        """The updates of a subscription as a member, an account, or a guest; ends when the server completes it."""
        context = replace(by, live_cursor=None) if isinstance(by, Context) else await self.context(by, language)
        results = await SCHEMA.stream(document, variable_values=variables, context_value=context)
        async with aclosing(results):
            async for result in results:
                assert isinstance(result, (ExecutionResult, PreExecutionError))
                errors = [presentable(error, context.language, "test").formatted for error in result.errors or []]
                yield Answer(result.data, [dict(error) for error in errors], result.extensions or {})

    async def data(self, document: str, by: Member | Account | ApiKey | Context | None = None, **variables: Any) -> Any:
        """As `ask`, where no error is expected."""
        answer = await self.ask(document, by, **variables)
        assert not answer.errors, answer.errors
        return answer.data

    async def account(self, member: Member | None = None, role: NetworkRole = NetworkRole.MEMBER) -> Account:
        """The account of a member, or one of the office."""
        if member is not None:
            known = await Account.get_or_none(member=member)
            if known:
                return known
        return await Account.create(
            email=f"account{next(_numbers)}@example.org", password_hash="!", role=role, member=member
        )

    async def key(
        self, organisation: Member, *scopes: ApiKeyScope, made: NewKey | None = None, **columns: Any
    ) -> ApiKey:
        """A key of an organisation, which was used just now; without `made` nobody knows its secret."""
        made = made or new_key()
        columns.setdefault("last_used_at", now())
        return await ApiKey.create(
            organisation=organisation,
            name="Vereinsseite",
            prefix=made.prefix,
            secret_hash=made.hash,
            scopes=[ApiKeyScope.READ.value, *(scope.value for scope in scopes)],
            **columns,
        )

    async def office(self) -> Account:
        """An account of the coordination office that belongs to no member."""
        return await self.account(role=NetworkRole.OFFICE)

    async def member(
        self, name: str = "Erika Muster", status: MemberStatus = MemberStatus.ACTIVE, **columns: Any
    ) -> Member:
        """A person, active unless said otherwise."""
        columns.setdefault("kind", MemberKind.PERSON)
        columns.setdefault("joined_at", now() if status is not MemberStatus.APPLIED else None)
        made = await Member.create(
            slug=await free_slug(Member, name),
            name=name,
            name_key=sort_key(name),
            status=status,
            **columns,
        )
        await index_row(made, new=True)
        return made

    async def organisation(
        self,
        name: str = "Sportverein",
        by: Member | None = None,
        status: MemberStatus = MemberStatus.ACTIVE,
        **columns: Any,
    ) -> Member:
        """An organisation, represented by `by`."""
        organisation = await self.member(name, status, kind=MemberKind.ORGANISATION, **columns)
        if by is not None:
            await Representation.create(organisation=organisation, person=by)
        return organisation

    async def group(self, name: str = "AG Schule", coordinator: Member | None = None, **columns: Any) -> Group:
        """A group, active unless said otherwise."""
        columns.setdefault("status", GroupStatus.ACTIVE)
        columns.setdefault("purpose", "Zusammenarbeit")
        group = await Group.create(
            slug=await free_slug(Group, name),
            name=name,
            name_key=sort_key(name),
            **columns,
        )
        await index_row(group, new=True)
        if coordinator is not None:
            await self.membership(group, coordinator, role=GroupRole.COORDINATOR)
        return group

    async def membership(
        self,
        group: Group,
        member: Member,
        status: MembershipStatus = MembershipStatus.ACTIVE,
        role: GroupRole = GroupRole.MEMBER,
    ) -> GroupMembership:
        """A member's place in a group."""
        joined = now() if status is MembershipStatus.ACTIVE else None
        return await GroupMembership.create(group=group, member=member, status=status, role=role, joined_at=joined)

    async def event(self, title: str = "Treffen", host: Member | None = None, **columns: Any) -> Event:
        """An event of two hours, in a week, published unless said otherwise."""
        columns.setdefault("starts_at", now() + timedelta(days=7))
        columns.setdefault("ends_at", columns["starts_at"] + timedelta(hours=2))
        columns.setdefault("status", EventStatus.PUBLISHED)
        columns.setdefault("kind", EventKind.MEETING)
        columns.setdefault("time_zone", "Europe/Berlin")
        made = await Event.create(
            slug=await free_slug(Event, title),
            title=title,
            description="Alle sind willkommen.",
            host=host,
            **columns,
        )
        await index_row(made, new=True)
        return made

    async def offer(
        self,
        title: str = "Hilfe beim Sommerfest",
        owner: Member | None = None,
        status: OfferStatus = OfferStatus.PUBLISHED,
        **columns: Any,
    ) -> Offer:
        """An entry of the board, published unless said otherwise."""
        instant = now()
        if status not in (OfferStatus.DRAFT, OfferStatus.IN_REVIEW):
            columns.setdefault("published_at", instant)
            columns.setdefault("expires_at", instant + timedelta(days=90))
        columns.setdefault("direction", OfferDirection.SEEK)
        columns.setdefault("category", OfferCategory.HELPING_HANDS)
        columns.setdefault("newest_at", columns.get("published_at") or instant)
        columns.setdefault("time_slots", slots_of(columns.get("times", ())))
        made = await Offer.create(
            slug=await free_slug(Offer, title),
            title=title,
            description="Wir freuen uns.",
            owner=owner,
            status=status,
            **columns,
        )
        await index_row(made, new=True)
        return made

    async def told(self) -> list[models.Change]:
        """The changes in the outbox, in order."""
        return await models.Change.all().order_by("id")
