"""What the product does, free of its shells: a shell parses, calls one of these, formats."""
