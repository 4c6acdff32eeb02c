"""What every request passes before anything reads it. Each guard is one ASGI application around the next."""
