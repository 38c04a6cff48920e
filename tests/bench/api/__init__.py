"""`make bench-api`: the API over a whole programme's data, on both databases."""
