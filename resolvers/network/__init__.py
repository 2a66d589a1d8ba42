"""The network itself: its figures, what its board held day by day, and the town's topics and districts."""

from resolvers.network.board_days import history
from resolvers.network.read import NetworkStatistics, count, network, statistics

__all__ = ["NetworkStatistics", "count", "history", "network", "statistics"]
