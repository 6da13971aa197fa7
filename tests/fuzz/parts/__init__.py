"""The parts, one module each; `fuzz` says what a part is."""
