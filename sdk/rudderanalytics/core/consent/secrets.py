"""What is not for others: names of parameters that say so, and texts that look like it.

Must not know: addresses, messages.
"""

_SYNONYMS = {
    "token": "assertion auth authorization bearer credential credentials csrf hmac jsessionid jwt phpsessid "
    "samlresponse sas sessionid sid sig signature tkn tok xsrf",
    "password": "pass passphrase passwd pin pw pwd",
    "code": "cvc cvv otp totp",
    "key": "accesskeyid",
    "secret": "socialsecuritynumber ssn",
}
"""What else a name means."""
_AFTER = " address again confirm confirmation current hash hint md new old repeat sha value verifier "
"""Words after a name that leave it what it is: `password_confirmation`, `emailAddress`, `email_sha256`."""
_OF_THINGS = (
    " airport area cache cheat color country coupon currency dial dress error exit flight foreign group http "
    "item key lang language locale postal primary product promo public region response sku sort source state "
    "status store tax zip "
)
"""Words before `code` or `key` that make it no secret: `country_code`, `sort_key`."""
# fmt: off
_QUALIFIERS = (
    "access", "account", "activation", "admin", "api", "app", "auth", "aws", "bearer", "bot", "client", "confirm",
    "consumer", "contact", "csrf", "current", "customer", "device", "home", "id", "invite", "login", "master",
    "my", "new", "oauth", "old", "otp", "pass", "private", "push", "refresh", "reset", "secret", "security",
    "service", "session", "sign", "sso", "temp", "user", "verification", "verify", "web", "work", "xsrf",
)
# fmt: on
"""Words that are often written before a name with nothing between: `apikey` is a key, `monkey` is none."""
_FILES = " avif css csv gif htm html ico jpeg jpg js json map mjs mp3 mp4 pdf php png svg txt webm webp xml zip "
"""Ends of the names of files, which are no ends of domains: `logo@2x.png` is no e-mail address."""
_AROUND = " \t\n,;:<>()[]{}\"'|&=?/#+\\"
"""What may stand around an e-mail address or a token in a text."""
_BETWEEN = " \t\r\n,:<>()[]{}\"'|+"
"""What may stand between names with values in a text."""
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Characters of a name that nobody sees."""
_BESIDE_LETTERS = "._-+%"
"""What the name in an e-mail address may end in, beside letters and digits."""
_LONGEST_NAME = 200
"""Characters at the end of a name that are looked at."""
_SHORTEST = 20
"""Characters of what looks like a token wherever it is."""
_SHORTEST_OF_LETTERS = 12
"""Characters of what looks like a token where one is to be expected, though it has letters only."""
_VOWELS = "aeiouy"
# fmt: off
_PAIRS = (
    "blbrchckclcrcsctczdddrdsdzffflfrftggghglgngrgshlhnhrhtklknkrkslblcldlflglklllmlnlplsltlvmbmmmnmpmsncndnfngnjnknnnsntnv"
    "nzpfphplppprpsptrbrcrdrfrgrhrkrlrmrnrprrrsrtrvrzscshskslsmsnspssstswszthtltrtstttwtzwhwnwrwsxpxtzdzkznzz"
)
# fmt: on
"""Two consonants after one another as words have them; most of those of chance are others."""
_LOOKED_AT = 200
"""Bytes at the start of a text from which it is told whether it is made by chance."""


class Names:
    """Names of parameters that are not for others.

    A parameter has such a name if its own is one of them or ends in one: `token` is also `access_token`,
    `accessToken`, `accesstoken`, `TOKEN`, `token[]`, `token2`, `token_hash` and `user[token]`, but not `tokens` or
    `tokenize`. `country_code` and the like are none (`_OF_THINGS`).
    Capital letters and what is no letter or digit only separate words: `x-api-key` is also `X_Api_Key`.
    """

    def __init__(self, names: list[str]) -> None:
        self._wanted = [name for name in ["".join(words(name)) for name in names] if name]
        for name in list(self._wanted):
            self._wanted += _SYNONYMS.get(name, "").split()

    def __len__(self) -> int:
        return len(self._wanted)

    def hold(self, name: str) -> bool:
        """Whether it is one of them, or ends in one."""
        name = name[-_LONGEST_NAME:]
        return self._end(words(name)) or self._end(words(humps(name)))

    def _end(self, own: list[str]) -> bool:
        """Whether these words end in one of them."""
        own = [_without_digits(word) for word in own]  # token[0], token2
        while own and (not own[-1] or is_among(own[-1], _AFTER)):
            own.pop()
        if len(own) > 1 and own[-1] in ("code", "key") and is_among(own[-2], _OF_THINGS):
            return False
        end = ""
        while own:
            end = own.pop() + end
            for wanted in self._wanted:
                if end.endswith(wanted) and _is_qualified(end[: len(end) - len(wanted)]):
                    return True
        return False


def shows_email(text: str) -> bool:
    """Whether there is an e-mail address in a text."""
    before, *pieces = text.split("@")
    for piece in pieces:
        if before and _may_end_a_name(before[-1].lower()) and _begins_with_domain(piece):
            return True
        before = piece
    return False


def _may_end_a_name(character: str) -> bool:
    return _is_letter(character) or _is_digit(character) or character in _BESIDE_LETTERS


def shows_signed_token(text: str) -> bool:
    """Whether there is a JSON Web Token in a text (RFC 7519): `eyJ...eyJ....`, three parts or more."""
    if "eyJ" not in text:
        return False
    for mark in _AROUND:
        text = text.replace(mark, "\0")
    return any(word.startswith("eyJ") and word.count(".") >= 2 for word in text.split("\0"))


def members(text: str) -> list[str]:
    """The names of the members of objects in a text of JSON, or nearly JSON."""
    text = text.replace("'", '"')
    if '"' not in text:
        return []
    pieces = text.split('"')
    return [pieces[at] for at in range(1, len(pieces) - 1, 2) if pieces[at + 1].lstrip().startswith(":")]


def pairs(text: str) -> list[tuple[str, str]]:
    """Names with values in a text that has some of its own, and is no address: `a,token=1 b=2`."""
    if "=" not in text:
        return []
    for mark in _BETWEEN:
        text = text.replace(mark, "\0")
    named = [word.partition("=") for word in text.split("\0")]
    return [(name, value) for name, _, value in named if value.strip("=") and not any(mark in name for mark in "/?#&;")]


def said(text: str) -> list[tuple[str, str]]:
    """Names with what is said of them in a text that is no address: `user:ada,token:1`."""
    if ":" not in text or any(mark in text for mark in "/?#&;"):
        return []
    for mark in _BETWEEN.replace(":", ""):
        text = text.replace(mark, "\0")
    parts = [word.split(":") for word in text.split("\0")]
    return [(word[at], word[at + 1]) for word in parts for at in range(len(word) - 1) if word[at + 1]]


def is_made_by_chance(text: str) -> bool:
    """Whether a text looks like a token wherever it is: long, and letters and digits without a pattern."""
    if len(text) < _SHORTEST or _is_uuid(text) or _is_file(text):
        return False
    return _switches(text) * 5 >= len(text) or _is_no_word(text)


def may_be_token(text: str) -> bool:
    """Whether a text looks like a token where one is to be expected."""
    if _is_uuid(text):
        return True
    if len(text) < 6 or _is_file(text):
        return False
    return _switches(text) * 5 >= len(text) or (len(text) >= _SHORTEST_OF_LETTERS and _is_no_word(text))


def is_among(word: str, wanted: str) -> bool:
    """Whether it is one of the words in a text, which begins and ends in a space: a tuple is several times as large."""
    return " " + word + " " in wanted


def words(name: str) -> list[str]:
    """The words of a name in small letters, apart by what is neither letter nor digit."""
    found = [""]
    for character in name[-_LONGEST_NAME:].lower():
        if character in _UNSEEN:
            continue
        if _is_letter(character) or _is_digit(character):
            found[-1] += character
        elif found[-1]:
            found.append("")
    return [word for word in found if word]


def humps(name: str) -> str:
    """`accessToken` as `access Token`."""
    return "".join([" " + character if "A" <= character <= "Z" else character for character in name])


def _without_digits(word: str) -> str:
    """Without those at its end."""
    while word and _is_digit(word[-1]):
        word = word[:-1]
    return word


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _is_letter(character: str) -> bool:
    """A small one; beyond ASCII the interpreters do not agree on what is one."""
    return "a" <= character <= "z" or character > "\x7f"


def _is_qualified(before: str) -> bool:
    """Whether what is written before a name is nothing, or words that are often there."""
    while before:
        for word in _QUALIFIERS:
            if before.endswith(word):
                before = before[: len(before) - len(word)]
                break
        else:
            return False
    return True


def _begins_with_domain(text: str) -> bool:
    domain = ""
    for character in text[:_LOOKED_AT].lower():
        if not (_is_letter(character) or _is_digit(character) or character in ".-"):
            break
        domain += character
    labels = domain.rstrip(".-").split(".")
    last = labels[-1]
    is_name = all(map(_is_letter, last)) or last.startswith("xn--")
    return len(labels) > 1 and all(labels) and len(last) > 1 and is_name and not is_among(last, _FILES)


def _is_uuid(text: str) -> bool:
    groups = text.lower().split("-")
    return [len(group) for group in groups] == [8, 4, 4, 4, 12] and all(
        character in "0123456789abcdef" for group in groups for character in group
    )


def _is_file(text: str) -> bool:
    return "." in text and is_among(text.rpartition(".")[2].lower(), _FILES)


def _is_no_word(text: str) -> bool:
    """Whether a text is of ASCII letters only, too many of which follow one another as in no word."""
    text = text[:_LOOKED_AT].lower()
    odd = 0
    last = "a"
    for character in text:
        if not "a" <= character <= "z":
            return False
        if not (last in _VOWELS or character in _VOWELS or _is_pair(last + character)):
            odd += 1
        last = character
    return odd * 5 >= len(text)


def _is_pair(letters: str) -> bool:
    return letters in _PAIRS and any(_PAIRS[at : at + 2] == letters for at in range(0, len(_PAIRS), 2))


def _switches(text: str) -> int:
    """How often letters and digits follow one another, or a capital letter a small one; 0 without any digit."""
    switches = 0
    has_digit = False
    last = ""
    for byte in text.encode("utf-8", "surrogatepass")[:_LOOKED_AT]:
        kind = "digit" if 48 <= byte <= 57 else "small" if 97 <= byte <= 122 else "capital" if 65 <= byte <= 90 else ""
        if kind and last and (kind == "digit") != (last == "digit"):
            switches += 1
        if kind == "capital" and last == "small":
            switches += 1
        has_digit = has_digit or kind == "digit"
        last = kind
    return switches if has_digit else 0
