-- +goose Up
CREATE TABLE uploads (
    cid   TEXT PRIMARY KEY,
    party TEXT NOT NULL -- that stored the file, and may read it
);
-- +goose Down
DROP TABLE uploads;
