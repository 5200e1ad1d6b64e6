"""Texts in and out: a message's life, what may be sent, opt-out, and messaging TwiML."""
