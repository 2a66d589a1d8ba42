"""Who signs in, and by what: accounts with their sessions, links, second factors and identities, and partners' keys."""
