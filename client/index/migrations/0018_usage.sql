-- +goose Up
-- Batches of usage traces lie with the other records; this index is what the list of a grant's batches asks for.
CREATE INDEX usage_grant ON records (json_extract(body, '$.grant'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'USE';
-- +goose Down
DROP INDEX usage_grant;
