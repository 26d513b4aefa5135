-- +goose Up
-- Notices lie with the other records; these indexes are what inboxes and the list of those to be served ask for.
CREATE INDEX notices_to ON records (json_extract(body, '$.to'), json_extract(body, '$.issuedAt'), id) WHERE object = 'NTC';
CREATE INDEX notices_case ON records (json_extract(body, '$.case'), json_extract(body, '$.issuedAt'), id) WHERE object = 'NTC';
CREATE INDEX notices_status ON records (json_extract(body, '$.status'), json_extract(body, '$.issuedAt'), id) WHERE object = 'NTC';
-- +goose Down
DROP INDEX notices_status;
DROP INDEX notices_case;
DROP INDEX notices_to;
