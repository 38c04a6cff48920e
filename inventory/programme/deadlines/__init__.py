"""How long each step of a dossier may last, who has the ball, and when it is late. Pure."""
