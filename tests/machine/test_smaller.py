from hypothesis.stateful import invariant
from machine.data_plane import Outcome
from machine.smaller import failure, shown, smaller, steps_of
from machine.test_pages import Pages
from machine.test_scenarios import BROWSER, PAGE

LOG = f"""
Falsifying example:
state = Pages()
state.first_page(browser={BROWSER}, page={PAGE | {"looks": True}}, cookies=['alice'])
state.no_exception()
state.traffic(chance=0.5, events=['good',
 'large', Outcome(status=200, retry_after=None, stored=True), <503, Retry-After 40 ms>], index=3)
state.come_back()
state.open(page={PAGE | {"python": "elsewhere"}})
state.time(index=0, what=1000)
state.teardown()
"""


class Lonely(Pages):
    @invariant()
    def is_alone(self) -> None:
        assert len(self.browser.tabs) < 2, "there are two"


def test_what_hypothesis_printed_is_read_and_made_small() -> None:
    steps = steps_of(LOG)
    assert steps_of("".join(f"E       {line}\n" for line in LOG.splitlines())) == steps, "as pytest prints it"
    assert [name for name, _ in steps] == ["first_page", "traffic", "come_back", "open", "time"]
    assert steps[1][1]["events"] == ["good", "large", Outcome(200, None, True), Outcome(503, 40)]
    assert failure(steps) is None, "no page is in the back/forward cache, so none can come back"
    left = smaller(steps, Lonely)
    assert shown(left) == "state.first_page(browser={}, page={}, cookies=[])\nstate.open(page={})"
    where, what = failure(left, Lonely) or ("", "")
    assert where.startswith("AssertionError in is_alone") and what.startswith("there are two")
