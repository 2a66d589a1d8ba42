"""What an operation knows of who asks, after it has changed something."""

from schema.declare.ids import global_id
from tests.world import World


async def test_who_asks_is_read_afresh_after_what_touches_rights(world: World) -> None:
    person = await world.member()
    context = await world.context(person)
    document = 'mutation { createOrganisation(input: {name: "Sportverein"}) { member { id } userErrors { code } } }'
    organisation = (await world.data(document, context))["createOrganisation"]["member"]["id"]
    assert [global_id("Member", key) for key in context.viewer.organisations] == [organisation]


async def test_who_asks_is_read_afresh_after_what_tells_nothing(world: World) -> None:
    context = await world.context(await world.member())
    before = context.viewer
    await world.data("mutation { renewRegistrationsIcalUrl { viewer { registrationsIcalUrl } } }", context)
    assert before.account is not None
    assert context.viewer.account is not None
    assert context.viewer.account.calendar_generation == before.account.calendar_generation + 1


async def test_who_asks_stays_after_what_is_only_about_an_entry(world: World) -> None:
    owner = await world.member()
    offer = await world.offer(owner=owner)
    context = await world.context(owner)
    before = context.viewer
    document = f'mutation {{ pauseOffer(id: "{global_id("Offer", offer.id)}") {{ offer {{ status }} }} }}'
    assert (await world.data(document, context))["pauseOffer"]["offer"] == {"status": "PAUSED"}
    assert context.viewer is before


async def test_a_change_of_rights_counts_until_they_are_read(world: World) -> None:
    """Also where another transaction of the operation, which touches none, is the last."""
    person = await world.member()
    offer = await world.offer(owner=person)
    context = await world.context(person)
    document = f"""mutation {{
      createOrganisation(input: {{name: "Sportverein"}}) {{ member {{ id }} }}
      pauseOffer(id: "{global_id("Offer", offer.id)}") {{ offer {{ status }} }} }}"""
    await world.data(document, context)
    assert len(context.viewer.organisations) == 1
