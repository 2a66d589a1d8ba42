"""Partners' keys: what the office does with them."""

from resolvers.api_keys.read import api_key_organisation, api_keys, api_keys_by_id
from resolvers.api_keys.write import CreatedKey, create_api_key, revoke_api_key

__all__ = [
    "CreatedKey",
    "api_key_organisation",
    "api_keys",
    "api_keys_by_id",
    "create_api_key",
    "revoke_api_key",
]
