"""errors: one tree, so that one `except` catches what this package raises on purpose."""

import pytest

from rudderanalytics.errors import NotInAPage, Refused, RudderAnalyticsError


@pytest.mark.parametrize("error", [NotInAPage, Refused])
def test_every_error_is_a_rudder_analytics_error(error: type[Exception]) -> None:
    assert issubclass(error, RudderAnalyticsError)


def test_the_text_of_a_refusal_is_the_line_that_is_logged() -> None:
    assert str(Refused("identify: '' is not an id")) == "identify: '' is not an id"
