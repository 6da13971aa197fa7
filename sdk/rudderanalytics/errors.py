"""What can go wrong, as a tree:

RudderAnalyticsError
 +-- NotInAPage     Python runs where there is no web page (raised by the Python face only)
 +-- Refused        a call or an input that cannot be accepted; it becomes one log line, never an exception in the page
"""


class RudderAnalyticsError(Exception):
    """The root of what this package raises on purpose."""


class NotInAPage(RudderAnalyticsError):
    """`rudderanalytics` needs a web page: its cookies, its storage and its `fetch`."""


class Refused(RudderAnalyticsError):
    """The core will not act on this input; the text is the line that is logged."""
