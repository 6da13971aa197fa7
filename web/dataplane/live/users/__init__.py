"""`/live/users`: who the stored messages are about. `view` is the page, `everyone` its list, `person` one of them."""
