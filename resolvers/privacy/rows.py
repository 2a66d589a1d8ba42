"""Which rows are a person's, as `models.privacy` declares it: what the take-out holds, and erasure empties."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models import Account, AccountLink, Member
from models.privacy.declaration import Table, Whose


@dataclass(frozen=True)
class Owner:
    """Whose rows they are: a member, an account, or an account with its member; and every address of theirs."""

    member: Member | None
    account: Account | None
    addresses: frozenset[str]

    def values(self, whose: Whose) -> list[Any]:
        """What a column of this meaning holds in a row of theirs."""
        match whose:
            case Whose.MEMBER:
                return [self.member.id] if self.member is not None else []
            case Whose.ACCOUNT:
                return [self.account.id] if self.account is not None else []
        return sorted(self.addresses)


async def owner_of(member: Member | None, account: Account | None) -> Owner:
    """The owner that these two are. Their addresses: to sign in by, shown, and not confirmed yet."""
    found = {member and member.email, account and account.email}
    if account is not None:
        found |= {one.email for one in await AccountLink.filter(account_id=account.id)}
    known = {one for one in found if one}
    return Owner(member, account, frozenset(known | {one.lower() for one in known}))


def rows_of(table: Table, owner: Owner) -> QuerySet[Model] | None:
    """The rows of a table that are the owner's; None where none can be."""
    given: list[dict[str, Any]] = [{f"{column}__in": owner.values(whose)} for column, whose in table.whose.items()]
    conditions = [Q(**one) for one in given if all(one.values())]
    return table.model.filter(reduce(or_, conditions)) if conditions else None
