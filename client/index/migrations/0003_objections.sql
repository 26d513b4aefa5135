-- +goose Up
-- Objections lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX objections_application ON records (json_extract(body, '$.application'), json_extract(body, '$.filedAt'), id) WHERE object = 'OBJ';
CREATE INDEX objections_objector ON records (json_extract(body, '$.objector'), json_extract(body, '$.filedAt'), id) WHERE object = 'OBJ';
-- +goose Down
DROP INDEX objections_objector;
DROP INDEX objections_application;
