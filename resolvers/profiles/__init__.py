"""What somebody would like to do, and which entries fit that: no entry of one's own is needed."""

from resolvers.profiles.read import profile_districts, profile_topics, viewer_profile
from resolvers.profiles.suggestions import viewer_suggestions
from resolvers.profiles.write import set_profile

__all__ = ["profile_districts", "profile_topics", "set_profile", "viewer_profile", "viewer_suggestions"]
