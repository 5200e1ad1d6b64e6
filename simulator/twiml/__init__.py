"""TwiML as a table, and what reads a document by it."""
