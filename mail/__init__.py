"""Electronic mail in both directions: letters that clients write, and what we write to them."""
