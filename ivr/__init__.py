"""Twilio in both directions: signatures, parsing, TwiML, REST deeds."""
