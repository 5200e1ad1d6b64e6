"""Legs: how a call comes to be, whom it rings, what it hears, and its way through documents."""
