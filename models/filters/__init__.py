"""One definition of each filter, for lists, subscriptions and live lists: a dataclass and a query builder."""
