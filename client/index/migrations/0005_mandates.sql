-- +goose Up
-- Mandates, agreements and the accounts of an agreement lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX mandates_principal ON records (json_extract(body, '$.principal'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'MDT';
CREATE INDEX mandates_agent ON records (json_extract(body, '$.agent'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'MDT';
CREATE INDEX contracts_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'CTR';
CREATE INDEX accounts_contract ON records (json_extract(body, '$.contract'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'ACC';
-- +goose Down
DROP INDEX accounts_contract;
DROP INDEX contracts_status;
DROP INDEX mandates_agent;
DROP INDEX mandates_principal;
