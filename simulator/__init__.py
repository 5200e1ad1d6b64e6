"""A faithful local Twilio. It knows nothing of the service that it calls."""
