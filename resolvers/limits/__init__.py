"""How often, and how much of what: rates of callers, quotas of members."""
