"""What may be said of the visitor: their decision, `beforeSend`, addresses without secrets."""
