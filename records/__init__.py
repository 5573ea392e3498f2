"""The ground floor: value types, canonical JSON, ids and the exception tree. Standard library only."""
