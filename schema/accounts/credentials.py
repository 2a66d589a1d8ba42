"""How an account gets another password, and is signed in to without one, as the API says it."""

from typing import Annotated

import strawberry

from resolvers import accounts
from schema.accounts.viewer import AccountPayload, SignInPayload, session_payload
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation
from schema.declare.prices import HASHING, HASHING_TWICE
from schema.declare.scalars import EmailAddress

_ADDRESS = strawberry.argument(description="The address of the account, in any case.")

_SECOND = strawberry.argument(
    description="Where the account has a second factor: the app's code of now, or a recovery code."
)


@strawberry.input(description="A new password, by the code of a mail.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The code, as it stands in the mail.")
    new_password: str = strawberry.field(description="10 to 200 characters, of any kind.")


@strawberry.input(description="A new password, by the one before.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password that the account has.")
    new_password: str = strawberry.field(description="10 to 200 characters, of any kind.")


@strawberry.input(description="Another address to sign in with.")
class RequestEmailChangeInput:
    new_email: EmailAddress = strawberry.field(description="The address that the account is to have.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="Who came back from the city's own sign-in.")
class SignInWithProviderInput:
    token: str = strawberry.field(description="What stands in the address of the page as `token`.")
    verifier: str = strawberry.field(description="The page's secret, whose hash began it as `challenge`.")
    password: str | None = optional(
        "That of an account of the same address, which is not tied yet.", price=HASHING.once
    )
    code: str | None = optional("Where the account has a second factor: the app's code of now, or a recovery code.")


@strawberry.type
class CredentialMutations:
    @mutation(
        AccountPayload,
        "Sends a mail to the address: a code for `resetPassword`, or that there is no account. The same answer either "
        "way.",
    )
    async def request_password_reset(
        self, info: Info, email: Annotated[EmailAddress, _ADDRESS]
    ) -> AccountPayload | None:
        await accounts.request_password_reset(info.context, email)
        return AccountPayload()

    @mutation(
        AccountPayload,
        "Gives the account another password, by the code of that mail, and ends all its sessions; a mail tells so. "
        "EXPIRED where the code is over or was used.",
        price=HASHING,
    )
    async def reset_password(
        self,
        info: Info,
        input: Annotated[ResetPasswordInput, strawberry.argument(description="The code, and the new password.")],
    ) -> AccountPayload | None:
        await accounts.reset_password(info.context, given(input))
        return AccountPayload()

    @mutation(
        AccountPayload,
        "Sends a mail to the address: a code for `signInWithLink`, or that there is no account. The same answer either "
        "way.",
    )
    async def request_sign_in_link(self, info: Info, email: Annotated[EmailAddress, _ADDRESS]) -> AccountPayload | None:
        await accounts.request_sign_in_link(info.context, email)
        return AccountPayload()

    @mutation(
        SignInPayload,
        "Begins a session, by the code of that mail. EXPIRED where the code is over or was used. Where the account has "
        "a second factor, SECOND_FACTOR_REQUIRED at `code` while that is missing: then the same token is good still.",
    )
    async def sign_in_with_link(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="The code, as it stands in the mail.")],
        code: Annotated[str | None, _SECOND] = strawberry.UNSET,
    ) -> SignInPayload | None:
        return session_payload(await accounts.sign_in_with_link(info.context, token, code or None))

    @mutation(
        SignInPayload,
        "Begins a session of who came back from the city's own sign-in; who is new has applied by that, or is of the "
        "office where the city says so. EXPIRED where the token is over, was used, or another page began it; REQUIRED "
        "at `password` where there is an account of the same address: it is tied by its password, this one time. As "
        "with `signIn` SECOND_FACTOR_REQUIRED at `code`.",
    )
    async def sign_in_with_provider(
        self,
        info: Info,
        input: Annotated[SignInWithProviderInput, strawberry.argument(description="The token, and the page's secret.")],
    ) -> SignInPayload | None:
        return session_payload(await accounts.sign_in_with_provider(info.context, given(input)))

    @mutation(
        AccountPayload,
        "Gives the viewer's account another password, and ends its other sessions; a mail tells so. "
        "INVALID_CREDENTIALS where the one before is wrong, which counts as a wrong sign-in.",
        price=HASHING_TWICE,
    )
    async def change_password(
        self,
        info: Info,
        input: Annotated[ChangePasswordInput, strawberry.argument(description="The password before, and the new one.")],
    ) -> AccountPayload | None:
        await accounts.change_password(info.context, given(input))
        return AccountPayload()

    @mutation(
        AccountPayload,
        "Sends a mail to the new address, with a link for `confirmEmail`, or that it has an account already: the same "
        "answer either way. The old address is told. INVALID_CREDENTIALS where the password is wrong, which counts as "
        "a wrong sign-in.",
        price=HASHING,
    )
    async def request_email_change(
        self,
        info: Info,
        input: Annotated[RequestEmailChangeInput, strawberry.argument(description="The address, and the password.")],
    ) -> AccountPayload | None:
        await accounts.request_email_change(info.context, given(input))
        return AccountPayload()
