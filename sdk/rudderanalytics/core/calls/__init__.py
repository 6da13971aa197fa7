"""What was called: the overloads of the public methods, and the reserved traits."""
