"""What installers report: checklists as data, serial numbers, files of cable certifiers. Pure."""
