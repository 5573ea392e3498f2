"""X: collecting through tweepy, and reading what was collected."""

from connectors.x.collect import XConnector
from connectors.x.parse import parse

__all__ = ["XConnector", "parse"]
