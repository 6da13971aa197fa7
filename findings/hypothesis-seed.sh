#!/bin/sh
# One would guess that @seed(0), without an example database, makes the same examples of the same strategies each time.
# They are the same each time only while the same modules are loaded: Hypothesis collects the constants in the source of
# every local module that is loaded (not of installed packages, not of tests) and draws from them now and then. So a test
# gets other examples of its seed in a whole run than alone, where another test imports a module that this one never uses.
# Version: hypothesis 6.170.15 on CPython 3.13.
# Source: hypothesis/internal/conjecture/providers.py (_get_local_constants), constants_ast.py (local_modules).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hypothesis==6.170.15

echo 'LIMITS = [48_271, 69_621, 16_807]; NAMES = ["minstd", "lehmer", "randu"]' >unrelated.py
cat >draw.py <<'PYTHON'
import hashlib, sys

if "unrelated" in sys.argv:
    import unrelated  # nothing below uses it
from hypothesis import Phase, given, seed, settings, strategies as st

examples = []


@seed(0)
@settings(max_examples=200, database=None, phases=[Phase.generate])
@given(st.integers(), st.text())
def draw(number, text):
    examples.append((number, text))


draw()
print(hashlib.sha256(repr(examples).encode()).hexdigest()[:16])
PYTHON

alone=$(venv/bin/python draw.py)
alone_again=$(venv/bin/python draw.py)
beside=$(venv/bin/python draw.py unrelated)
beside_again=$(venv/bin/python draw.py unrelated)
echo "examples of seed 0, as a hash"
echo "  alone:                            $alone $alone_again"
echo "  beside a module that is not used: $beside $beside_again"
[ "$alone" = "$alone_again" ] && [ "$beside" = "$beside_again" ] && [ "$alone" != "$beside" ] || exit 1
