// Package blocktest makes blocks as a real channel has them, signed by orderers, creators and endorsers whose keys the test holds, so
// that verification can be tested without a network: three organisations with peers and as many that order.
package blocktest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/client/block"
)

// Name is the channel's, and that of its chaincode.
const Name = "registry"

// Organisations with peers; that of the orderers is the same name with Orderer before MSP.
var Organisations = []string{"BureauMSP", "AgencyMSP", "ExchangeMSP"}

// Started is when certificates begin and blocks are made.
var Started = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)

// Channel is a channel with the keys of everybody on it. Its blocks follow from each other.
type Channel struct {
	t           testing.TB
	authorities map[string]*Signer // by MSP
	Peers       map[string]*Signer // by MSP
	Orderers    []*Signer
	Config      *common.Config
	Blocks      []*common.Block
	previous    []byte
	serial      int64
}

// Signer is somebody with a key and a certificate of an organisation.
type Signer struct {
	MSP         string
	Certificate []byte // PEM
	Key         *ecdsa.PrivateKey
	cert        *x509.Certificate
}

// Identity is the serialized identity.
func (s *Signer) Identity() []byte {
	return marshal(&msp.SerializedIdentity{Mspid: s.MSP, IdBytes: s.Certificate})
}

// Sign signs as Fabric wants it: ECDSA over SHA-256, low S.
func (s *Signer) Sign(message []byte) []byte {
	sum := sha256.Sum256(message)
	signature, err := ecdsa.SignASN1(rand.Reader, s.Key, sum[:])
	if err != nil {
		panic(err)
	}
	var parts struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &parts); err != nil {
		panic(err)
	}
	if n := s.Key.Params().N; parts.S.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		parts.S.Sub(n, parts.S)
	}
	signature, err = asn1.Marshal(parts)
	if err != nil {
		panic(err)
	}
	return signature
}

// New makes a channel with its genesis block.
func New(t testing.TB) *Channel {
	t.Helper()
	c := &Channel{t: t, authorities: map[string]*Signer{}, Peers: map[string]*Signer{}}
	for _, name := range Organisations {
		c.found(name)
		c.Peers[name] = c.Join(name, "peer."+name, "peer")
		orderer := ordererMSP(name)
		c.found(orderer)
		c.Orderers = append(c.Orderers, c.Join(orderer, "orderer."+name, "orderer"))
	}
	c.Config = c.configuration()
	c.Add(c.Announce(&common.ConfigEnvelope{Config: c.Config}))
	return c
}

func ordererMSP(name string) string { return name[:len(name)-len("MSP")] + "OrdererMSP" }

func (c *Channel) found(name string) {
	key := c.key()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca." + name}, NotBefore: Started.AddDate(-1, 0, 0), NotAfter: Started.AddDate(20, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte(name)}
	c.authorities[name] = c.certified(name, template, template, key, key)
}

func (c *Channel) key() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	return key
}

func (c *Channel) certified(name string, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *Signer {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		c.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		c.t.Fatal(err)
	}
	return &Signer{MSP: name, Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), Key: key, cert: cert}
}

// Join gives somebody a certificate of an organisation in a role: peer, client, admin or orderer.
func (c *Channel) Join(name, commonName, role string, extensions ...pkix.Extension) *Signer {
	c.serial++
	key, authority := c.key(), c.authorities[name]
	template := &x509.Certificate{SerialNumber: big.NewInt(100 + c.serial), Subject: pkix.Name{CommonName: commonName, OrganizationalUnit: []string{role}},
		NotBefore: Started.AddDate(0, -1, 0), NotAfter: Started.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: extensions}
	return c.certified(name, template, authority.cert, key, authority.Key)
}

// Revoke is a revocation list (PEM) of an organisation's authority.
func (c *Channel) Revoke(s *Signer) []byte {
	authority := c.authorities[s.MSP]
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: Started, NextUpdate: Started.AddDate(1, 0, 0),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: s.cert.SerialNumber, RevocationTime: Started}}}, authority.cert, authority.Key)
	if err != nil {
		c.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
}

// Add appends a block, signed by an orderer, with every transaction flagged valid; whoever plays the peer writes its own flags and
// commit hash.
func (c *Channel) Add(entries ...[]byte) *common.Block {
	sum := sha256.Sum256(bytes.Join(entries, nil))
	b := &common.Block{Header: &common.BlockHeader{Number: uint64(len(c.Blocks)), PreviousHash: c.previous, DataHash: sum[:]}, Data: &common.BlockData{Data: entries},
		Metadata: &common.BlockMetadata{Metadata: [][]byte{nil, nil, make([]byte, len(entries)), nil, nil}}}
	c.Sign(b, c.Orderers[len(c.Blocks)%len(c.Orderers)])
	c.Blocks, c.previous = append(c.Blocks, b), block.Hash(b.Header)
	return b
}

// Sign signs a block as an orderer does; other signatures go.
func (c *Channel) Sign(b *common.Block, orderer *Signer) {
	value := marshal(&common.OrdererBlockMetadata{LastConfig: &common.LastConfig{}})
	header := marshal(&common.SignatureHeader{Creator: orderer.Identity(), Nonce: []byte("n")})
	signature := orderer.Sign(slices.Concat(value, header, block.HeaderBytes(b.Header)))
	b.Metadata.Metadata[common.BlockMetadataIndex_SIGNATURES] = marshal(&common.Metadata{Value: value,
		Signatures: []*common.MetadataSignature{{SignatureHeader: header, Signature: signature}}})
}

// Announce is the entry of a block that announces a configuration.
func (c *Channel) Announce(config *common.ConfigEnvelope) []byte {
	return c.envelope(c.Orderers[0], &common.ChannelHeader{Type: int32(common.HeaderType_CONFIG), ChannelId: Name}, []byte("nonce"), marshal(config))
}

func (c *Channel) envelope(by *Signer, header *common.ChannelHeader, nonce, data []byte) []byte {
	payload := marshal(&common.Payload{Data: data, Header: &common.Header{ChannelHeader: marshal(header),
		SignatureHeader: marshal(&common.SignatureHeader{Creator: by.Identity(), Nonce: nonce})}})
	return marshal(&common.Envelope{Payload: payload, Signature: by.Sign(payload)})
}

// TxID is a new nonce and the transaction id that belongs to it.
func TxID(creator []byte) (nonce []byte, id string) {
	nonce = []byte(rand.Text())
	sum := sha256.Sum256(slices.Concat(nonce, creator))
	return nonce, hex.EncodeToString(sum[:])
}

func marshal(m proto.Message) []byte {
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}

// chaincodeID is what transactions say of the chaincode that they call.
func chaincodeID(name string) *peer.ChaincodeID { return &peer.ChaincodeID{Name: name, Version: "1"} }
