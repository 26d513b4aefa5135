-- +goose Up
-- Blocks as they were verified, the channel configuration that the next block is verified against, every value that a record ever had,
-- and who endorsed. Rows of blocks that were folded before cannot be filled in: the read model starts again from block 0.
CREATE TABLE blocks (
    number      INTEGER PRIMARY KEY,
    hash        BLOB NOT NULL, -- of the header
    commit_hash BLOB,          -- written by the own peer; block 0 has none
    at          TEXT NOT NULL  -- RFC 3339, time of its last valid entry; never before that of the block before
);
CREATE INDEX blocks_at ON blocks (at, number);
CREATE TABLE channel_config (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    channel TEXT NOT NULL,
    block   INTEGER NOT NULL, -- that announced it
    body    BLOB NOT NULL
);
CREATE TABLE changes (
    object   TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    block    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tx_id    TEXT    NOT NULL,
    body     TEXT, -- NULL: deleted
    PRIMARY KEY (object, id, block, position)
) WITHOUT ROWID;
CREATE INDEX changes_block ON changes (block, position);
ALTER TABLE transactions ADD COLUMN endorsers TEXT NOT NULL DEFAULT ''; -- MSP identifier / name, separated by spaces
CREATE INDEX transactions_creator ON transactions (creator, block, position);
DELETE FROM checkpoint;
DELETE FROM transactions;
DELETE FROM applications;
DELETE FROM application_transactions;
DELETE FROM records;
-- +goose Down
DROP INDEX transactions_creator;
ALTER TABLE transactions DROP COLUMN endorsers;
DROP TABLE changes;
DROP TABLE channel_config;
DROP TABLE blocks;
