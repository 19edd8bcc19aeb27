"""The offices' desk: submissions on their way to the public, who may do what to them, and the record of it.

Everything that is not public lies in `home/desk`, which only the publisher's user may read. Its truth is one
file, `log.jsonl`: what is on the desk is what the events of the log come to.
"""
