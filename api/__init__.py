"""The service: HTTP, identity, transactions and storage around `matching`."""
