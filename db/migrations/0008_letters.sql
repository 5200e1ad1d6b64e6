-- migrate:up
-- E-mail: every letter that was taken, whatever became of it, by its Message-ID; `thread`: the message ids that it
-- answers, the nearest first. One that belongs to a conversation is in `messages` too, with the same id.
CREATE TABLE letters (
    letter text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('letter', 'bounce', 'auto_reply', 'bulk')),
    sender text NOT NULL,
    sender_name text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    thread text [] NOT NULL DEFAULT '{}',
    body text NOT NULL DEFAULT '',
    unkept text [] NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL
);

-- What came with them and is kept.
CREATE TABLE letter_files (
    file bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    letter text NOT NULL REFERENCES letters,
    place integer NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    content bytea NOT NULL,
    UNIQUE (letter, place)
);

-- One open conversation by e-mail for each sender and what our side is called in it: `mail`, or `mail#12` for one that
-- began with a letter about a matter that the sender's other conversation was not about.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX contacts_letters
ON contacts (
    (CASE direction WHEN 'outbound' THEN to_number ELSE from_number END),
    (CASE direction WHEN 'outbound' THEN from_number ELSE to_number END)
)
WHERE channel = 'email' AND state = 'open';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX contacts_letter_writers
ON contacts ((CASE direction WHEN 'outbound' THEN to_number ELSE from_number END), started_at)
WHERE channel = 'email';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX clients_email ON clients (lower(email)) WHERE email <> '';
-- The letters of one sender, when they are answered.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX messages_letters ON messages (peer, message) WHERE peer LIKE 'mailto:%' AND direction = 'in';

-- migrate:down
DROP INDEX messages_letters;
DROP INDEX clients_email;
DROP INDEX contacts_letter_writers;
DROP INDEX contacts_letters;
DROP TABLE letter_files, letters;
