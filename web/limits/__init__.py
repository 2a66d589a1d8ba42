"""How much may whom: who calls, how many connections, sockets and operations there may be, and what of each."""
