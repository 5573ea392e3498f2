"""Finding the district's marks, wherever they were put (clause 4.9)."""

from detectors.logos.detector import LogoDetector, LogoMatch, Why

__all__ = ["LogoDetector", "LogoMatch", "Why"]
