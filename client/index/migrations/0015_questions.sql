-- +goose Up
-- What questions of regulators sort by.
CREATE INDEX certificates_until ON records (json_extract(body, '$.validUntil'), id) WHERE object = 'CRT';
CREATE INDEX assets_new ON records (json_extract(body, '$.mark.createdAt'), id) WHERE object = 'AST';
CREATE INDEX transactions_invalid ON transactions (block, position) WHERE code <> 'VALID';
-- +goose Down
DROP INDEX transactions_invalid;
DROP INDEX assets_new;
DROP INDEX certificates_until;
