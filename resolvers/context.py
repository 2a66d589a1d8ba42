"""What an operation runs in: who asks, in which language, and the parts of the server that resolvers use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from auth.keys import hash_of, is_key
from auth.passwords import Passwords
from auth.refusals import KeyOver, TokenOver, Unauthenticated
from auth.second_factor import SecondFactors
from auth.tokens import Tokens
from auth.viewer import GUEST, SYSTEM, Viewer, load_key_viewer, load_viewer
from models import now
from resolvers.key_uses import KeyUses
from resolvers.limits.kept_for import KeptFor
from resolvers.limits.quotas import Quotas
from resolvers.limits.rates import Rate, Rates
from resolvers.loaders import Loaders
from resolvers.recorded import record
from resolvers.site import Site
from resolvers.terms import Terms
from subscriptions.changes import Change
from subscriptions.cursors import Position
from subscriptions.hub import Hub, Progress, Span
from subscriptions.known_viewers import KnownViewers
from subscriptions.outbox import Changes, Outbox
from subscriptions.update_turns import Turn, Turns

if TYPE_CHECKING:
    from auth.identity_provider import IdentityProvider

NETWORK_ABOUT = (
    "Wolfsburg lebt davon, dass Menschen füreinander da sind. Das Engagement-Netzwerk bringt Vereine, Verbände, "
    "Initiativen, Schulen und engagierte Bürgerinnen und Bürger zusammen: Sie lernen voneinander, teilen Räume, Wissen "
    "und helfende Hände und machen sichtbar, was freiwillig geleistet wird. Gegründet haben es 95 Mitwirkende; vier "
    "Arbeitsgruppen und die Koordinierungsstelle der Stadt tragen es."
    "\n\n"
    "Auf der Suche-Biete-Plattform findet, wer Hilfe braucht, helfende Hände, und wer helfen möchte, eine Aufgabe. "
    "Mitmachen können alle, die sich in Wolfsburg engagieren oder damit anfangen möchten."
)


# Among the names of `Context.shown`: the answer holds at its instant alone.
BY_CLOCK = "by the clock"


@dataclass(frozen=True)
class Rules:
    """What the town decided: limits and lifetimes, each a setting."""

    public_url: str = "http://127.0.0.1:8000"
    # The network's own website.
    site: Site = Site()
    network_name: str = "Engagement-Netzwerk Wolfsburg"
    network_about: str = NETWORK_ABOUT
    # What whoever signs up accepts; and whether nobody signs up without.
    terms: Terms | None = None
    terms_required: bool = False
    session_lifetime: timedelta = timedelta(days=30)
    sign_up_lifetime: timedelta = timedelta(days=2)
    reset_lifetime: timedelta = timedelta(hours=1)
    sign_in_link_lifetime: timedelta = timedelta(minutes=15)
    # Of an invitation to act for an organisation.
    invitation_lifetime: timedelta = timedelta(days=14)
    # Of an account at a time.
    sessions_limit: int = 100
    # Whether an account of the office does nothing before it has a second factor.
    office_second_factor: bool = False
    # What the city's own sign-in is called; None where there is none.
    sign_in_provider: str | None = None
    offer_lifetime: timedelta = timedelta(days=90)
    waiting_list_limit: int = 1000
    api_keys_limit: int = 10
    # Of an account.
    saved_searches_limit: int = 20
    synonyms_limit: int = 1000
    # How long changes can be asked for again, and how many at most.
    log_lifetime: timedelta = timedelta(hours=24)
    log_changes: int = 1_000_000
    quotas: Quotas = Quotas()
    # After it is over.
    kept_for: KeptFor = KeptFor()
    # So long before an account goes that nobody uses its owner is told.
    inactive_notice: timedelta = timedelta(days=42)
    # Take-outs: how long one can be fetched, how often an account asks in a day, and what one is made of at most.
    data_export_lifetime: timedelta = timedelta(hours=48)
    data_exports_a_day: int = 2
    data_export_bytes: int = 50_000_000
    # Who signed in so lately needs no password to be erased.
    fresh_sign_in: timedelta = timedelta(minutes=15)
    # To one recipient, whatever causes them.
    mails_a_day: int = 100
    # What people report to the office: an account, and an address from where guests ask; and how often one thing.
    reports: Rate = Rate(20, 86_400)
    reports_by_address: Rate = Rate(20, 86_400)
    reports_of_one: int = 20
    # After so long without a change the office looks at an entry on the board.
    offers_stale_after: timedelta = timedelta(days=60)
    # Wrong passwords: of an account from one address, from an address, and of an account from addresses where it was
    # not signed in to before.
    sign_ins: Rate = Rate(10, 900)
    sign_ins_by_address: Rate = Rate(50, 900)
    sign_ins_by_account: Rate = Rate(100, 900)
    # Sign-ups: with one e-mail address, from one address, and by one account.
    sign_ups: Rate = Rate(5, 86_400)
    sign_ups_by_address: Rate = Rate(50, 86_400)
    sign_ups_by_account: Rate = Rate(20, 86_400)
    # Links by mail that let into an account, or change its address: to one e-mail address, asked for from one address,
    # and by one account.
    links: Rate = Rate(10, 86_400)
    links_by_address: Rate = Rate(50, 86_400)
    links_by_account: Rate = Rate(20, 86_400)
    # Mails that ask somebody to act for an organisation: to one recipient, and caused by one account.
    representative_mails: Rate = Rate(5, 86_400)
    representative_mails_by_account: Rate = Rate(20, 86_400)

    @property
    def home(self) -> str:
        """Where people find the network: its own website, or else the server."""
        return self.site.home or self.public_url


@dataclass(frozen=True)
class Services:
    """The parts of the running server, made once and handed down."""

    rules: Rules
    outbox: Outbox
    hub: Hub
    tokens: Tokens
    passwords: Passwords
    second_factors: SecondFactors
    # The city's own sign-in.
    provider: "IdentityProvider | None" = None
    rates: Rates = field(default_factory=Rates)
    # Counts a refusal, by its reason in a few words.
    refused: Callable[[str], None] = lambda _reason: None
    key_uses: KeyUses = field(default_factory=KeyUses)
    # Who has asked a moment ago; None: who asks is always read.
    viewers: KnownViewers | None = None


class MutationContext:
    """What the mutations of an operation did, by the key of the answer: none is done twice, whoever executes it.

    `has_written`: something was committed. `outdates_viewer`: that may have changed the viewer, or their rights, since
    they were read.
    """

    def __init__(self) -> None:
        self._done: dict[object, Any] = {}
        self.outdates_viewer = False
        self.has_written = False

    async def once(self, key: object, work: Callable[[], Awaitable[Any]]) -> Any:
        """What `work` gives, or raises, when it is called for the first time."""
        if key not in self._done:
            try:
                self._done[key] = await work()
            except Exception as error:
                self._done[key] = error
        found = self._done[key]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class SubscriptionContext:
    """How far an operation that is a subscription has come along the log of changes."""

    # What a browser that connects again heard last: a live cursor.
    last_event_id: str | None = None
    # Its place in the log; None while it begins.
    progress: Progress | None = None
    # The part of the log that it covers; None: all.
    span: Span | None = None
    # The place of the update that is being made.
    position: Position | None = None
    # The place of the newest update that was given to the client's connection.
    sent: Position | None = None
    # While an update is being made.
    turn: Turn | None = None

    @property
    def delivered(self) -> Position | None:
        """Up to where its client was told everything by what was sent; None while it begins."""
        if self.progress is None:
            return None
        return max(self.progress.delivered, self.sent or self.progress.delivered)

    async def take_turn(self, turns: Turns) -> None:
        """Begin to make an update when it is its turn."""
        if self.turn is None:
            self.turn = await turns.take()

    def give_turn_back(self) -> None:
        """The update is made, or there is none."""
        if self.turn is not None:
            self.turn.give_back()
            self.turn = None


@dataclass
class Context:
    """One operation's surroundings, or one socket's, which `renew` brings up to date."""

    services: Services
    viewer: Viewer = GUEST
    language: str = "de"
    # From where it is asked, as addresses are counted; empty where it isn't counted.
    address: str = ""
    # What the browser, or the program, says that it is (RFC 9110, 10.1.5), as it came.
    user_agent: str = ""
    # Read before the data of the operation; None where it doesn't ask for it.
    live_cursor: str | None = None
    # Which rows the roots have shown that show one by one, as tags by the root's name, and whether anything goes
    # `BY_CLOCK`; None where nobody wants to know.
    shown: dict[str, set[str]] | None = None
    # When the access token, or the key, expires; None for guests, and for keys that don't.
    expires_at: datetime | None = None
    # The points that are left to who asks; None where nobody counts them.
    remaining: int | None = None
    # Whether who asks is as it was known a moment ago: `must_be_fresh`.
    is_known: bool = False
    # What is being done: the name of the mutation, of the command, or of the job; None where nothing is.
    operation: str | None = None
    # Of an operation that is a subscription.
    subscription: SubscriptionContext | None = None
    # Of one that is a mutation.
    mutation: MutationContext = field(default_factory=MutationContext, init=False)
    _loaders: Loaders | None = field(default=None, init=False)

    @property
    def loaders(self) -> Loaders:
        """What fetches for the fields that graphql-core executes: made when one is first needed, for it holds this."""
        if self._loaders is None:
            self._loaders = Loaders(self)
        return self._loaders

    @property
    def rules(self) -> Rules:
        """Limits and lifetimes."""
        return self.services.rules

    @property
    def outbox(self) -> Outbox:
        """The one helper that writes."""
        return self.services.outbox.heard_by(self._hear, self._record)

    def _record(self, changes: Changes, result: Any) -> None:
        """What a transaction of this operation leaves in the audit."""
        record(changes, self.viewer, self.operation, result)

    def _hear(self, written: Sequence[Change]) -> None:
        """Of a transaction of this operation. One that told nothing may have changed anything."""
        self.mutation.has_written = True
        if not written or any(change.touches_rights for change in written):
            self.mutation.outdates_viewer = True

    def subscribe(self) -> SubscriptionContext:
        """What is kept for its subscription, begun here where it isn't yet."""
        self.subscription = self.subscription or SubscriptionContext()
        return self.subscription

    @property
    def position(self) -> Position | None:
        """The place of the update that is being made; None where there is none."""
        return self.subscription.position if self.subscription is not None else None

    @property
    def progress(self) -> Progress | None:
        """The place of its subscription in the log; None while that begins, and where there is none."""
        return self.subscription.progress if self.subscription is not None else None

    @property
    def delivered(self) -> Position | None:
        """As `SubscriptionContext.delivered`; None where there is no subscription."""
        return self.subscription.delivered if self.subscription is not None else None

    @property
    def seconds_left(self) -> float | None:
        """For how long what the viewer asks by is good; None where it doesn't expire."""
        return None if self.expires_at is None else max((self.expires_at - now()).total_seconds(), 0)

    @property
    def over(self) -> Unauthenticated:
        """What to refuse with once the token, or the key, has expired."""
        return KeyOver() if self.viewer.key is not None else TokenOver()

    def must_be_valid(self) -> None:
        """Raises `Unauthenticated` where it has expired."""
        if self.seconds_left == 0:
            raise self.over

    def this_instant(self) -> datetime:
        """What time it is. The answer holds at this instant alone, so that it isn't cached."""
        if self.shown is not None:
            self.shown[BY_CLOCK] = set()
        return now()

    def forget(self) -> None:
        """Forget the rows that were loaded: what follows reads afresh."""
        self._loaders = None

    async def renew(self) -> None:
        """Read the viewer and their rights afresh, and forget loaded rows. Raises `Unauthenticated`."""
        self.forget()
        self.mutation.outdates_viewer = self.is_known = False
        if self.viewer.session_id is not None:
            self.viewer = await viewer_of_session(self.services, self.viewer.session_id)
        elif self.viewer.key is not None:
            self.viewer = await _by_key(self.services, self.viewer.key.secret_hash)

    async def must_be_fresh(self) -> None:
        """Read who asks, where that wasn't done for this request. Raises `Unauthenticated`."""
        if self.is_known:
            await self.renew()

    async def settle(self) -> None:
        """After something was written: as `renew`, where that may have changed the viewer or their rights.

        Raises `Unauthenticated`.
        """
        if self.mutation.outdates_viewer:
            await self.renew()
        else:
            self.forget()


async def context_for(
    services: Services,
    authorization: str | None,
    language: str,
    address: str = "",
    user_agent: str = "",
    *,
    may_be_known: bool = False,
) -> Context:
    """The context of a request with this `Authorization` (RFC 6750: `Bearer TOKEN`); without one, a guest's.

    The token is an access token, or a partner's key. Raises `Unauthenticated` where something was given that is neither
    and valid: a client whose token is over must learn it, not be answered as a guest.

    `may_be_known`: who asks may be as it was a moment ago (`KnownViewers`); `must_be_fresh` comes before a change then.
    """
    if not authorization:
        return Context(services, GUEST, language, address, user_agent)
    scheme, _space, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("`Authorization` must be `Bearer TOKEN`.")
    token = token.strip()
    expires_at: datetime | None = None
    credential: UUID | str
    read: Callable[[], Awaitable[Viewer]]
    if is_key(token):
        credential = secret = hash_of(token)
        read = partial(_by_key, services, secret)
    else:
        session_id, expires_at = services.tokens.read_access(token)
        credential = session_id
        read = partial(viewer_of_session, services, session_id)
    viewers = services.viewers if may_be_known else None
    viewer = viewers.get(credential) if viewers is not None else None
    is_known = viewer is not None
    if viewer is None:
        viewer = await (read() if viewers is None else viewers.read(credential, read))
    if viewer.key is not None:
        expires_at = viewer.key.expires_at
        if is_known:
            services.key_uses.note(services.outbox, viewer.key)
    return Context(services, viewer, language, address, user_agent, expires_at=expires_at, is_known=is_known)


async def viewer_of_session(services: Services, session_id: UUID) -> Viewer:
    """The viewer of a sign-in session. Raises `Unauthenticated` where it has ended."""
    return await load_viewer(session_id, office_needs_two=services.rules.office_second_factor)


async def _by_key(services: Services, secret_hash: str) -> Viewer:
    """The viewer of a key, which is used by that. Raises `KeyOver`."""
    viewer = await load_key_viewer(secret_hash)
    assert viewer.key is not None
    services.key_uses.note(services.outbox, viewer.key)
    return viewer


def system_context(services: Services, operation: str | None = None) -> Context:
    """The context of the server's own work: jobs, commands, and demonstration data.

    `operation` is the name under which it stands in the audit, which must know it (`resolvers.recorded`).
    """
    return Context(services, SYSTEM, operation=operation)
