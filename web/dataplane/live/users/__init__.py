"""`/live/users`: who the stored messages are about. `page` is the page, `everyone` its list, `person` one of them."""
