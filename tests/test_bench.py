"""What `make bench` makes of what it measured, and how it reads what the SDKs beside ours send."""

import base64
import gzip
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from bench import document
from bench.field.contest import became
from bench.field.endpoint import numbers_in
from bench.results import Measure, Results
from bench.section import Section

FIELD = Path(__file__).parent / "bench" / "field"
MEASURES = {"cold": Measure("cold start", "ms"), "growth": Measure("a call later / at first", "x")}


def order(n: int) -> dict:
    return {"n": n, "total": 49.5, "currency": "USD"}


def text_of(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def base64_of(value: object) -> str:
    return base64.b64encode(text_of(value).encode()).decode()


def url_safe(value: object) -> str:
    return base64.urlsafe_b64encode(text_of(value).encode()).decode().rstrip("=")


TRACK = {"type": "track", "event": "Order Completed", "messageId": "m"}
MIXPANEL = [{"event": "Order Completed", "properties": {"token": "bench"} | order(n)} for n in (1, 2)]
BODIES = {
    "a message": text_of(TRACK | {"properties": order(1)}).encode(),
    "a batch": text_of({"batch": [TRACK | {"properties": order(n)} for n in (1, 2)]}).encode(),
    "PostHog, gzipped": gzip.compress(text_of([{"event": "Order Completed", "properties": order(1)}]).encode()),
    "Snowplow": text_of(
        {"data": [{"e": "ue", "ue_px": url_safe({"data": {"data": order(n)}})} for n in (1, 2)]}
    ).encode(),
    "Mixpanel, Base64 in a form": f"data={quote(base64_of(MIXPANEL))}".encode(),
    "Mixpanel, JSON in a form": f"data={quote(text_of(MIXPANEL))}".encode(),
    "Amplitude": text_of({"events": [{"event_type": "x", "event_properties": order(n)} for n in (1, 2)]}).encode(),
    "Plausible, JSON in JSON": text_of({"n": "Order Completed", "p": text_of(order(1))}).encode(),
    "another call": text_of(TRACK | {"properties": {"n": 1}}).encode(),
    "nothing": b"",
}
FOUND = {"a batch", "Snowplow", "Mixpanel, Base64 in a form", "Mixpanel, JSON in a form", "Amplitude"}


@pytest.mark.parametrize("name", BODIES)
def test_calls_are_known_in_what_each_sdk_wraps_them_in(name: str) -> None:
    expected = [1, 2] if name in FOUND else [] if name in ("another call", "nothing") else [1]
    assert numbers_in(BODIES[name]) == expected


@pytest.mark.parametrize(
    ("numbers", "arrived", "late", "repeated"),
    [([], 0, 0, 0), ([1, 2, 3], 3, 0, 0), ([3, 1, 2], 3, 2, 0), ([1, 2, 2, 1, 4], 3, 0, 2), ([2, 1, 4, 3], 4, 2, 0)],
)
def test_what_became_of_a_row(numbers: list[int], arrived: int, late: int, repeated: int) -> None:
    assert became(numbers) == {"arrived": arrived, "late": late, "repeated": repeated}


@pytest.fixture
def results() -> Results:
    found = Results(MEASURES, ("ours", "theirs"), (("ours", "theirs"),))
    for ours, theirs in ((100, 200), (300, 200), (150, 100)):
        found.add("cold", "ours", ours)
        found.add("cold", "theirs", theirs)
    found.add("growth", "ours", 1.25)
    return found


def test_a_ratio_is_of_medians_and_its_spread_is_of_the_rounds(results: Results) -> None:
    measured = results.json()["measures"]
    assert measured["cold"]["ratios"] == {"ours/theirs": {"of medians": 0.75, "each round": [0.5, 1.5, 1.5]}}
    assert measured["growth"]["ratios"] == {}
    assert "0.75 [0.50-1.50]" in results.table() and "1.25" in results.table()


def test_rounds_are_not_paired_where_one_failed(results: Results) -> None:
    results.add("cold", "ours", 500)
    assert results.json()["measures"]["cold"]["ratios"] == {"ours/theirs": {"of medians": 1.125, "each round": []}}


def test_the_table_by_competitor_has_all_that_the_other_one_has(results: Results) -> None:
    lines = results.by_competitor().splitlines()
    assert len(lines) == 3 and "150 [100-300]" in lines[1]


def test_a_section_leaves_the_other_ones_in_the_report(tmp_path: Path, results: Results) -> None:
    report = tmp_path / "bench.json"
    for name in ("official", "field", "official"):
        Section(name, 3, "156").put(results, 3, report, commit=None)
    kept = json.loads(report.read_text())
    assert set(kept) == {"official", "field"}
    assert kept["field"]["measures"]["cold"]["competitors"]["ours"]["values"] == [100, 300, 150]


def test_the_document_is_written_between_its_marks(tmp_path: Path, results: Results) -> None:
    report, page = tmp_path / "bench.json", tmp_path / "performance.md"
    Section("field", 3, "156.0").put(results, 3, report, versions={"ours": "0.1.0", "theirs": "2.3.4"})
    page.write_text("Before.\n<!-- bench: field -->\nstale\n<!-- bench: end -->\nAfter.\n")
    document.write("field", report, page)
    text = page.read_text()
    assert text.startswith("Before.\n<!-- bench: field -->\n") and text.endswith("<!-- bench: end -->\nAfter.\n")
    assert "| cold start (ms) | **0.75** [0.50-1.50] | 150 [100-300] | 200 [100-200] |" in text
    assert "ours 0.1.0, theirs 2.3.4" in text and "3 rounds" in text and "stale" not in text
    document.write("field", report, page)
    assert page.read_text() == text


def test_a_section_without_a_place_in_the_document_is_told_of(tmp_path: Path, results: Results) -> None:
    report, page = tmp_path / "bench.json", tmp_path / "performance.md"
    Section("field", 3, "156.0").put(results, 3, report)
    page.write_text("<!-- bench: official -->\n<!-- bench: end -->\n")
    with pytest.raises(ValueError, match="no place for field"):
        document.write("field", report, page)


@pytest.mark.parametrize("name", ["official", "field", "against", "scale", "leaving", "engines"])
def test_the_page_has_a_place_for_each_section(name: str) -> None:
    assert len(re.findall(f"<!-- bench: {name} -->\n", document.PAGE.read_text())) == 1


def test_the_field_is_pinned_and_its_lock_file_names_no_address() -> None:
    pins = json.loads((FIELD / "package.json").read_text())["dependencies"]
    lock = (FIELD / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in pins} == pins
    assert "http:" not in lock and "https:" not in lock
