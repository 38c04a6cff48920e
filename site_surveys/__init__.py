"""Plans and proves the radio of a site."""
