-- +goose Up
-- Submissions and batches lie with the other records; these indexes are what lists of them ask for.
CREATE INDEX submissions_by ON records (json_extract(body, '$.by'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SBM';
CREATE INDEX submissions_kind ON records (json_extract(body, '$.kind'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SBM';
CREATE INDEX submissions_credited ON records (json_extract(body, '$.credit.party'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'SBM';
CREATE INDEX batches_sender ON records (json_extract(body, '$.sender'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'REC';
CREATE INDEX batches_receiver ON records (json_extract(body, '$.receiver'), json_extract(body, '$.mark.createdAt'), id) WHERE object = 'REC';
CREATE INDEX assets_important ON records (json_extract(body, '$.holder')) WHERE object = 'AST' AND json_extract(body, '$.content.level') = 'IMPORTANT';
-- +goose Down
DROP INDEX assets_important;
DROP INDEX batches_receiver;
DROP INDEX batches_sender;
DROP INDEX submissions_credited;
DROP INDEX submissions_kind;
DROP INDEX submissions_by;
