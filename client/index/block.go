package index

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/client/block"
)

// ErrTampered: a block does not follow from the one before, its data does not fit its header, or no orderer stands for it. Stop and
// alarm.
var ErrTampered = block.ErrTampered

// verify holds a block against the chain and the configuration in force before it, and gives the configuration after it. Validation
// flags and commit hash are the own peer's word; see Differs and package audit.
func (x *Index) verify(b *common.Block, next uint64, previous []byte, before *block.Config) (*block.Config, error) {
	if err := block.Check(b, next, previous); err != nil {
		return nil, err
	}
	if next > 0 {
		if err := x.orderers(before, b); err != nil {
			return nil, err
		}
	}
	announced, channel, err := block.ConfigOf(b)
	switch {
	case err != nil || announced == nil:
		return before, err
	case next == 0:
		return block.NewConfig(channel, announced.GetConfig())
	case before == nil:
		return nil, &block.Defect{Field: "config", Want: "a configuration in the genesis block", Got: "none"}
	}
	return before.Update(announced)
}

// checkOrderers refuses a block for which the orderers of the configuration do not stand.
func checkOrderers(config *block.Config, b *common.Block) error {
	if config == nil {
		return &block.Defect{Field: "config", Want: "a configuration in the genesis block", Got: "none"}
	}
	return config.CheckOrderers(b)
}

// transaction is one endorser transaction of a block with what it wrote to the registry's chaincode.
type transaction struct {
	txID      string
	position  int
	function  string
	creator   string
	endorsers []string
	code      string
	at        time.Time
	writes    []*kvrwset.KVWrite
}

func (t transaction) valid() bool { return t.code == peer.TxValidationCode_VALID.String() }

// readBlock lists the endorser transactions of a block and when its last valid entry was made. Invalid ones are listed
// as far as they can be read, without writes: orderers order anything that a member signed, even what is no transaction.
func readBlock(b *common.Block, chaincode string) (all []transaction, at time.Time, err error) {
	flags, err := block.Flags(b)
	if err != nil {
		return nil, at, err
	}
	for i, body := range b.GetData().GetData() {
		e := block.Open(body)
		t := read(e, chaincode)
		t.position, t.code = i, peer.TxValidationCode(flags[i]).String()
		endorser := e.Type == common.HeaderType_ENDORSER_TRANSACTION
		switch {
		case !t.valid():
			t.writes = nil
		case endorser && unreadable(e):
			return nil, at, fmt.Errorf("transaction %d: a valid transaction cannot be read", i)
		default:
			at = t.at
		}
		if t.txID != "" && endorser {
			all = append(all, t)
		}
	}
	return all, at, nil
}

// unreadable says whether an entry could not be opened down to the write set.
func unreadable(e block.Entry) bool {
	return e.Form == peer.TxValidationCode_BAD_PAYLOAD || e.Form == peer.TxValidationCode_INVALID_OTHER_REASON || e.Result == peer.TxValidationCode_BAD_RWSET
}

func read(e block.Entry, chaincode string) transaction {
	t := transaction{txID: block.Shown(e.TxID), function: e.Function, creator: block.Shown(block.Name(e.Creator)), at: e.At}
	for _, s := range e.Endorsed {
		t.endorsers = append(t.endorsers, block.Shown(block.Name(s.Identity)))
	}
	for _, set := range e.Sets {
		if set.Namespace == chaincode {
			t.writes = append(t.writes, set.Public.GetWrites()...)
		}
	}
	return t
}

// config reads the configuration that the next block is verified against; nil before the first one.
func (f *folder) config() (*block.Config, error) {
	var channel string
	var body []byte
	err := f.tx.QueryRowContext(f.ctx, "SELECT channel, body FROM channel_config WHERE id = 1").Scan(&channel, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var config common.Config
	if err == nil {
		err = proto.Unmarshal(body, &config)
	}
	if err != nil {
		return nil, err
	}
	return block.NewConfig(channel, &config)
}

// keepConfig stores the configuration that a block announced.
func (f *folder) keepConfig(number uint64, c *block.Config) error {
	body, err := proto.Marshal(c.Proto())
	if err != nil {
		return err
	}
	return f.exec(`INSERT INTO channel_config (id, channel, block, body) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, block = excluded.block, body = excluded.body`, c.Channel, number, body)
}
