"""Traps and informs: received, limited by source, decoded, believed or dropped, and merged.

`receiver` holds the sockets and drops a storm before anything is decoded; `message` and `usm` take
a notification apart and say whether it is believed; `episodes` makes one of many. What becomes of
them is the business of whoever runs the receiver.
"""
