-- +goose Up
-- Objections after registration lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX disputes_asset ON records (json_extract(body, '$.asset'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'DSP';
CREATE INDEX disputes_objector ON records (json_extract(body, '$.objector'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'DSP';
CREATE INDEX disputes_registrant ON records (json_extract(body, '$.registrant'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'DSP';
CREATE INDEX disputes_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'DSP';
-- +goose Down
DROP INDEX disputes_status;
DROP INDEX disputes_registrant;
DROP INDEX disputes_objector;
DROP INDEX disputes_asset;
