"""The programme's rules and state machines: register, eligibility, dossier. Values in, values out."""
