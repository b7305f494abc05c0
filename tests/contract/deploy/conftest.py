"""Every overlay rendered once for all tests here."""

from collections.abc import Callable

import pytest

from deploy.rules.model import Object, Wishes
from deploy.rules.render import RenderFailed, kubectl, render
from deploy.rules.wishes import read_wishes


@pytest.fixture(scope="session")
def wishes() -> Wishes:
    return read_wishes()


@pytest.fixture(scope="session")
def rendered() -> Callable[[str], tuple[Object, ...]]:
    try:
        kubectl()
    except RenderFailed as error:
        pytest.skip(str(error))
    return render
