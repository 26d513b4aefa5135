package registry

// EventName is the name of the one event that every writing transaction sets.
const EventName = "registry"

// Event is the envelope of a transaction's event: ids, statuses and hashes only.
type Event struct {
	Version  int      `json:"version"`
	TxID     string   `json:"txId"`
	Function string   `json:"function"` // "contract:Function"
	Changes  []Change `json:"changes"`
}

// Change is the move of one record.
type Change struct {
	Object string `json:"object"` // key prefix, for example APP
	ID     string `json:"id"`
	Before string `json:"before"`
	After  string `json:"after"`
	Digest string `json:"digest"` // hex SHA-256 of the record's new canonical JSON
}

// Receipt is what a writing function answers: what was written, by identifiers only. The same request answers the
// same receipt however often it is sent.
type Receipt struct {
	TxID        string            `json:"txId"` // of the transaction that wrote
	Application ApplicationID     `json:"application,omitempty"`
	Status      string            `json:"status,omitempty"`
	Asset       AssetID           `json:"asset,omitempty"`
	Certificate CertificateNumber `json:"certificate,omitempty"`
	ID          string            `json:"id,omitempty"` // of any other record
}

// Idempotency remembers a request under its key, per person.
type Idempotency struct {
	Request string  `json:"request"` // hex SHA-256 of the request document
	Receipt Receipt `json:"receipt"`
	Mark    Mark    `json:"mark"`
}

// Day is the open civil day (DAY, 当日开启): the first act of a civil day opens it, and an act dated before it is refused.
type Day struct {
	Day  Date `json:"day"`
	Mark Mark `json:"mark"`
}
