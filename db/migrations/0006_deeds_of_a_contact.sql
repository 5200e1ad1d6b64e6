-- migrate:up
-- A helper's leg is found again by its contact: to cancel it, to ask about it, to end it. Few deeds are calls, so that
-- the table is held only for a moment; made concurrently it would wait for whoever else waits to migrate, for ever.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX deeds_calls ON deeds (subject) WHERE kind = 'call';

-- migrate:down
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX deeds_calls;
