"""People with telephones: what they do, what they see and hear, and stories told by them."""
