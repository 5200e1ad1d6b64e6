"""Recordings, their trimming and what they said."""
