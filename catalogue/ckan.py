"""Bringing a catalogue to what it shall say: plan, then apply, through ckanapi only.

The same code serves a real CKAN over HTTP and the embedded catalogue in process.
"""

from catalogue.apply import apply
from catalogue.patience import Patience
from catalogue.plan import Change, Plan, plan, verify
from catalogue.remote import Api, InProcess, Remote, embedded

__all__ = ["Api", "Change", "InProcess", "Patience", "Plan", "Remote", "apply", "embedded", "plan", "verify"]
