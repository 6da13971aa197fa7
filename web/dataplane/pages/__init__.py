"""All that is served beside messages: the demo pages, the README, and static files.

- `demo`: `/` and `/pyscript`, which show the client at work. `shop`: `/shop`, three pages that use it as a shop does.
- `readme`: `/readme`, for the links of the checks.
- `assets`: folders of files: `dist/`, the runtimes, the pages' own scripts and styles (`web/pages/static`).
- `templates`: the HTML in `web/pages`, for these pages and for the live ones.
"""
