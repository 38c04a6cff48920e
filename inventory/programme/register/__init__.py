"""The register of schools: reading an edition of it, and what an edition changes. Pure functions.

`lines` cuts a file into lines of cells, `columns` reads one line, `edition` puts the lines
together, `difference` compares an edition with what is known, `sites` says which implantations
share a building.
"""
