"""The second factor of an account, as the API says it."""

from typing import Annotated

import strawberry

from resolvers import accounts
from schema.accounts.viewer import Viewer, ViewerPayload
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation, user_errors
from schema.declare.prices import HASHING
from schema.user_errors import UserError


@strawberry.input(description="A new second factor.")
class EnrolSecondFactorInput:
    password: str | None = optional("The account's password, where it has one.")


@strawberry.input(description="No second factor any more.")
class DisableSecondFactorInput:
    code: str = strawberry.field(description="The app's code of now, or a recovery code.")
    password: str | None = optional("The account's password, where it has one.")


@strawberry.type(description="What an authenticator app is given. Keep it secret: it is shown this one time.")
class SecondFactorPayload:
    secret: str | None = strawberry.field(
        default=None, description="To be typed into the app, in base 32. Null with `userErrors`."
    )
    uri: str | None = strawberry.field(
        default=None, description="The same for a QR code: `otpauth://totp/...`. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="Codes for when the app is lost.")
class RecoveryCodesPayload:
    recovery_codes: list[str] = strawberry.field(
        default_factory=list,
        description="Each signs in once, in place of the app's code. They are shown this one time. Empty with "
        "`userErrors`.",
    )
    viewer: Viewer | None = strawberry.field(
        default=None, description="Who asks, as they are now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class SecondFactorMutations:
    @mutation(
        SecondFactorPayload,
        "Begins a second factor for the viewer's account: a secret for an authenticator app (TOTP, RFC 6238), in place "
        "of one that was never confirmed. WRONG_STATE where it is on. INVALID_CREDENTIALS where the password is wrong, "
        "which counts as a wrong sign-in.",
        price=HASHING,
    )
    async def enrol_second_factor(
        self,
        info: Info,
        input: Annotated[EnrolSecondFactorInput, strawberry.argument(description="The password.")],
    ) -> SecondFactorPayload | None:
        enrolled = await accounts.enrol_second_factor(info.context, given(input))
        return SecondFactorPayload(secret=enrolled.secret, uri=enrolled.uri)

    @mutation(
        RecoveryCodesPayload,
        "Switches it on, by a first code of the app: from now on signing in asks for one. The account's other sessions "
        "end; a mail tells so. INVALID_CREDENTIALS where the code is wrong, WRONG_STATE where none was begun.",
    )
    async def confirm_second_factor(
        self, info: Info, code: Annotated[str, strawberry.argument(description="The app's code of now.")]
    ) -> RecoveryCodesPayload | None:
        done = await accounts.confirm_second_factor(info.context, code)
        return RecoveryCodesPayload(recovery_codes=done.recovery_codes, viewer=done.viewer)  # type: ignore[arg-type]

    @mutation(
        ViewerPayload,
        "Switches it off; a mail tells so. INVALID_CREDENTIALS where password or code is wrong, WRONG_STATE where it "
        "isn't on.",
        price=HASHING,
    )
    async def disable_second_factor(
        self,
        info: Info,
        input: Annotated[DisableSecondFactorInput, strawberry.argument(description="Password and code.")],
    ) -> ViewerPayload | None:
        viewer = await accounts.disable_second_factor(info.context, given(input))
        return ViewerPayload(viewer=viewer)  # type: ignore[arg-type]
