-- migrate:up
-- The directory as imports write it (DESIGN section 4). Keys are the files' own; numbers are E.164.

CREATE TABLE pods (
    pod text PRIMARY KEY,
    name text NOT NULL,
    strategy text NOT NULL CHECK (strategy IN ('linear', 'circular', 'longest_idle', 'simultaneous')),
    timezone text NOT NULL,
    wrap_up integer NOT NULL DEFAULT 0 CHECK (wrap_up >= 0)
);

CREATE TABLE technicians (
    technician text PRIMARY KEY,
    name text NOT NULL,
    phone text NOT NULL,
    pod text NOT NULL REFERENCES pods,
    position integer NOT NULL,
    languages text [] NOT NULL DEFAULT '{}',
    skills text [] NOT NULL DEFAULT '{}',
    hours text NOT NULL DEFAULT '',
    timezone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    swarm boolean NOT NULL DEFAULT false,
    -- One telephone is one person's: two people must not be reserved apart and ring together.
    -- Deferred, so that two technicians may swap numbers in one file.
    CONSTRAINT technicians_phone_key UNIQUE (phone) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE municipalities (
    municipality text PRIMARY KEY,
    name text NOT NULL,
    name_fr text NOT NULL DEFAULT '',
    class text NOT NULL DEFAULT '',
    province text NOT NULL DEFAULT '',
    timezone text NOT NULL,
    languages text [] NOT NULL DEFAULT '{}',
    pod text REFERENCES pods,
    tier text NOT NULL DEFAULT '',
    aliases text [] NOT NULL DEFAULT '{}',
    hours text NOT NULL DEFAULT ''
);

CREATE TABLE clients (
    client text PRIMARY KEY,
    name text NOT NULL,
    language text NOT NULL DEFAULT '',
    channel text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    notes text NOT NULL DEFAULT ''
);

CREATE TABLE client_phones (
    client text NOT NULL REFERENCES clients ON DELETE CASCADE,
    phone text NOT NULL,
    place integer NOT NULL,
    PRIMARY KEY (client, phone)
);

CREATE TABLE client_municipalities (
    client text NOT NULL REFERENCES clients ON DELETE CASCADE,
    municipality text NOT NULL REFERENCES municipalities,
    place integer NOT NULL,
    PRIMARY KEY (client, municipality)
);

CREATE TABLE lines (
    line text PRIMARY KEY,
    name text NOT NULL DEFAULT '',
    voice_flow text NOT NULL DEFAULT '',
    text_flow text NOT NULL DEFAULT '',
    languages text [] NOT NULL DEFAULT '{}',
    fallback text NOT NULL DEFAULT ''
);

CREATE TABLE holidays (
    place text NOT NULL,
    date date NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (place, date)
);

-- One row, raised in the transaction that changes directory or flows; every turn reads it with its floor.
CREATE TABLE editions (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    directory bigint NOT NULL DEFAULT 0,
    flows bigint NOT NULL DEFAULT 0
);

INSERT INTO editions DEFAULT VALUES;

-- A published version never changes: flow settings, ring orders (pod -> technician keys) and opening hours
-- (technician -> {hours, timezone}). A contact keeps the version it began with.
CREATE TABLE flow_versions (
    flow text NOT NULL,
    version integer NOT NULL,
    document jsonb NOT NULL DEFAULT '{}',
    ring_orders jsonb NOT NULL DEFAULT '{}',
    hours jsonb NOT NULL DEFAULT '{}',
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (flow, version)
);

INSERT INTO flow_versions (flow, version, published_at, published_by, note)
VALUES ('main', 1, now(), 'podline', 'shipped with the product');

-- migrate:down
DROP TABLE flow_versions, editions, holidays, lines, client_municipalities, client_phones, clients,
municipalities, technicians, pods;
