-- +goose Up
-- What a case filed before it was supplemented, so that the desk sees what differs; and the acts that came too late, by person.
CREATE TABLE rounds (
    application TEXT    NOT NULL,
    round       INTEGER NOT NULL, -- 1 at first filing
    content     TEXT    NOT NULL,
    PRIMARY KEY (application, round)
);
CREATE TABLE late_acts (
    application TEXT NOT NULL,
    tx_id       TEXT NOT NULL,
    act         TEXT NOT NULL,
    actor       TEXT NOT NULL,
    at          TEXT NOT NULL,
    PRIMARY KEY (application, tx_id)
);
CREATE INDEX late_acts_actor ON late_acts (actor, at);
CREATE INDEX assets_expiry ON records (json_extract(body, '$.validUntil'), id) WHERE object = 'AST' AND json_extract(body, '$.status') = 'ACTIVE';
-- +goose Down
DROP INDEX assets_expiry;
DROP TABLE late_acts;
DROP TABLE rounds;
