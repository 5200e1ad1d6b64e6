-- migrate:up
-- Who is calling, whom they want to talk to, who is away, and what becomes of matters and promises.

-- Technicians whom a client or a municipality wants, or doesn't want; keys as in technicians.csv.
ALTER TABLE clients ADD COLUMN wanted text [] NOT NULL DEFAULT '{}';
ALTER TABLE clients ADD COLUMN unwanted text [] NOT NULL DEFAULT '{}';
ALTER TABLE municipalities ADD COLUMN wanted text [] NOT NULL DEFAULT '{}';
ALTER TABLE municipalities ADD COLUMN unwanted text [] NOT NULL DEFAULT '{}';

-- When a technician is away, known beforehand: holidays, courses. Read fresh by every turn, as presence is.
CREATE TABLE absences (
    technician text NOT NULL REFERENCES technicians ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (technician, begins_at),
    CONSTRAINT absences_end_later CHECK (ends_at > begins_at)
);

-- Which municipalities callers from a number that is in no client's entry have named. Several: a shared trunk.
CREATE TABLE sightings (
    number text NOT NULL,
    municipality text NOT NULL REFERENCES municipalities,
    times integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (number, municipality)
);

-- Who last talked with whom. `peer` is `client:KEY`, or `number:E.164` for those who are in no client's entry.
CREATE TABLE talks (
    peer text NOT NULL,
    municipality text NOT NULL DEFAULT '',
    technician text NOT NULL REFERENCES technicians,
    at timestamptz NOT NULL,
    PRIMARY KEY (peer, municipality)
);

ALTER TABLE matters ADD COLUMN keep_open boolean NOT NULL DEFAULT false;

-- `number`: where to call, keyed in or the caller's own. `overdue_at`: when it was found not kept in time.
ALTER TABLE promises ADD COLUMN number text NOT NULL DEFAULT '';
ALTER TABLE promises ADD COLUMN kept_by text NOT NULL DEFAULT '';
ALTER TABLE promises ADD COLUMN overdue_at timestamptz;

-- What technicians said of a matter, as a recording.
CREATE TABLE notes (
    contact text NOT NULL REFERENCES contacts DEFERRABLE INITIALLY DEFERRED,
    recording text NOT NULL,
    matter bigint NOT NULL REFERENCES matters,
    technician text NOT NULL REFERENCES technicians,
    url text NOT NULL,
    seconds integer NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (contact, recording)
);
CREATE INDEX notes_matter ON notes (matter);

-- When the next call may be begun by Twilio's API: the account's calls per second are shared by all that we dial so.
CREATE TABLE call_slots (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    next_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO call_slots DEFAULT VALUES;

-- migrate:down
DROP TABLE call_slots, notes, talks, sightings, absences;
ALTER TABLE promises DROP COLUMN overdue_at, DROP COLUMN kept_by, DROP COLUMN number;
ALTER TABLE matters DROP COLUMN keep_open;
ALTER TABLE municipalities DROP COLUMN unwanted, DROP COLUMN wanted;
ALTER TABLE clients DROP COLUMN unwanted, DROP COLUMN wanted;
