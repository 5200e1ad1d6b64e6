"""A softphone in the browser: whoever looks at it can be any of the people, on the telephones of an exchange."""
