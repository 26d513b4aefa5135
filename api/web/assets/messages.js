// The two messages of a transaction that a person signs, read and compared here, in the page: peer.Proposal, which asks
// for endorsement, and common.Payload, which carries the endorsed result to the orderers. Whoever prepared them is not
// believed.

import { concat, equal, hex, pem, pemBlocks, sha256, text, utf8 } from "./bytes.js";
import { decode, message } from "./protobuf.js";
import { verify } from "./sign.js";
import { readCertificate } from "./x509.js";

const Proposal = message({ 1: ["header", "bytes"], 2: ["payload", "bytes"] });
const Header = message({ 1: ["channelHeader", "bytes"], 2: ["signatureHeader", "bytes"] });
const ChannelHeader = message({ 1: ["type", "number"], 3: ["timestamp", "bytes"], 4: ["channel", "string"], 5: ["txId", "string"], 6: ["epoch", "number"], 7: ["extension", "bytes"] });
const Timestamp = message({ 1: ["seconds", "number"], 2: ["nanos", "number"] });
const SignatureHeader = message({ 1: ["creator", "bytes"], 2: ["nonce", "bytes"] });
const Identity = message({ 1: ["msp", "string"], 2: ["certificate", "bytes"] });
const HeaderExtension = message({ 2: ["chaincode", "bytes"] });
const ChaincodeID = message({ 1: ["path", "string"], 2: ["name", "string"], 3: ["version", "string"] });
const ProposalPayload = message({ 1: ["input", "bytes"], 2: ["transient", "bytes*"] });
const Entry = message({ 1: ["key", "string"], 2: ["value", "bytes"] });
const InvocationSpec = message({ 1: ["spec", "bytes"] });
const Spec = message({ 1: ["type", "number"], 2: ["chaincode", "bytes"], 3: ["input", "bytes"] });
const Input = message({ 1: ["args", "bytes*"] });
const Payload = message({ 1: ["header", "bytes"], 2: ["data", "bytes"] });
const Transaction = message({ 1: ["actions", "bytes*"] });
const Action = message({ 1: ["header", "bytes"], 2: ["payload", "bytes"] });
const ActionPayload = message({ 1: ["proposal", "bytes"], 2: ["action", "bytes"] });
const EndorsedAction = message({ 1: ["response", "bytes"], 2: ["endorsements", "bytes*"] });
const Endorsement = message({ 1: ["endorser", "bytes"], 2: ["signature", "bytes"] });
const ResponsePayload = message({ 1: ["proposalHash", "bytes"], 2: ["extension", "bytes"] });
const ChaincodeAction = message({ 1: ["results", "bytes"], 2: ["event", "bytes"], 3: ["response", "bytes"], 4: ["chaincode", "bytes"] });
const Response = message({ 1: ["status", "number"], 2: ["message", "string"], 3: ["payload", "bytes"] });
const Event = message({ 1: ["chaincode", "string"], 2: ["txId", "string"], 3: ["name", "string"], 4: ["payload", "bytes"] });
const ReadWriteSet = message({ 1: ["model", "number"], 2: ["namespaces", "bytes*"] });
const Namespace = message({ 1: ["name", "string"], 2: ["set", "bytes"], 3: ["collections", "bytes*"] });
const KeyValueSet = message({ 1: ["reads", "bytes*"], 2: ["ranges", "bytes*"], 3: ["writes", "bytes*"], 4: ["metadata", "bytes*"] });
const Write = message({ 1: ["key", "string"], 2: ["deleted", "number"], 3: ["value", "bytes"] });

const endorserTransaction = 3;

// Refused: a message does not say what the page shows, or is none. Its code: malformed, tx_id, channel, chaincode, function,
// arguments, transient, msp, creator, time, proposal, endorsers, endorsement, response, event, writes.
export class Refused extends Error {
  constructor(code, detail = "") {
    super(code + (detail && ": " + detail));
    this.code = code;
  }
}

const demand = (holds, code, detail) => {
  if (!holds) throw new Refused(code, detail);
};

// reading turns whatever fails while bytes are read into the one refusal "malformed".
const reading = (read) => async (bytes) => {
  try {
    return await read(bytes);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("malformed", error.message);
  }
};

// readProposal reads the bytes of a peer.Proposal: {channel, chaincode, function, args, txId, timestamp (ms), creatorMsp,
// creatorCertificate, nonce, transientKeys, header, input}. args are those after the function; header and input are the
// bytes that the transaction must repeat.
export const readProposal = reading(async (bytes) => {
  const { header, payload } = decode(Proposal, bytes);
  const { input, transient } = decode(ProposalPayload, payload);
  const transientKeys = transient.map((entry) => decode(Entry, entry).key);
  demand(new Set(transientKeys).size === transientKeys.length, "malformed", "transient key twice");
  return { ...(await readHeader(header)), ...readInput(input), transientKeys };
});

async function readHeader(header) {
  const { channelHeader, signatureHeader } = decode(Header, header);
  const channel = decode(ChannelHeader, channelHeader);
  const { creator, nonce } = decode(SignatureHeader, signatureHeader);
  const identity = decode(Identity, creator);
  const stamp = decode(Timestamp, channel.timestamp);
  demand(channel.type === endorserTransaction && channel.epoch === 0, "malformed", "header type");
  demand(nonce.length >= 16, "malformed", "nonce");
  demand(channel.txId === hex(await sha256(concat(nonce, creator))), "tx_id");
  return {
    header, channelHeader, signatureHeader, channel: channel.channel, txId: channel.txId, nonce,
    timestamp: stamp.seconds * 1000 + Math.floor(stamp.nanos / 1e6),
    headerChaincode: chaincodeName(decode(HeaderExtension, channel.extension).chaincode),
    creatorMsp: identity.msp, creatorCertificate: identity.certificate,
  };
}

function chaincodeName(bytes) {
  const id = decode(ChaincodeID, bytes);
  demand(id.path === "" && id.version === "", "malformed", "chaincode version");
  return id.name;
}

function readInput(input) {
  const spec = decode(Spec, decode(InvocationSpec, input).spec);
  const [name, ...args] = decode(Input, spec.input).args;
  demand(name, "malformed", "no function");
  return { input, chaincode: chaincodeName(spec.chaincode), function: text(name), args };
}

// readTransaction reads the bytes of a common.Payload: the facts of its proposal as readProposal has them, and endorsers
// [{msp, name}], response {status, payload}, event {name, payload} or null, writes: [{key, deleted}] in the chaincode's
// own namespace. It refuses what contradicts itself: a result for another proposal, or one that an endorser did not sign.
export const readTransaction = reading(async (bytes) => {
  const { header, data } = decode(Payload, bytes);
  const { actions } = decode(Transaction, data);
  demand(actions.length === 1, "malformed", "actions");
  const action = decode(Action, actions[0]);
  const { proposal, action: endorsed } = decode(ActionPayload, action.payload);
  const { input, transient } = decode(ProposalPayload, proposal);
  demand(transient.length === 0, "malformed", "transient data");
  const facts = { ...(await readHeader(header)), ...readInput(input), transientKeys: [] };
  demand(equal(action.header, facts.signatureHeader), "malformed", "second header");
  const { response, endorsements } = decode(EndorsedAction, endorsed);
  const result = decode(ResponsePayload, response);
  demand(equal(result.proposalHash, await sha256(concat(facts.channelHeader, facts.signatureHeader, proposal))), "proposal");
  return { ...facts, ...readResult(result.extension, facts), endorsers: await readEndorsers(endorsements, response) };
});

async function readEndorsers(endorsements, response) {
  const endorsers = [];
  for (const { endorser, signature } of endorsements.map((one) => decode(Endorsement, one))) {
    const identity = decode(Identity, endorser);
    const certificate = readCertificate(text(identity.certificate));
    demand(await verify(certificate.spki, signature, concat(response, endorser)), "endorsement", identity.msp);
    endorsers.push({ msp: identity.msp, name: certificate.name });
  }
  return endorsers;
}

function readResult(extension, facts) {
  const action = decode(ChaincodeAction, extension);
  const id = decode(ChaincodeID, action.chaincode);
  demand(id.name === facts.chaincode, "chaincode", id.name);
  const { status, payload } = decode(Response, action.response);
  return { response: { status, payload: text(payload) }, event: readEvent(action.event, facts), writes: readWrites(action.results, facts) };
}

function readEvent(bytes, facts) {
  if (bytes.length === 0) return null;
  const event = decode(Event, bytes);
  demand(event.chaincode === facts.chaincode && event.txId === facts.txId, "event", event.name);
  return { name: event.name, payload: text(event.payload) };
}

// readWrites lists what would be written. The peers' own bookkeeping (_lifecycle) is only read by a transaction.
function readWrites(results, facts) {
  const writes = [];
  for (const namespace of decode(ReadWriteSet, results).namespaces.map((one) => decode(Namespace, one))) {
    demand(namespace.collections.length === 0, "writes", "private data");
    const set = decode(KeyValueSet, namespace.set);
    demand(namespace.name === facts.chaincode || set.writes.length + set.metadata.length === 0, "writes", namespace.name);
    writes.push(...set.writes.map((one) => decode(Write, one)).map(({ key, deleted }) => ({ key, deleted: deleted === 1 })));
  }
  return writes;
}

// clockTolerance is how far the proposal's time may be from this computer's, in milliseconds. Peers allow five minutes; a
// computer's clock may be wrong by a little more.
const clockTolerance = 10 * 60 * 1000;

// checkProposal reads a proposal and refuses it unless it says exactly what is expected: {channel, chaincode, function,
// document (canonical JSON, text), account ("MSP/enrolment"), certificate (PEM), transientKeys?, now? (ms)}.
export async function checkProposal(expected, bytes) {
  const facts = await readProposal(bytes);
  compare(expected, facts);
  demand(facts.transientKeys.join() === (expected.transientKeys ?? []).join(), "transient", facts.transientKeys.join());
  demand(Math.abs(facts.timestamp - (expected.now ?? Date.now())) <= clockTolerance, "time", new Date(facts.timestamp).toISOString());
  return facts;
}

// checkTransaction reads a transaction and refuses it unless it says exactly what is expected, repeats the proposal that was
// signed, and was endorsed by every organisation of expected.endorsers (bureau and agency, if not given). proposal is what
// checkProposal gave; null after the page was reloaded between the two signatures.
export async function checkTransaction(expected, proposal, bytes) {
  const facts = await readTransaction(bytes);
  compare(expected, facts);
  demand(!proposal || (equal(proposal.header, facts.header) && equal(proposal.input, facts.input)), "proposal");
  const organisations = new Set(facts.endorsers.map((endorser) => endorser.msp));
  demand(organisations.size >= 2, "endorsers", [...organisations].join());
  for (const msp of expected.endorsers ?? ["BureauMSP", "AgencyMSP"]) demand(organisations.has(msp), "endorsers", msp);
  demand(facts.response.status === 200, "response", String(facts.response.status));
  if (facts.event) checkEvent(facts);
  return facts;
}

function checkEvent(facts) {
  let announced = {};
  try {
    announced = JSON.parse(facts.event.payload);
  } catch {
    // refused below
  }
  demand(facts.event.name === "registry" && announced?.function === facts.function && announced.txId === facts.txId, "event", facts.event.name);
}

function compare(expected, facts) {
  demand(facts.channel === expected.channel, "channel", facts.channel);
  demand(facts.chaincode === expected.chaincode && facts.headerChaincode === expected.chaincode, "chaincode", facts.chaincode);
  demand(facts.function === expected.function, "function", facts.function);
  demand(facts.args.length === 1 && equal(facts.args[0], utf8(expected.document)), "arguments");
  demand(facts.creatorMsp === expected.account.split("/")[0], "msp", facts.creatorMsp);
  demand(sameCertificate(facts.creatorCertificate, expected.certificate), "creator");
}

function sameCertificate(bytes, expected) {
  try {
    const [own] = pemBlocks(expected);
    return text(bytes) === pem("CERTIFICATE", own.der);
  } catch {
    return false;
  }
}

