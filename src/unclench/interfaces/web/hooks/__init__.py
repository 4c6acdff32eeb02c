"""The CDS Hooks service: tolerant of what real clients send, strict in what it answers.

body (bytes) -> call (what is asked) -> sent (what came as prefetch) -> fetch (what did not) -> answer (cards)
"""
