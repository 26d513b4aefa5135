-- +goose Up
CREATE TABLE pending (
    id    TEXT PRIMARY KEY,
    tx_id TEXT NOT NULL,
    state TEXT NOT NULL,
    body  TEXT NOT NULL
);
CREATE INDEX pending_state ON pending (state);
CREATE TABLE drafts (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX drafts_owner ON drafts (owner, updated_at);
CREATE TABLE intents (
    number     TEXT PRIMARY KEY,
    pdf_sha256 TEXT NOT NULL, -- '' until the documents are on disk
    vc_sha256  TEXT NOT NULL,
    done       INTEGER NOT NULL
);
CREATE TABLE sessions (
    token  TEXT PRIMARY KEY,
    data   BLOB NOT NULL,
    expiry INTEGER NOT NULL -- Unix seconds
);
-- +goose Down
DROP TABLE sessions;
DROP TABLE intents;
DROP TABLE drafts;
DROP TABLE pending;
