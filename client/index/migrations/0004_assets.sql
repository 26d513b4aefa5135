-- +goose Up
-- Pages of the register and their remarks lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX assets_holder ON records (json_extract(body, '$.holder'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'AST';
CREATE INDEX assets_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'AST';
CREATE INDEX limits_asset ON records (json_extract(body, '$.asset'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'LIM';
CREATE INDEX limits_kind ON records (json_extract(body, '$.kind'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'LIM';
-- +goose Down
DROP INDEX limits_kind;
DROP INDEX limits_asset;
DROP INDEX assets_status;
DROP INDEX assets_holder;
