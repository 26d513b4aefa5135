-- +goose Up
-- Implementation plans lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX operationplans_body ON records (json_extract(body, '$.body'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'PLN';
CREATE INDEX operationplans_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'PLN';
-- +goose Down
DROP INDEX operationplans_status;
DROP INDEX operationplans_body;
