"""secrets: names of parameters that are not for others, and texts that look like it."""

import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core.consent import secrets
from rudderanalytics.core.consent.secrets import Names

DEFAULT = ["token", "key", "password", "secret", "code", "email"]


@pytest.mark.parametrize(
    "name",
    [
        *DEFAULT,
        "Token",
        "TOKEN",
        "access_token",
        "access-token",
        "access.token",
        "accessToken",
        "AccessToken",
        "accesstoken",
        "authtoken",
        "apikey",
        "API_KEY",
        "APIKey",
        "x-api-key",
        "token[]",
        "token[0]",
        "token_2",
        "token2",
        "password1",
        "user[password]",
        "user[password_confirmation]",
        "passwordHash",
        "email_address",
        "e-mail",
        "jwt",
        "otp",
        "pwd",
        "myAccessToken",
        "userApiKey",
        "reset token",
        "x" * 1000 + "_token",
    ],
)
def test_a_name_counts_however_it_is_written(name: str) -> None:
    assert Names(DEFAULT).hold(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tokens",
        "tokenize",
        "token_type",
        "monkey",
        "turkey",
        "keyword",
        "zipcode",
        "barcode",
        "encode",
        "secretary",
        "voicemail",
        "mail",
        "emails",
        "q",
        "2",
        "[]",
        "address",
        "confirm",
        "é",
    ],
)
def test_other_names_do_not_count(name: str) -> None:
    assert not Names(DEFAULT).hold(name)


@pytest.mark.parametrize(
    ("names", "name", "held"),
    [
        ([], "token", False),
        (["", "[]", "-"], "token", False),
        (["x-api-key"], "X_Api_Key", True),
        (["x-api-key"], "xApiKey", True),
        (["x-api-key"], "api_key", False),
        (["user[email]"], "user%5Bemail%5D", False),  # it is for `address.plain` to decode it
        (["user[email]"], "user[email]", True),
        (["user[email]"], "email", False),
        (["größe"], "größe", True),
        (["a1"], "a", False),
        (["session"], "jwt", False),
    ],
)
def test_names_of_one_s_own_count_alone(names: list, name: str, held: bool) -> None:
    assert Names(names).hold(name) is held
    assert (len(Names(names)) > 0) is any(secrets.words(each) for each in names)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("ada@example.com", True),
        ("Ada <ada.l@mail.example.co.uk>, hello", True),
        ("ada+news@example.com?x", True),
        ("ada_@example.com.", True),
        ("é@é.fr", True),
        ("@ada@example.com", True),
        ("@ada", False),
        ("ada@localhost", False),
        ("ada@example.c", False),
        ("ada@example..com", False),
        ("react@18.2.0", False),
        ("logo@2x.png", False),
        ("10 @ 2.50", False),
        ("a @b.example", False),
        ("", False),
    ],
)
def test_an_email_address_is_seen(text: str, there: bool) -> None:
    assert secrets.shows_email(text) is there


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", True),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.abc;", True),
        ("eyJhbGciOiJub25lIn0", False),
        ("xeyJhbGciOiJub25lIn0.a.b", False),
        ("a.b.c", False),
    ],
)
def test_a_signed_token_is_seen(text: str, there: bool) -> None:
    assert secrets.shows_signed_token(text) is there


@pytest.mark.parametrize("base", [16, 32, 36, 62])
@pytest.mark.parametrize("length", [24, 32, 43, 64, 300])
def test_nearly_all_that_chance_makes_is_seen(base: int, length: int) -> None:
    chance = random.Random(base * length)
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[:base]
    made = ["".join(chance.choice(digits) for _ in range(length)) for _ in range(200)]
    assert sum(map(secrets.is_made_by_chance, made)) >= 190


@pytest.mark.parametrize(
    "text",
    [
        "ten-things-that-we-learned-in-2026",
        "iphone-15-pro-max-256gb-natural-titanium",
        "iphone15promax256gbnaturaltitanium",
        "TheQuickBrownFoxJumpsOverTheLazyDog",
        "12345678901234567890",
        "550e8400-e29b-41d4-a716-446655440000",
        "main.3f9a8b7c1d2e4f5a8b9c.js",
        "3f9a8b7c",
        "",
    ],
)
def test_what_people_wrote_is_not_made_by_chance(text: str) -> None:
    assert not secrets.is_made_by_chance(text)


@settings(deadline=None)
@given(st.uuids())
def test_an_id_is_no_token_unless_one_is_to_be_expected(made: uuid.UUID) -> None:
    assert not secrets.is_made_by_chance(str(made))
    assert secrets.may_be_token(str(made))


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("3f9a8b7c", True),
        ("a1b2c3", True),
        ("step2", False),
        ("abc123", False),
        ("password", False),
        ("a1b2c3.js", False),
        ("5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", True),
    ],
)
def test_where_a_token_is_to_be_expected_it_may_be_short(text: str, may: bool) -> None:
    assert secrets.may_be_token(text) is may


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"token":"a","b" : {"key":1}}', ["token", "b", "key"]),
        ('["token"]', []),
        ("token", []),
        ('"a', []),
    ],
)
def test_members_of_objects_in_a_text_have_names(text: str, names: list) -> None:
    assert secrets.members(text) == names


@pytest.mark.parametrize("name", ["country_code", "sort_key", "countryCode", "country-code2"])
def test_codes_and_keys_of_things_are_no_secrets(name: str) -> None:
    assert not Names(DEFAULT).hold(name)


@pytest.mark.parametrize("name", ["to\u200bken", "pass\u00adword", "\ufeffkey"])
def test_what_does_not_show_hides_no_name(name: str) -> None:
    assert Names(DEFAULT).hold(name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("no pair", []),
        ("a,token=1 b=2", [("token", "1"), ("b", "2")]),
        ("{key=x}|secret='y'", [("key", "x")]),
        ("token=", []),
        ("https://a.example/?token=1", []),
    ],
)
def test_names_in_a_text_that_is_no_address(text: str, found: list) -> None:
    assert secrets.pairs(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("12:30", [("12", "30")]),
        ("user:ada,token:1", [("user", "ada"), ("token", "1")]),
        ("a:b:c", [("a", "b"), ("b", "c")]),
        ("token:", []),
        ("https://a.example", []),
    ],
)
def test_what_is_said_of_names_in_a_text_that_is_no_address(text: str, found: list) -> None:
    assert secrets.said(text) == found


@pytest.mark.parametrize("length", [16, 20, 24, 32])
def test_letters_of_chance_are_seen(length: int) -> None:
    chance = random.Random(length)
    made = ["".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length)) for _ in range(200)]
    assert sum(map(secrets.may_be_token, made)) >= 170


@pytest.mark.parametrize(
    "word",
    [
        "internationalization",
        "straightforwardness",
        "forgottenpasswords",
        "misunderstandings",
        "Datenschutzerklaerung",
        "rechtschreibpruefung",
        "anticonstitutionnellement",
        "przedsiebiorczosc",
        "verantwoordelijkheid",
        "representantes",
        "lightweighttransactions",
        "knowledgeworkshops",
    ],
)
def test_words_are_no_tokens(word: str) -> None:
    assert not secrets.may_be_token(word)
    assert not secrets.is_made_by_chance(word)
