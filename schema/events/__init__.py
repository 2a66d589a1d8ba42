"""Events, as the API says them."""

from schema.events.mutations import EventMutations
from schema.events.queries import EventFilter, EventQueries
from schema.events.types import Event, EventConnection, RegistrationConnection

__all__ = ["Event", "EventConnection", "EventFilter", "EventMutations", "EventQueries", "RegistrationConnection"]
