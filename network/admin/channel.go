package admin

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
	mspctx "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"

	"github.com/hehuang-data/hehuang/network"
)

// PublishRevocations puts the members' newest revocation lists into the channel's configuration, where peers and orderers look
// at them, and answers the members whose list has changed. A member's own administrator signs, as the channel demands; the
// operator of its authority submits.
func (a *Admin) PublishRevocations(ctx context.Context, tools network.Tools) ([]string, error) {
	var changed []string
	for _, o := range a.topology.Organisations {
		for member, mspID := range a.topology.MembersOf(o.Name) {
			list, err := os.ReadFile(a.layout.RevocationList(a.topology.AuthorityOf(member)))
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return changed, err
			}
			done, err := a.publish(ctx, tools, o.Name, member, mspID, list)
			if err != nil {
				return changed, wrap("revocation list", member, err)
			}
			if done {
				changed = append(changed, member)
			}
		}
	}
	return changed, nil
}

func (a *Admin) publish(ctx context.Context, tools network.Tools, operator, member, mspID string, list []byte) (changed bool, err error) {
	client, err := a.resources(operator)
	if err != nil {
		return false, err
	}
	orderer := resmgmt.WithOrdererEndpoint("orderer." + operator)
	block, err := client.QueryConfigBlockFromOrderer(a.topology.Channel, orderer)
	if err != nil {
		return false, err
	}
	body, err := proto.Marshal(protoadapt.MessageV2Of(block))
	if err != nil {
		return false, err
	}
	update, err := revocationUpdate(ctx, tools, a.topology.Channel, mspID, body, list)
	if err != nil || update == nil {
		return false, err
	}
	signer, err := a.administrator(member)
	if err != nil {
		return false, err
	}
	_, err = client.SaveChannel(resmgmt.SaveChannelRequest{ChannelID: a.topology.Channel, ChannelConfig: bytes.NewReader(update),
		SigningIdentities: []mspctx.SigningIdentity{signer}}, orderer, resmgmt.WithParentContext(ctx))
	return err == nil, err
}

// revocationUpdate makes the channel update (an envelope without signatures) that gives a member's MSP a revocation list; nil if
// it has that list already. configtxlator knows every message of the configuration; here they are JSON.
func revocationUpdate(ctx context.Context, tools network.Tools, channel, mspID string, block, list []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "hehuang")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	c := translator{ctx: ctx, program: tools.Path("configtxlator"), dir: dir}
	decoded := c.decode("common.Block", c.file("block", block))
	config := at(decoded, "data", "data", 0, "payload", "data", "config")
	msp, ok := at(config, "channel_group", "groups", "Application", "groups", mspID, "values", "MSP", "value", "config").(object)
	if c.err == nil && !ok {
		return nil, fmt.Errorf("the channel has no member %s", mspID)
	}
	wanted := []any{base64.StdEncoding.EncodeToString(list)}
	if have, _ := msp["revocation_list"].([]any); c.err != nil || len(have) == 1 && have[0] == wanted[0] {
		return nil, c.err
	}
	before := c.encode("common.Config", config)
	msp["revocation_list"] = wanted
	after := c.encode("common.Config", config)
	delta := c.run("compute_update", "--channel_id", channel, "--original", before, "--updated", after)
	envelope := c.encode("common.Envelope", object{"payload": object{
		"header": object{"channel_header": object{"channel_id": channel, "type": 2}}, // CONFIG_UPDATE
		"data":   object{"config_update": c.decode("common.ConfigUpdate", delta)},
	}})
	if c.err != nil {
		return nil, c.err
	}
	return os.ReadFile(envelope)
}

// at follows a path of names and indexes into decoded JSON; nil where it leads nowhere.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(object)
			v = m[step]
		case int:
			all, _ := v.([]any)
			if step >= len(all) {
				return nil
			}
			v = all[step]
		}
	}
	return v
}

// translator runs configtxlator on files in a directory of its own. Its first error ends everything after it.
type translator struct {
	ctx          context.Context
	program, dir string
	files        int
	err          error
}

func (c *translator) name() string {
	c.files++
	return filepath.Join(c.dir, fmt.Sprint(c.files))
}

func (c *translator) file(what string, body []byte) string {
	path := c.name()
	if c.err == nil {
		if c.err = os.WriteFile(path, body, 0o600); c.err != nil {
			c.err = fmt.Errorf("%s: %w", what, c.err)
		}
	}
	return path
}

// run runs a command of configtxlator and gives the file with its output.
func (c *translator) run(command string, args ...string) string {
	output := c.name()
	if c.err == nil {
		out, err := exec.CommandContext(c.ctx, c.program, append([]string{command, "--output", output}, args...)...).CombinedOutput()
		if err != nil {
			c.err = fmt.Errorf("configtxlator %s: %w: %s", command, err, strings.TrimSpace(string(out)))
		}
	}
	return output
}

func (c *translator) decode(message, input string) any {
	output := c.run("proto_decode", "--type", message, "--input", input)
	if c.err != nil {
		return nil
	}
	body, err := os.ReadFile(output)
	if err != nil {
		c.err = err
		return nil
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	c.err = decoder.Decode(&v)
	return v
}

func (c *translator) encode(message string, v any) string {
	body, err := json.Marshal(v)
	if c.err == nil {
		c.err = err
	}
	return c.run("proto_encode", "--type", message, "--input", c.file(message, body))
}
