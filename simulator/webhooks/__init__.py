"""Requests to the service: signed, retried, timed, and what they carry."""
