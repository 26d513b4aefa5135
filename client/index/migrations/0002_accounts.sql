-- +goose Up
-- Accounts lie with the other records; these indexes are what lists of them ask for. Times are RFC 3339 in UTC: texts compare as times do.
CREATE INDEX accounts_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'ACC';
CREATE INDEX accounts_owner ON records (json_extract(body, '$.owner'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'ACC';
CREATE INDEX accounts_party ON records (json_extract(body, '$.party'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'ACC';
-- +goose Down
DROP INDEX accounts_party;
DROP INDEX accounts_owner;
DROP INDEX accounts_status;
