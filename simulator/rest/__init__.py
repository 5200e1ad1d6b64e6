"""The REST API: who may ask, what a request says, what it does, and the answer's shape."""
