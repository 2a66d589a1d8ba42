"""What the network stores about people: each table and column, what for, and what erasing a person does with it.

This is the one place that says so. The take-out of a person's data and the erasure of a person (`resolvers.privacy`)
read it, and so does what is written for the data protection officer. A new table has a line here, in `PERSONAL` or in
`IMPERSONAL`; so has a new column that holds text or leads to a member or an account:

    Table(
        SavedSearch, de="Suchen, die Sie sich gemerkt haben.", en="Searches that you saved.",
        whose={"account_id": Whose.ACCOUNT}, row=Row.DELETED, kept_for="until it or its account is deleted",
        seen_by="the account itself",
        columns=(Column("name", Kind.TEXT, "to tell them apart"), ...),
    )

Columns that aren't named are facts of their row, such as states, numbers and instants: they are in the take-out, too.
`tests/models/test_personal_data.py` fails with the line that is missing.
"""

from collections.abc import Mapping

from tortoise.models import Model

from models.accounts.accounts import (
    Account,
    AccountLink,
    ProviderIdentity,
    ProviderSignIn,
    SecondFactor,
    SignInSession,
    SignUp,
)
from models.accounts.api_keys import ApiKey
from models.applications import Application
from models.board_days import BoardDay
from models.events import Event, EventTopic, Registration
from models.groups import Group, GroupMembership, GroupPost, GroupTopic
from models.logs.audit import AuditEntry, AuditPersonal
from models.logs.change_log import Change, ChangeLog
from models.mail import Mail
from models.matching.matches import DismissedMatch, FoundMatch
from models.matching.profiles import InterestProfile
from models.matching.saved_searches import SavedSearch
from models.members import Member, MemberTopic, Representation, RepresentativeInvitation
from models.offers import Offer, OfferResponse, OfferTopic
from models.places import District, Topic
from models.privacy.declaration import Column, Erased, Kind, Row, Table, Whose
from models.privacy.take_out import DataExport, Erasure
from models.reports import Report
from models.search.tables import SynonymGroup, SynonymTerm

# What stands where a title or a name has to.
GONE = "Gelöscht"

_HIDDEN = Column("hidden_reason", Kind.JUDGEMENT, "tells the owner why the office took it out of sight")
_REASON = Column("status_reason", Kind.JUDGEMENT, "tells the owner's side why the office decided so")
_SLUG = Column("slug", Kind.DERIVED, "its address on the website", Erased.RANDOM)
_VENUE = (
    Column("venue_name", Kind.PLACE, "where it takes place"),
    Column("venue_street", Kind.PLACE, "where it takes place"),
    Column("venue_postal_code", Kind.PLACE, "where it takes place"),
    Column("venue_city", Kind.PLACE, "where it takes place"),
    Column("venue_district_id", Kind.PLACE, "to be found near by"),
    Column("venue_latitude", Kind.PLACE, "to be found near by"),
    Column("venue_longitude", Kind.PLACE, "to be found near by"),
    Column("venue_accessibility", Kind.PLACE, "who can get in", becomes=[]),
    Column("venue_accessibility_note", Kind.TEXT, "who can get in"),
)
_UNTIL_ERASED = "until its owner is erased"
_COUNTS = "counts of the network stay true"
_KEYS_ALONE = "it leads to a row that is emptied, or gone"

PERSONAL: tuple[Table, ...] = (
    Table(
        Member,
        de="Ihr Profil im Netzwerk.",
        en="Your profile in the network.",
        whose={"id": Whose.MEMBER},
        row=Row.KEPT,
        why=_COUNTS,
        kept_for="until the member is erased; who isn't let in is erased after KEEP_APPLICATIONS_DAYS, who doesn't "
        "sign in for KEEP_INACTIVE_ACCOUNTS_DAYS is told before, and erased",
        seen_by="everyone, while it is active and in sight, contact data their audience; its side and the office",
        columns=(
            _SLUG,
            Column("name", Kind.NAME, "shown to everyone", becomes=GONE),
            Column("name_key", Kind.DERIVED, "to sort by", Erased.DERIVED, taken_out=False),
            Column("about", Kind.TEXT, "shown to everyone"),
            Column("website", Kind.CONTACT, "shown to everyone"),
            Column("email", Kind.CONTACT, "shown to whom its audience names"),
            Column("phone", Kind.CONTACT, "shown to whom its audience names"),
            Column("district_id", Kind.PLACE, "to be found near by"),
            _REASON,
            _HIDDEN,
        ),
    ),
    Table(
        MemberTopic,
        de="Die Themen Ihres Profils.",
        en="The topics of your profile.",
        whose={"member_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="until the member is erased",
        seen_by="who sees the member",
        columns=(
            Column("member_id", Kind.LINK, "whose topic it is"),
            Column("topic_id", Kind.INTEREST, "to be found by it"),
        ),
    ),
    Table(
        Representation,
        de="Welche Organisationen Sie vertreten.",
        en="For which organisations you act.",
        whose={"person_id": Whose.MEMBER, "organisation_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="until somebody ends it",
        seen_by="those who act for the organisation, and the office",
        columns=(
            Column("person_id", Kind.LINK, "who acts"),
            Column("organisation_id", Kind.LINK, "for whom"),
        ),
    ),
    Table(
        Application,
        de="Ihre gemeinsame Bewerbung mit einer Organisation.",
        en="Your application together with an organisation.",
        whose={"person_id": Whose.MEMBER, "organisation_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="until they are let in, or erased",
        seen_by="the person, and the office",
        columns=(
            Column("person_id", Kind.LINK, "who applies"),
            Column("organisation_id", Kind.LINK, "for whom"),
            Column("message", Kind.TEXT, "tells the office what it should know"),
        ),
    ),
    Table(
        RepresentativeInvitation,
        de="Einladungen an Sie, eine Organisation zu vertreten, die Sie noch nicht beantwortet haben.",
        en="Invitations to you to act for an organisation that you haven't answered.",
        whose={"person_id": Whose.MEMBER, "organisation_id": Whose.MEMBER, "email": Whose.ADDRESS},
        row=Row.DELETED,
        kept_for="until it is answered, or over, and on the day on which it was sent",
        seen_by="those who act for the organisation, who was asked, and the office",
        columns=(
            Column("organisation_id", Kind.LINK, "for whom they are to act"),
            Column("person_id", Kind.LINK, "who is asked"),
            Column("email", Kind.CONTACT, "where the mail goes"),
            Column("name", Kind.NAME, "so that who asks recognises it"),
            Column("token_hash", Kind.CREDENTIAL, "checks the code of the mail", taken_out=False),
        ),
    ),
    Table(
        Account,
        de="Ihr Konto: womit Sie sich einloggen.",
        en="Your account: what you sign in with.",
        whose={"member_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="until the account is erased, with its member",
        seen_by="the account itself; its password nobody",
        columns=(
            Column("email", Kind.CONTACT, "to sign in, and for mail of the network"),
            Column("password_hash", Kind.CREDENTIAL, "to check the password", taken_out=False),
            Column("member_id", Kind.LINK, "whose account it is"),
            Column("unwanted_mails", Kind.INTEREST, "mails of these kinds aren't sent"),
        ),
        impersonal=("accepted_terms_version",),
    ),
    Table(
        ProviderIdentity,
        de="Als wer Sie sich bei der Stadt einloggen.",
        en="As whom you sign in at the city's own provider.",
        whose={"account_id": Whose.ACCOUNT},
        row=Row.DELETED,
        kept_for="until the account is erased",
        seen_by="nobody",
        impersonal=("issuer",),
        columns=(
            Column("account_id", Kind.LINK, "whose account it is"),
            Column("subject", Kind.CREDENTIAL, "tells who comes back from the provider"),
        ),
    ),
    Table(
        ProviderSignIn,
        de="Wo Sie begonnen haben, sich bei der Stadt einzuloggen.",
        en="Sign-ins at the city's own provider that were begun.",
        whose={"email": Whose.ADDRESS},
        row=Row.DELETED,
        kept_for="until it is done, or over",
        seen_by="nobody",
        impersonal=("issuer",),
        columns=(
            Column("token_hash", Kind.CREDENTIAL, "checks who goes on", taken_out=False),
            Column("challenge", Kind.CREDENTIAL, "checks the page that goes on", taken_out=False),
            Column("subject", Kind.CREDENTIAL, "tells who comes back from the provider", taken_out=False),
            Column("email", Kind.CONTACT, "becomes the account's"),
            Column("name", Kind.NAME, "becomes the member's"),
        ),
    ),
    Table(
        SecondFactor,
        de="Der zweite Faktor Ihres Kontos.",
        en="The second factor of your account.",
        whose={"account_id": Whose.ACCOUNT},
        row=Row.DELETED,
        kept_for="until it is switched off, or the account is erased",
        seen_by="the account itself, once, when it is set up",
        columns=(
            Column("account_id", Kind.LINK, "whose it is"),
            Column("secret", Kind.CREDENTIAL, "checks the codes of the app", taken_out=False),
            Column("recovery_hashes", Kind.CREDENTIAL, "checks recovery codes", taken_out=False),
        ),
    ),
    Table(
        SignInSession,
        de="Wo Sie eingeloggt sind oder waren.",
        en="Where you are, or were, signed in.",
        whose={"account_id": Whose.ACCOUNT},
        row=Row.DELETED,
        kept_for="KEEP_SESSIONS_DAYS after it is over",
        seen_by="the account itself",
        columns=(
            Column("id", Kind.CREDENTIAL, "tells sign-ins apart", taken_out=False),
            Column("account_id", Kind.LINK, "who is signed in"),
            Column("user_agent", Kind.DEVICE, "so that people recognise their devices"),
        ),
    ),
    Table(
        SignUp,
        de="Begonnene Registrierungen, die noch nicht bestätigt sind.",
        en="Sign-ups that were begun and not confirmed yet.",
        whose={"email": Whose.ADDRESS},
        row=Row.DELETED,
        kept_for="until it is confirmed, or KEEP_SIGN_UPS_DAYS after its link is over",
        seen_by="nobody",
        columns=(
            Column("token_hash", Kind.CREDENTIAL, "checks the link of the mail", taken_out=False),
            Column("name", Kind.NAME, "becomes the member's"),
            Column("email", Kind.CONTACT, "where the link goes"),
            Column("password_hash", Kind.CREDENTIAL, "becomes the account's", taken_out=False),
            Column("application", Kind.TEXT, "becomes the organisation's, and its first entry"),
        ),
        impersonal=("accepted_terms_version",),
    ),
    Table(
        AccountLink,
        de="Links, die Ihnen gemailt wurden und noch gelten.",
        en="Links that were sent to you and still work.",
        whose={"account_id": Whose.ACCOUNT, "email": Whose.ADDRESS},
        row=Row.DELETED,
        kept_for="until it is used, or over",
        seen_by="nobody",
        columns=(
            Column("token_hash", Kind.CREDENTIAL, "checks the link", taken_out=False),
            Column("account_id", Kind.LINK, "whom it is for"),
            Column("email", Kind.CONTACT, "where it was sent"),
        ),
    ),
    Table(
        ApiKey,
        de="Schlüssel für Programme Ihrer Organisation.",
        en="Keys for programs of your organisation.",
        whose={"organisation_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="until KEEP_API_KEYS_DAYS after it is over",
        seen_by="the office; its secret who was given it, once",
        columns=(
            Column("organisation_id", Kind.LINK, "for whom the program asks"),
            Column("name", Kind.TEXT, "to tell them apart"),
            Column("prefix", Kind.CREDENTIAL, "to recognise the key"),
            Column("secret_hash", Kind.CREDENTIAL, "checks the key", taken_out=False),
        ),
        impersonal=("scopes",),
    ),
    Table(
        InterestProfile,
        de="Was Sie gern tun würden (Interessenprofil).",
        en="What you would like to do (interest profile).",
        whose={"account_id": Whose.ACCOUNT},
        row=Row.DELETED,
        kept_for="until the account is erased",
        seen_by="the account itself",
        columns=(
            Column("account_id", Kind.LINK, "whose profile it is"),
            Column("topics", Kind.INTEREST, "to suggest entries"),
            Column("categories", Kind.INTEREST, "to suggest entries"),
            Column("districts", Kind.PLACE, "to suggest entries"),
            Column("times", Kind.INTEREST, "to suggest entries"),
            Column("languages", Kind.INTEREST, "to suggest entries"),
        ),
    ),
    Table(
        SavedSearch,
        de="Suchen, die Sie sich gemerkt haben.",
        en="Searches that you saved.",
        whose={"account_id": Whose.ACCOUNT},
        row=Row.DELETED,
        kept_for="until it, or its account, is deleted",
        seen_by="the account itself",
        columns=(
            Column("account_id", Kind.LINK, "whose search it is"),
            Column("name", Kind.TEXT, "to tell them apart"),
            Column("criteria", Kind.INTEREST, "to tell of what is new"),
        ),
    ),
    Table(
        Mail,
        de="Mails des Netzwerks an Sie aus der letzten Zeit.",
        en="Mails of the network to you, of late.",
        whose={"recipient": Whose.ADDRESS},
        row=Row.DELETED,
        kept_for="KEEP_MAILS_DAYS after it was sent",
        seen_by="its recipient, in their mailbox",
        columns=(
            Column("recipient", Kind.CONTACT, "where it goes"),
            Column("subject", Kind.TEXT, "what it tells"),
            Column("body", Kind.TEXT, "what it tells"),
        ),
    ),
    Table(
        GroupMembership,
        de="Ihre Mitgliedschaften in Gruppen, auch beendete und angefragte.",
        en="Your memberships in groups, also past and requested ones.",
        whose={"member_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="until the member is erased",
        seen_by="everyone, while it and the member are active; the member's side, those who coordinate, and the office",
        columns=(
            Column("member_id", Kind.LINK, "who takes part"),
            Column("status_reason", Kind.JUDGEMENT, "tells why it was declined, or ended"),
        ),
    ),
    Table(
        GroupPost,
        de="Beiträge, die Sie in Gruppen geschrieben haben.",
        en="Posts that you wrote in groups.",
        whose={"author_id": Whose.MEMBER},
        row=Row.KEPT,
        why="it is the group's news",
        kept_for="until it is deleted",
        seen_by="everyone, or who takes part in the group, as its audience says",
        columns=(
            Column("author_id", Kind.LINK, "who wrote it"),
            Column("title", Kind.TEXT, "shown to everyone", Erased.REDACTED),
            Column("body", Kind.TEXT, "shown to everyone", Erased.REDACTED),
            _HIDDEN,
        ),
    ),
    Table(
        Event,
        de="Veranstaltungen, zu denen Sie einladen.",
        en="Events that you host.",
        whose={"host_id": Whose.MEMBER},
        row=Row.KEPT,
        why="others were registered for it",
        kept_for=_UNTIL_ERASED,
        seen_by="everyone, once it was published; before, those who act for it, and the office",
        columns=(
            Column("host_id", Kind.LINK, "who invites"),
            _SLUG,
            Column("title", Kind.TEXT, "shown to everyone", Erased.REDACTED),
            Column("description", Kind.TEXT, "shown to everyone", Erased.REDACTED),
            Column("status_reason", Kind.TEXT, "tells why it was cancelled", Erased.REDACTED),
            Column("online_url", Kind.CONTACT, "where it takes place"),
            *_VENUE,
            _HIDDEN,
        ),
        impersonal=("time_zone",),
    ),
    Table(
        Registration,
        de="Ihre Anmeldungen zu Veranstaltungen.",
        en="Your registrations for events.",
        whose={"member_id": Whose.MEMBER},
        row=Row.KEPT,
        why=_COUNTS,
        kept_for="whose it is for KEEP_REGISTRATIONS_DAYS after the event, the seat until the event is deleted",
        seen_by="the member's side, those who act for the event, and the office",
        columns=(Column("member_id", Kind.LINK, "who comes"),),
    ),
    Table(
        Offer,
        de="Ihre Einträge auf der Suche-Biete-Plattform.",
        en="Your entries on the board.",
        whose={"owner_id": Whose.MEMBER},
        row=Row.KEPT,
        why="others have answered it, and counts stay true",
        kept_for=_UNTIL_ERASED,
        seen_by="everyone, once it was published; before, and while it is withheld, the owner's side and the office",
        columns=(
            Column("owner_id", Kind.LINK, "whose entry it is"),
            _SLUG,
            Column("title", Kind.TEXT, "shown to everyone", becomes=GONE),
            Column("description", Kind.TEXT, "shown to everyone", becomes=""),
            _REASON,
            Column("district_id", Kind.PLACE, "to be found near by"),
            Column("languages", Kind.INTEREST, "finds who speaks one", becomes=[]),
            Column("times", Kind.INTEREST, "finds who has time then", becomes=[]),
            *_VENUE,
            _HIDDEN,
        ),
        impersonal=("topic_keys",),
    ),
    Table(
        OfferResponse,
        de="Ihre Antworten auf Einträge.",
        en="Your responses to entries.",
        whose={"member_id": Whose.MEMBER},
        row=Row.KEPT,
        why=_COUNTS,
        kept_for="until the entry is deleted",
        seen_by="the sender's and the entry's owner's side; the office for members in its care",
        columns=(
            Column("member_id", Kind.LINK, "who answers"),
            Column("message", Kind.TEXT, "read by the entry's side", becomes=""),
        ),
    ),
    Table(
        Report,
        de="Was Sie der Koordinierungsstelle gemeldet haben.",
        en="What you reported to the coordination office.",
        whose={"reporter_id": Whose.MEMBER},
        row=Row.KEPT,
        why="what it is about may harm others",
        kept_for="KEEP_REPORTS_DAYS after it was decided",
        seen_by="the side of who reported, and the office",
        columns=(
            Column("reporter_id", Kind.LINK, "who is told what came of it"),
            Column("message", Kind.TEXT, "read by the office", Erased.REDACTED),
            Column("note", Kind.JUDGEMENT, "why the office decided so", Erased.REDACTED),
        ),
        impersonal=("target_type",),
    ),
    Table(
        DataExport,
        de="Datenauskünfte, die Sie angefordert haben.",
        en="Take-outs of your data that you asked for.",
        whose={"account_id": Whose.ACCOUNT},
        row=Row.DELETED,
        kept_for="DATA_EXPORT_HOURS, and the fact that it was asked for a day longer",
        seen_by="the account itself, and whoever has the secret address",
        columns=(
            Column("account_id", Kind.LINK, "whose data it is"),
            Column("content", Kind.TEXT, "to be fetched by its owner", taken_out=False),
        ),
    ),
    Table(
        Erasure,
        de="Dass Ihre Daten gelöscht wurden.",
        en="That your data were erased.",
        whose={"member_id": Whose.MEMBER},
        row=Row.KEPT,
        why="it is the proof that it was done",
        kept_for="as long as the emptied member",
        seen_by="nobody",
        columns=(
            Column("member_id", Kind.LINK, "which row was emptied", Erased.KEPT, why="the row says nothing of anybody"),
        ),
    ),
    Table(
        AuditEntry,
        de="Was Sie im Netzwerk getan haben: nur Schlüssel und Namen von Feldern, keine Inhalte.",
        en="What you did in the network: keys and names of fields alone, no content.",
        whose={"actor_id": Whose.MEMBER, "account_id": Whose.ACCOUNT},
        row=Row.KEPT,
        why="the office answers for what was done",
        kept_for="KEEP_AUDIT_DAYS",
        seen_by="the office",
        columns=(
            Column("actor_id", Kind.LINK, "who did it", Erased.KEPT, why=_KEYS_ALONE),
            Column("account_id", Kind.LINK, "by which account", Erased.KEPT, why=_KEYS_ALONE),
        ),
        impersonal=("operation", "target_type", "changed", "states"),
    ),
    Table(
        AuditPersonal,
        de="Frühere Fassungen Ihrer Texte, und Begründungen von Entscheidungen über Sie.",
        en="Earlier versions of your texts, and the reasons of decisions about you.",
        whose={"member_id": Whose.MEMBER},
        row=Row.DELETED,
        kept_for="KEEP_AUDIT_TEXTS_DAYS, or until the member is erased",
        seen_by="reasons the office; the rest who writes the audit as CSV",
        columns=(
            Column("member_id", Kind.LINK, "whom it is about"),
            Column("before", Kind.TEXT, "what stood there"),
            Column("after", Kind.TEXT, "what stands there instead, or why"),
        ),
        impersonal=("field",),
    ),
    Table(
        Change,
        de="Dass sich etwas geändert hat: nur Schlüssel, keine Inhalte.",
        en="That something changed: keys alone, no content.",
        whose={},
        row=Row.KEPT,
        why="it holds keys of rows alone, and is forgotten after RETENTION_HOURS",
        kept_for="RETENTION_HOURS",
        seen_by="nobody; clients are told by it what they may see",
        columns=(
            Column(
                "facts",
                Kind.LINK,
                "tells who is looking what changed",
                Erased.KEPT,
                why="keys of rows that are gone or emptied say nothing of anybody",
                taken_out=False,
            ),
        ),
        impersonal=("kind",),
    ),
)

# Tables that hold nothing of anybody, with what they hold.
IMPERSONAL: Mapping[type[Model], str] = {
    BoardDay: "how many entries the board had",
    ChangeLog: "where the log of changes stands",
    DismissedMatch: "pairs of entries",
    District: "the town's own words",
    EventTopic: "topics of events",
    FoundMatch: "pairs of entries",
    Group: "what a group says of itself",
    GroupTopic: "topics of groups",
    OfferTopic: "topics of entries",
    SynonymGroup: "the town's own words",
    SynonymTerm: "the town's own words",
    Topic: "the town's own words",
}
# Tables without a model: each follows from the rows of others, and is emptied with them.
DERIVED: Mapping[str, str] = {
    "search_pending": "keys of rows that wait to be indexed",
    "search_posting": "which words a row is found by",
    "search_word": "the words of all texts, each once, for completion and typing errors",
}
