package desk

import "time"

// Agreement says how the peers of the other organisations compare with the own one. Block hashes that differ are a fork of the ledger,
// commit hashes that differ are another state: either way nobody may rely on what is shown until it is explained.
type Agreement struct {
	Peers []PeerAgreement `json:"peers"`
	At    time.Time       `json:"at"` // of the last comparison; the zero time before the first
}

// PeerAgreement is the comparison with the peer of one organisation.
type PeerAgreement struct {
	MSP     string     `json:"msp"`
	Block   uint64     `json:"block"`             // that was compared last
	Differs Difference `json:"differs,omitempty"` // once found it stays until the program is started again
	Silent  bool       `json:"silent,omitempty"`  // the peer did not answer last time
}

// Difference is in what two peers differ.
type Difference string

// In what two peers differ.
const (
	DiffersHeader Difference = "HEADER"      // 区块不同：账本分叉
	DiffersCommit Difference = "COMMIT_HASH" // 提交摘要不同：状态或者校验结果不同
)

// Differing are the peers that differ from the own one.
func (a Agreement) Differing() []PeerAgreement {
	var all []PeerAgreement
	for _, p := range a.Peers {
		if p.Differs != "" {
			all = append(all, p)
		}
	}
	return all
}
