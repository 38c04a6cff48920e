"""A false school district: devices that answer SNMP and SSH, for the demo and the tests."""
