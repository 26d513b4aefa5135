-- +goose Up
CREATE TABLE checkpoint (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    next_block INTEGER NOT NULL,
    hash       BLOB    NOT NULL, -- of the last block's header
    at         TEXT    NOT NULL  -- RFC 3339, time of its last transaction
);
CREATE TABLE transactions (
    tx_id    TEXT PRIMARY KEY,
    block    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    function TEXT    NOT NULL,
    creator  TEXT    NOT NULL, -- MSP identifier / enrolment id
    code     TEXT    NOT NULL, -- validation code
    at       TEXT    NOT NULL
);
CREATE INDEX transactions_block ON transactions (block, position);
CREATE TABLE applications (
    id         TEXT PRIMARY KEY,
    applicant  TEXT NOT NULL,
    status     TEXT NOT NULL,
    name       TEXT NOT NULL,
    due_at     TEXT NOT NULL, -- RFC 3339 of the running deadline; '9' while it is pending or there is none
    created_at TEXT NOT NULL,
    grams      TEXT NOT NULL, -- single characters and bigrams of the name, for search
    body       TEXT NOT NULL
);
CREATE INDEX applications_due ON applications (status, due_at, id);
CREATE INDEX applications_new ON applications (created_at, id);
CREATE INDEX applications_applicant ON applications (applicant, created_at, id);
CREATE TABLE application_transactions (
    application TEXT NOT NULL,
    tx_id       TEXT NOT NULL,
    PRIMARY KEY (application, tx_id)
);
CREATE TABLE records (
    object TEXT NOT NULL, -- key prefix: AST, CRT, PTY, KEY, APT, …
    id     TEXT NOT NULL, -- the remaining key attributes, joined by a space
    body   TEXT NOT NULL,
    block  INTEGER NOT NULL,
    PRIMARY KEY (object, id)
);
-- +goose Down
DROP TABLE records;
DROP TABLE application_transactions;
DROP TABLE applications;
DROP TABLE transactions;
DROP TABLE checkpoint;
