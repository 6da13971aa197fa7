"""The core's sources as pages download them: the same program without comments, docstrings, annotations and long names.

People read the sources in the repository; the names of functions, methods and attributes stay as they are there.
"""

import python_minifier


def lean(source: str, *, annotations: bool = False) -> str:
    """A third of the size, in the portable subset still: the vectors run on what this makes."""
    minified: str = python_minifier.minify(
        source,
        remove_literal_statements=True,
        remove_annotations=not annotations,
        hoist_literals=False,
        rename_globals=False,
    )
    return minified
