-- migrate:up
-- Drafts of flows, and which published version of a flow is live.

-- Kept apart from what runs: a contact can't begin with a draft. Publishing moves one to flow_versions, under its
-- number, which is of the same counting. `document`: with its keys in the order in which they were written.
CREATE TABLE flow_drafts (
    flow text NOT NULL,
    version integer NOT NULL,
    document json NOT NULL,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (flow, version)
);

-- `publication`: the version of a flow that was published last is live, whatever its number. `written`: the document
-- once more, in the order of its author, which jsonb doesn't keep. Empty where an older release publishes:
-- `created_at` and `created_by`, then those of the publication, and `written`.
CREATE SEQUENCE flow_publications;
ALTER TABLE flow_versions ADD COLUMN publication bigint;
ALTER TABLE flow_versions ADD COLUMN written json;
ALTER TABLE flow_versions ADD COLUMN created_at timestamptz;
ALTER TABLE flow_versions ADD COLUMN created_by text;

UPDATE flow_versions SET publication = numbered.publication FROM (
    SELECT flow, version, row_number() OVER (ORDER BY flow, version) AS publication FROM flow_versions
) AS numbered WHERE flow_versions.flow = numbered.flow AND flow_versions.version = numbered.version;
SELECT setval('flow_publications', (SELECT count(*) + 1 FROM flow_versions), false);
ALTER TABLE flow_versions ALTER COLUMN publication SET DEFAULT nextval('flow_publications');
ALTER SEQUENCE flow_publications OWNED BY flow_versions.publication;
-- A few hundred rows at most, written when somebody publishes: nobody waits for this.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX flow_versions_publication ON flow_versions (publication);

-- migrate:down
ALTER TABLE flow_versions
DROP COLUMN publication, DROP COLUMN written, DROP COLUMN created_at, DROP COLUMN created_by;
DROP TABLE flow_drafts;
