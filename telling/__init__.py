"""Words about what happened: a contact's story and the reasons for its way, in every language that we tell it in."""
