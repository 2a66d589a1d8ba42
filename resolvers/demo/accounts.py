"""Who can sign in to the demonstration."""

from models import NetworkRole

PASSWORD = "mitwirk-demo"

# By their address: the role, and the person it belongs to.
ACCOUNTS: dict[str, tuple[NetworkRole, str | None]] = {
    "office@mitwirk.example": (NetworkRole.OFFICE, None),
    # Coordinates the working group for the seek-and-provide board.
    "coordinator@mitwirk.example": (NetworkRole.MEMBER, "Henrike Ahlers"),
    # Represents the Reparaturtreff Zweites Leben; both have published entries, so that further ones appear at once.
    "member@mitwirk.example": (NetworkRole.MEMBER, "Tobias Wendlandt"),
    "applicant@mitwirk.example": (NetworkRole.MEMBER, "Jasmin Özdemir"),
}

# Who was asked to act for which organisation and hasn't answered, with the code of the mail: a member, and somebody who
# has no account.
INVITATIONS: tuple[tuple[str, str, str, str], ...] = (
    ("repair", "coordinator@mitwirk.example", "Henrike Ahlers", "mitwirk-demo-mitglied"),
    ("repair", "malte.brinkmann@post.example", "Malte Brinkmann", "mitwirk-demo-neu"),
)
