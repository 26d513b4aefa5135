-- +goose Up
CREATE TABLE subscriptions (
    party   TEXT PRIMARY KEY,
    email   TEXT NOT NULL,
    webhook TEXT NOT NULL,
    secret  TEXT NOT NULL,
    since   TEXT NOT NULL -- RFC 3339 in UTC, as all times below: texts compare as times do
);
CREATE TABLE deliveries (
    about    TEXT NOT NULL, -- case or page of the notice
    n        INTEGER NOT NULL,
    channel  TEXT NOT NULL,
    party    TEXT NOT NULL,
    act      TEXT NOT NULL,
    state    TEXT NOT NULL,
    tries    INTEGER NOT NULL,
    next_at  TEXT NOT NULL,
    at       TEXT NOT NULL,
    receipt  TEXT NOT NULL,
    PRIMARY KEY (about, n, channel)
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE TABLE delivered (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seen TEXT NOT NULL
);
-- +goose Down
DROP TABLE delivered;
DROP TABLE deliveries;
DROP TABLE subscriptions;
