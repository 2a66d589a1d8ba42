"""Live delivery: the WebSocket, its protocol, streams over HTTP, and who is told together."""
