"""SQL and transactions, the embedded PostgreSQL, the directory snapshot and jobs; nobody else's business."""
