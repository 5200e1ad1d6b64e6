-- migrate:up transaction:false
-- A helper's leg is found again by its contact: to cancel it, to ask about it, to end it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS deeds_calls ON deeds (subject) WHERE kind = 'call';

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY IF EXISTS deeds_calls;
