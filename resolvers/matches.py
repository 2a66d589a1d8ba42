"""Fitting entries of the other direction."""

from enum import StrEnum


class MatchReason(StrEnum):
    SAME_CATEGORY = "SAME_CATEGORY"
    SHARED_TOPIC = "SHARED_TOPIC"
    SAME_DISTRICT = "SAME_DISTRICT"
    NEARBY = "NEARBY"
    OVERLAPPING_TIME = "OVERLAPPING_TIME"
    SIMILAR_TEXT = "SIMILAR_TEXT"
    SHARED_LANGUAGE = "SHARED_LANGUAGE"
