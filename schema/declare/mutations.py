"""How mutations are declared: what a resolver refuses becomes the payload's `userErrors`."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from auth.refusals import Unauthenticated
from auth.viewer import GUEST
from resolvers.user_errors import UserErrors
from schema.declare.info import Info
from schema.declare.prices import TRANSACTION, Price


def mutation(
    payload: type[Any], description: str, *, price: Price = TRANSACTION
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A mutation that answers with `payload`, null where it was refused or failed. `price`: what it costs.

    The decorated method returns the payload, or raises `UserErrors`, which become a payload with `userErrors` and
    the fields that they bring; `Refusal`s become top-level errors. Afterwards the viewer is read afresh where
    what the mutation changed may have changed their rights. Its name is what it is called in the audit.
    """

    def decorate(method: Callable[..., Awaitable[Any]]) -> Any:
        operation = to_camel_case(method.__name__)

        @wraps(method)
        async def resolve(*args: Any, **given: Any) -> Any:
            info: Info = given["info"] if "info" in given else args[1]
            info.context.operation = operation
            try:
                answer = await method(*args, **given)
            except UserErrors as errors:
                info.context.forget()
                return payload(**errors.payload, user_errors=errors.errors)
            try:
                await info.context.settle()
            except Unauthenticated:
                info.context.viewer = GUEST
            return answer

        @wraps(method)
        async def once(*args: Any, **given: Any) -> Any:
            info: Info = given["info"] if "info" in given else args[1]
            return await info.context.mutation.once(info.path.key, lambda: resolve(*args, **given))

        metadata = {"mutation": once, "price": price, "semantic_non_null": True}
        return strawberry.mutation(resolver=once, description=description, metadata=metadata)

    return decorate


def user_errors() -> Any:
    """The field `userErrors` of a payload: empty where the mutation did what it was asked."""
    return strawberry.field(
        metadata={"size": 5},
        default_factory=list,
        description="What the caller can mend; empty where it was done. With any of them nothing was changed.",
    )
