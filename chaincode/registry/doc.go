// Package registry is the shared language of the Haidong data-asset registry (海东市数据资产登记): identifiers,
// records, states, transitions, rules with their articles, events and refusal codes.
//
// It is pure Go without clock, randomness, files or network, so that chaincode, service, command line and tests
// reach the same verdict from the same facts. The contract package loads the facts of a case from the ledger, a
// function of this package judges them, and the contract stores what the judgement says.
//
// The order of reading: application.go (what is filed), lifecycle.go (the states and who may move them), act.go
// (one function per act), refusal.go (how an act is refused), rule.go (the articles).
package registry
