-- migrate:up
-- What people wrote to each other, in order: of clients to us and of us to clients and technicians. `peer` is the other
-- side's address as Twilio or the mail writes it, `relays` the message that this one passes on, `files` what came with
-- it as [{"url", "type"}].
CREATE TABLE messages (
    message bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact text NOT NULL REFERENCES contacts DEFERRABLE INITIALLY DEFERRED,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    party text NOT NULL CHECK (party IN ('client', 'technician')),
    technician text NOT NULL DEFAULT '',
    line text NOT NULL,
    peer text NOT NULL,
    body text NOT NULL DEFAULT '',
    files jsonb NOT NULL DEFAULT '[]',
    relays bigint REFERENCES messages,
    automatic boolean NOT NULL DEFAULT false,
    provider_sid text UNIQUE,
    status text NOT NULL DEFAULT '',
    error text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE INDEX messages_contact ON messages (contact, message);
CREATE INDEX messages_technician ON messages (technician, at) WHERE technician <> '';
CREATE INDEX messages_automatic ON messages (peer, at) WHERE automatic AND party = 'client';

-- Whom nothing is sent any more, by their own word.
CREATE TABLE opt_outs (
    number text PRIMARY KEY,
    since timestamptz NOT NULL,
    word text NOT NULL
);

-- Numbers that no text can reach, as Twilio said when one was tried: landlines.
CREATE TABLE deaf_numbers (
    number text PRIMARY KEY,
    since timestamptz NOT NULL,
    code text NOT NULL
);

-- Deeds of one lane are done one after another, in their order. Whoever works in a lane holds it for a while.
ALTER TABLE deeds ADD COLUMN lane text;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX deeds_lanes ON deeds (lane, deed) WHERE lane IS NOT null AND state IN ('due', 'tried');
CREATE TABLE lanes (
    lane text PRIMARY KEY,
    held_until timestamptz NOT NULL
);

-- When a line may send its next segment: carriers take so many a second of each.
CREATE TABLE text_slots (
    line text PRIMARY KEY,
    next_at timestamptz NOT NULL
);

-- One open conversation for each of our lines and each other side, whoever began it.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX contacts_conversation
ON contacts (line, (CASE direction WHEN 'outbound' THEN to_number ELSE from_number END))
WHERE channel = 'text' AND state = 'open';

-- A text conversation may be owed an answer again and again; a call is owed one call back.
ALTER TABLE promises ADD COLUMN kind text NOT NULL DEFAULT 'call_back';
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX promises_contact;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX promises_contact ON promises (contact, kind) WHERE kept_at IS null;

-- Notes may be written as well as spoken.
ALTER TABLE notes ADD COLUMN words text NOT NULL DEFAULT '';

INSERT INTO flow_versions (flow, version, published_at, published_by, note)
VALUES ('texts', 1, now(), 'podline', 'the flow that ships');

-- migrate:down
DELETE FROM flow_versions WHERE flow = 'texts';
ALTER TABLE notes DROP COLUMN words;
DROP INDEX promises_contact;
ALTER TABLE promises DROP COLUMN kind;
CREATE UNIQUE INDEX promises_contact ON promises (contact);
DROP INDEX contacts_conversation;
DROP TABLE text_slots, lanes;
ALTER TABLE deeds DROP COLUMN lane;
DROP TABLE deaf_numbers, opt_outs, messages;
