"""Who should be reached, and why. Pure: no clock, no chance, no network, no database."""
