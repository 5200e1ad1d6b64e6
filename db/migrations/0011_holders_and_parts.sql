-- migrate:up
-- By which connection whoever works in a lane is known to live: it holds the lock of a job process as long as it does.
ALTER TABLE lanes ADD COLUMN holder integer;
-- The parts of long texts, each with a sid of its own, by which a text of unknown fate is not taken for one of them.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX deeds_parts ON deeds USING gin ((body -> 'sids')) WHERE body ? 'sids';

-- migrate:down
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX deeds_parts;
ALTER TABLE lanes DROP COLUMN holder;
