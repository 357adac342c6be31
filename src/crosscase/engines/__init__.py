"""Libraries of their own: arrays and names in, result dataclasses out; independent of each other."""
