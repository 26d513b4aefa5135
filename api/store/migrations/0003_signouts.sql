-- +goose Up
CREATE TABLE signouts (
    owner      TEXT PRIMARY KEY,
    generation INTEGER NOT NULL -- sessions that began in an earlier one are over
);
-- +goose Down
DROP TABLE signouts;
