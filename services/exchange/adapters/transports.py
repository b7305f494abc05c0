"""The transports of an installation's channels."""

from __future__ import annotations

from collections.abc import Mapping

from services.exchange.adapters.file_drop import FileDrop
from services.exchange.adapters.guarded_http import GuardedClient
from services.exchange.adapters.http_push import HttpPush
from services.exchange.settings import Channel, ExchangeSettings
from services.exchange.usecases.deliver import Transport, Work
from services.exchange.usecases.place_in_front import FrontTables


class ChannelIncomplete(ValueError):
    """A channel lacks what its transport needs; told at start."""


def make_transports(settings: ExchangeSettings, work: Work) -> Mapping[str, Transport]:
    """Peer → transport. Raises ChannelIncomplete."""
    client = GuardedClient(settings.timeout_seconds, settings.allowed_private)
    sender = settings.sender or settings.district
    return {peer: _transport(peer, channel, client, sender, work) for peer, channel in settings.channels.items()}


def _transport(peer: str, channel: Channel, client: GuardedClient, sender: str, work: Work) -> Transport:
    if channel.transport == "table":
        return FrontTables(work)
    if channel.transport == "file":
        if channel.folder is None:
            raise ChannelIncomplete(f"渠道 {peer} 缺少 folder")
        return FileDrop(channel.folder, sender)
    if not channel.url:
        raise ChannelIncomplete(f"渠道 {peer} 缺少 url")
    return HttpPush(client, channel.url, channel.token.get_secret_value(), sender)
