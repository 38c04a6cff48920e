"""Documents for people: their templates, and how they are set."""
