"""What the office takes out of everybody's sight, and gives back."""

from resolvers.moderation.hide import HIDEABLE, hide, unhide

__all__ = ["HIDEABLE", "hide", "unhide"]
