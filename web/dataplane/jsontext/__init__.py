"""JSON text as the gateway reads and writes it [server §1.6], which is not quite as Python's `json` does.

Invalid UTF-8 inside strings is allowed, of two equal keys the first counts, numbers pass through float64, and
nesting has no limit. A value is `Json`: what Python's own decoder makes, and `Raw`, a text that is nested too deeply
to be taken apart.

Three readers, the quickest first. Each says by an exception when it is the next one's turn:

- `quick`: orjson, for what SDKs write. Raises `Unusual` where orjson would read it otherwise than the gateway.
- `exact`: Python's `json` with the rules above; what this package exports. Raises RecursionError where it is too
  deep.
- `deep`: token by token, without recursion. It takes apart the first levels only.
"""

from .exact import PLAIN, Codec, Json, Raw, decode, encode, float64, stringify, utf8, well_formed

__all__ = ["PLAIN", "Codec", "Json", "Raw", "decode", "encode", "float64", "stringify", "utf8", "well_formed"]
