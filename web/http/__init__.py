"""GraphQL over HTTP, feeds, and what each request passes on its way."""
