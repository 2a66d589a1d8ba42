"""Answers to guests that are remembered: in the process, and together with the others in Redis."""

from subscriptions.remembered.memory import Answer, Mark, Memory, digest_of, row_tags
from subscriptions.remembered.shared import Remembered

__all__ = ["Answer", "Mark", "Memory", "Remembered", "digest_of", "row_tags"]
