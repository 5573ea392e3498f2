"""Facebook Pages: collecting through facebook-sdk, and reading what was collected."""

from connectors.facebook.collect import FacebookConnector
from connectors.facebook.parse import parse

__all__ = ["FacebookConnector", "parse"]
