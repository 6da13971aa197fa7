"""The client's brain: what is called becomes messages, and messages are delivered; it touches no page."""
