-- Since when no round had an answer of the server about any of its instances. Null: the last round had one.
ALTER TABLE zapfleet.server_rounds ADD COLUMN silent_since timestamptz;

-- Until when the server sent the messages of the number. Null: it sent none.
ALTER TABLE zapfleet.leftovers ADD COLUMN served_until timestamptz;
