"""The JSON API and, later, the console; acts by the same road as a telephone."""
