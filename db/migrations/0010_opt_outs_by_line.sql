-- migrate:up
-- What somebody last said to one of our senders, as Twilio counts it: which may write to them no more (`blocked`) until
-- they say START to it. `sender`: a line, or its address on a channel with a list of its own. The opt-outs that hold
-- for all of our lines, by people's own word, are in opt_outs.
CREATE TABLE blocks (
    sender text NOT NULL,
    number text NOT NULL,
    blocked boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (number, sender)
);

-- migrate:down
DROP TABLE blocks;
