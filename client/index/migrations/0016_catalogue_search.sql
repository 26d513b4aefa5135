-- +goose Up
-- Lists and searches of the published catalogue: the words stand in the index, so that a search parses no record it does not answer.
CREATE INDEX items_published ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id,
	lower(json_extract(body, '$.name')), lower(json_extract(body, '$.abstract')), lower(json_extract(body, '$.code'))) WHERE object = 'CAT';
-- +goose Down
DROP INDEX items_published;
