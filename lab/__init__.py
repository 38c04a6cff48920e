"""A false school district: devices that answer SNMP and SSH with state.

Written from the vendors' references alone. It shares no grammar, parser, template or SNMP codec
with the product, so that a test here never checks our mistake against our mistake.
"""
