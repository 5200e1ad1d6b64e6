-- migrate:up
-- Texts that did not arrive at a technician's telephone: every turn of a conversation asks whose has lost one lately.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX messages_lost ON messages (technician, at)
WHERE party = 'technician' AND status IN ('failed', 'undelivered', 'refused');
-- What belongs to a matter, for its thread and for whoever writes about it.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX contacts_matter ON contacts (matter, started_at) WHERE matter IS NOT null;

-- migrate:down
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX contacts_matter;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX messages_lost;
