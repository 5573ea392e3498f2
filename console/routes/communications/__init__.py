"""The communications office: the queue, evidence, the archive's search, the district's weeks, the weekly reports."""

from console.routes.communications import moves, observation, pictures, posts, queue, reports, search, trends
from console.routes.communications.room import room

__all__ = ["moves", "observation", "pictures", "posts", "queue", "reports", "room", "search", "trends"]
