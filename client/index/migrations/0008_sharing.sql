-- +goose Up
-- Share and purchase requests, opened items, plans and the enterprise catalogue lie with the other records; these indexes are what lists
-- of them ask for.
CREATE INDEX shares_applicant ON records (json_extract(body, '$.applicant'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SHR';
CREATE INDEX shares_provider ON records (json_extract(body, '$.provider'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SHR';
CREATE INDEX shares_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SHR';
CREATE INDEX purchases_applicant ON records (json_extract(body, '$.applicant'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'PUR';
CREATE INDEX purchases_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'PUR';
CREATE INDEX opened_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'OPN';
CREATE INDEX enterprise_status ON records (json_extract(body, '$.status'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'ECE';
-- +goose Down
DROP INDEX enterprise_status;
DROP INDEX opened_status;
DROP INDEX purchases_status;
DROP INDEX purchases_applicant;
DROP INDEX shares_status;
DROP INDEX shares_provider;
DROP INDEX shares_applicant;
