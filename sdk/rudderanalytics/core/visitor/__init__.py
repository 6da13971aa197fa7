"""Who the visitor is: identity, session, and what a call changes in them."""
