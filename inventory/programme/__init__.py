"""The programme's rules and state machines: register, eligibility, dossier. Pure functions."""
