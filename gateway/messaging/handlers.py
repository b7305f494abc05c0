"""What the gateway hears. It keeps no copy of officers yet: a change of inspectors only moves its cursor."""

from shared.runtime.inbox import Handlers

HANDLERS: Handlers = {}
