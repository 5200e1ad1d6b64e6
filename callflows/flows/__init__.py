"""The flows that ship, as documents: `main` for calls."""
