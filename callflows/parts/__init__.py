"""What several steps share, and the calls that follow no flow: rings, screening, promises, a technician's own call."""
