"""Pages for people. They ask the same JSON as programs do, and show it."""
