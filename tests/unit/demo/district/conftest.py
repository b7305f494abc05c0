import pytest

from demo.district import District, generate


@pytest.fixture(scope="package")
def small() -> District:
    """A twentieth of the district: about a thousand objects."""
    return generate(seed=1, scale=0.05)


@pytest.fixture(scope="package")
def whole() -> District:
    return generate(seed=1)
