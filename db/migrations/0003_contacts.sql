-- migrate:up
-- What happens: contacts, their turns and stories, matters and promises, and who is held for whom.

CREATE TABLE matters (
    matter bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client text REFERENCES clients,
    municipality text REFERENCES municipalities,
    pod text REFERENCES pods,
    number text NOT NULL DEFAULT '',
    owner text REFERENCES technicians,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    touched_at timestamptz NOT NULL,
    CONSTRAINT matters_open_has_owner CHECK (state <> 'open' OR owner IS NOT null)
);
CREATE INDEX matters_open_client ON matters (client) WHERE state = 'open';
CREATE INDEX matters_open_number ON matters (number) WHERE state = 'open';

CREATE TABLE contacts (
    contact text PRIMARY KEY,
    provider_sid text NOT NULL UNIQUE,
    channel text NOT NULL CHECK (channel IN ('voice', 'text', 'email')),
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    from_number text NOT NULL,
    to_number text NOT NULL,
    line text NOT NULL,
    municipality text REFERENCES municipalities,
    pod text REFERENCES pods,
    client text REFERENCES clients,
    matter bigint REFERENCES matters,
    owner text REFERENCES technicians,
    flow text NOT NULL,
    flow_version integer NOT NULL,
    language text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    outcome text,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    degraded boolean NOT NULL DEFAULT false,
    -- The last turn's number and what is remembered between turns (callflows.contact).
    turn integer NOT NULL DEFAULT 0,
    memory jsonb NOT NULL DEFAULT '{}',
    touched_at timestamptz NOT NULL,
    asked_at timestamptz,
    FOREIGN KEY (flow, flow_version) REFERENCES flow_versions,
    CONSTRAINT contacts_closed_has_outcome CHECK (state = 'open' OR (outcome IS NOT null AND ended_at IS NOT null))
);
CREATE INDEX contacts_started ON contacts (started_at DESC, contact DESC);
CREATE INDEX contacts_from ON contacts (from_number, started_at);
CREATE INDEX contacts_client ON contacts (client, started_at) WHERE client IS NOT null;
CREATE INDEX contacts_municipality ON contacts (municipality, started_at) WHERE municipality IS NOT null;
CREATE INDEX contacts_open ON contacts (touched_at) WHERE state = 'open';

CREATE TABLE promises (
    promise bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    matter bigint NOT NULL REFERENCES matters,
    -- Deferred: a contact's very first turn may make its promise, and keeps the contact last.
    contact text NOT NULL REFERENCES contacts DEFERRABLE INITIALLY DEFERRED,
    owner text NOT NULL REFERENCES technicians,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    kept_at timestamptz
);
CREATE INDEX promises_open ON promises (matter) WHERE kept_at IS null;
-- One contact makes one promise, however often its callbacks come.
CREATE UNIQUE INDEX promises_contact ON promises (contact);

CREATE TABLE voicemails (
    contact text PRIMARY KEY REFERENCES contacts DEFERRABLE INITIALLY DEFERRED,
    recording text NOT NULL,
    url text NOT NULL,
    seconds integer NOT NULL,
    stored_at timestamptz NOT NULL
);

-- A turn's static inputs, named by their hash: the same pod and client are kept once, not with every turn.
CREATE TABLE slices (
    slice text PRIMARY KEY,
    body jsonb NOT NULL
);

-- One turn a row, with all its inputs, so that it can be replayed; `event_key` makes a repeat find its reply.
CREATE TABLE turns (
    subject text NOT NULL,
    turn integer NOT NULL,
    at timestamptz NOT NULL,
    event_key text NOT NULL,
    event jsonb NOT NULL,
    flow text NOT NULL DEFAULT '',
    flow_version integer NOT NULL DEFAULT 0,
    directory bigint NOT NULL DEFAULT 0,
    slice text NOT NULL DEFAULT '',
    live jsonb NOT NULL DEFAULT '{}',
    actions jsonb NOT NULL DEFAULT '[]',
    reasons jsonb NOT NULL DEFAULT '[]',
    reply text NOT NULL DEFAULT '',
    PRIMARY KEY (subject, turn),
    CONSTRAINT turns_event_key UNIQUE (subject, event_key)
);

CREATE TABLE events (
    contact text NOT NULL REFERENCES contacts,
    turn integer NOT NULL,
    place integer NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    technician text NOT NULL DEFAULT '',
    leg_sid text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (contact, turn, place)
);
CREATE INDEX events_technician ON events (technician, contact) WHERE technician <> '';

-- One technician, one call: the primary key is the promise that no two calls ring one technician.
CREATE TABLE reservations (
    technician text PRIMARY KEY REFERENCES technicians,
    contact text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ringing', 'on_call', 'wrap_up')),
    since timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE presences (
    technician text PRIMARY KEY REFERENCES technicians,
    turn integer NOT NULL DEFAULT 0,
    state text NOT NULL CHECK (state IN ('available', 'away', 'off')),
    since timestamptz NOT NULL,
    until timestamptz
);

-- What a technician's own telephone did lately.
CREATE TABLE ring_records (
    technician text PRIMARY KEY REFERENCES technicians,
    failed_in_a_row integer NOT NULL DEFAULT 0,
    missed_in_a_row integer NOT NULL DEFAULT 0,
    out_until timestamptz,
    last_rung_at timestamptz,
    last_talked_at timestamptz
);

-- What is to be done through Twilio's API, and what became of it. The job is only the wake-up.
CREATE TABLE deeds (
    deed bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'tried', 'done', 'refused')),
    tries integer NOT NULL DEFAULT 0,
    tried_at timestamptz,
    provider_sid text UNIQUE,
    outcome text NOT NULL DEFAULT '',
    done_at timestamptz
);
CREATE INDEX deeds_open ON deeds (due_at) WHERE state IN ('due', 'tried');

CREATE TABLE timers (
    timer bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    kind text NOT NULL,
    turn integer NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz
);
CREATE INDEX timers_open ON timers (due_at) WHERE fired_at IS null;

-- migrate:down
DROP TABLE timers, deeds, ring_records, presences, reservations, events, turns, slices, voicemails, promises,
contacts, matters;
