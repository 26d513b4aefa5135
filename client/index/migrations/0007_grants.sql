-- +goose Up
-- Grants lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX grants_asset ON records (json_extract(body, '$.asset'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'GRT';
CREATE INDEX grants_grantor ON records (json_extract(body, '$.grantor'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'GRT';
CREATE INDEX grants_grantee ON records (json_extract(body, '$.grantee'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'GRT';
CREATE INDEX grants_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'GRT';
-- +goose Down
DROP INDEX grants_status;
DROP INDEX grants_grantee;
DROP INDEX grants_grantor;
DROP INDEX grants_asset;
