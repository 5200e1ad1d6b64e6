-- migrate:up
-- The address of ours to which a conversation by e-mail goes; empty for every other one. What our side is called in
-- from_number or to_number (`mail`, `mail#12`) tells conversations with one sender apart.
ALTER TABLE contacts ADD COLUMN mailbox text NOT NULL DEFAULT '';

-- migrate:down
ALTER TABLE contacts DROP COLUMN mailbox;
