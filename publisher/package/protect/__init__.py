"""Confidentiality: what is withheld, whether it could be undone, and the delivery without it."""

from publisher.package.protect.apply import protect, scrubbed

__all__ = ["protect", "scrubbed"]
