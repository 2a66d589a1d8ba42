"""Who sees a field of an object: declared with the field, and said by its description in a sentence made of that."""

from enum import StrEnum


class SeenBy(StrEnum):
    """Who sees a field, of those who may see the object. The value is the sentence: to others the field is null.

    `{everyone}` is "everyone", or, of an object that not everyone sees, "everyone who sees the ...".
    """

    EVERYONE = "Seen by {everyone}."
    # A list of objects that have an audience of their own; or one such object.
    EACH = "Holds those that the viewer may see."
    TARGET = "Null, too, where the viewer may not see it."
    # What is the viewer's own, or about what they may do: it shows nobody more than they know.
    VIEWER = ""
    EDITORS = "Seen by who may update it, null for others."
    OWN_SIDE = "Seen by its own side and the office, null for others."
    OWNER_AND_OFFICE = "Seen by its owner's side and the office, null for others."
    OWNER = "Seen by its owner's side, null for others, the office too unless the owner is in its care."
    COORDINATORS = "Seen by its coordinators and the office, null for others."
    HOSTS = "Seen by its host's side, the coordinators of its group and the office, null for others."
    AUTHOR = "Seen by its author's side, the group's coordinators and the office, null for others."
    CONTACT = "Seen by its own side, the office, and whom `{field}Audience` says; null for others."

    def sentence(self, noun: str | None, field: str) -> str:
        """The end of the description of a `field` of the `noun`, which is None where everyone sees all such objects."""
        return self.value.format(everyone="everyone" + (f" who sees the {noun}" if noun else ""), field=field)
