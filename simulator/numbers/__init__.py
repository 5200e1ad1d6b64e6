"""Numbers and addresses: who answers for them, and where they are."""
