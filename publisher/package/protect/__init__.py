"""Confidentiality: what is withheld, whether it could be undone, and the delivery without it."""

from publisher.package.protect.apply import keeps_back, protect, scrubbed

__all__ = ["keeps_back", "protect", "scrubbed"]
