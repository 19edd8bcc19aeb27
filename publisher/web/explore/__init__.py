"""The explorer: a dataflow as filters, table and chart; its address is the SDMX query itself."""

from publisher.web.explore.address import Address, default
from publisher.web.explore.page import asked, build
from publisher.web.explore.take import WRITERS

__all__ = ["WRITERS", "Address", "asked", "build", "default"]
