"""What happens next in a contact: events in, turns out. Pure; `advance` is the one door."""
