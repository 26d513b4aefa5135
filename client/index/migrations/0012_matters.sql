-- +goose Up
-- Matters of supervision lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX matters_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SUP';
CREATE INDEX matters_filer ON records (json_extract(body, '$.filer'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SUP';
CREATE INDEX matters_about ON records (json_extract(body, '$.about.party'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SUP';
CREATE INDEX matters_ordered ON records (json_extract(body, '$.order.party'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SUP';
-- +goose Down
DROP INDEX matters_ordered;
DROP INDEX matters_about;
DROP INDEX matters_filer;
DROP INDEX matters_status;
