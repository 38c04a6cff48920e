"""All that is known of each device family: one folder a family, text and pure functions only."""
