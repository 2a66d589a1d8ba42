"""Cached answers to guests: in the process, and together with the others in Redis."""

from subscriptions.response_cache.across_processes import ResponseCache
from subscriptions.response_cache.invalidation import row_tags
from subscriptions.response_cache.memory import Answer, AsOf, MemoryCache, digest_of

__all__ = ["Answer", "AsOf", "MemoryCache", "ResponseCache", "digest_of", "row_tags"]
