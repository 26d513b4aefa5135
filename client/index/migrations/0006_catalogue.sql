-- +goose Up
-- Catalogue items lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX items_provider ON records (json_extract(body, '$.provider'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'CAT';
CREATE INDEX items_region ON records (json_extract(body, '$.region'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'CAT';
-- +goose Down
DROP INDEX items_region;
DROP INDEX items_provider;
