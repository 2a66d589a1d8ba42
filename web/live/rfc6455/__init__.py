"""The server's end of WebSockets as RFC 6455 has them: request, frames, close codes, and who is told of messages."""
