-- +goose Up
ALTER TABLE pending ADD COLUMN version INTEGER NOT NULL DEFAULT 0; -- of two steps at the same time one is kept
-- +goose Down
ALTER TABLE pending DROP COLUMN version;
