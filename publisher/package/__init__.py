"""A data package → checked Arrow tables and a report: `check(path, registry) -> Report`."""

from publisher.package.checks import check, together
from publisher.package.delivery import Delivery, Report

__all__ = ["Delivery", "Report", "check", "together"]
