"""Answers to guests that are remembered: in the process, and together with the others in Redis."""

from subscriptions.response_cache.across_processes import ResponseCache
from subscriptions.response_cache.memory import Answer, Mark, MemoryCache, digest_of, row_tags

__all__ = ["Answer", "Mark", "MemoryCache", "ResponseCache", "digest_of", "row_tags"]
