"""Answers to guests that are remembered: in the process, and together with the others in Redis."""

from subscriptions.response_cache.across_processes import Remembered
from subscriptions.response_cache.memory import Answer, Mark, Memory, digest_of, row_tags

__all__ = ["Answer", "Mark", "Memory", "Remembered", "digest_of", "row_tags"]
