"""What is told of contacts: one TOML file a language, with the same keys and places in each."""
