"""The CDS Hooks service: tolerant of what real clients send, strict in what it answers."""
