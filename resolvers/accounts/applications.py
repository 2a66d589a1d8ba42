"""One step in for clubs: a person and their organisation apply together."""

from auth.access.accounts import must_be_able_to_sign_in
from resolvers.accounts.sign_up import begin_sign_up
from resolvers.accounts.terms import judged_terms
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.members.applications import judged_application


async def apply_as_organisation(ctx: Context, values: Values) -> None:
    """As `sign_up`; when the address is confirmed the organisation has applied, too, and its first entry is a draft.

    It costs the same whether or not the address is known. Raises as `sign_up`.
    """
    must_be_able_to_sign_in(ctx.viewer)
    application, wrong = await judged_application(values)
    check = Check("input")
    accepted = judged_terms(ctx.rules, check, values)
    wrong += check.errors
    person, path = values["person"], ("input", "person")
    await begin_sign_up(ctx, person, path, accepted=accepted, wrong=wrong, application=application)
