"""Captures of the air: what access points say of themselves, and nothing of anybody else.

A client's address is personal data, of minors. Only beacons and probe responses are read; every
other frame is dropped unread, and the receiver's address of a probe response with it.
"""
