"""The use cases, and when they run: the check, the delivery, the service."""
