// The message that a person signs to sign in. Its first byte, 0, cannot begin any message of Fabric, so that a signature
// given to sign in is never one under a transaction.

import { concat, utf8 } from "./bytes.js";

const forms = {
  origin: /^https?:\/\/[a-z0-9.-]+(:\d+)?$/,
  account: /^[A-Za-z]+\/[a-z0-9-]{3,40}$/,
  nonce: /^[A-Za-z0-9_-]{43}$/,
};

// challengeMessage refuses parts of another form: none may bring a line of its own into the message.
export function challengeMessage(origin, account, nonce) {
  for (const [part, value] of Object.entries({ origin, account, nonce })) {
    if (!forms[part].test(value)) throw new Error("challenge: " + part);
  }
  return concat(Uint8Array.of(0), utf8(`hehuang sign-in v1\norigin ${origin}\naccount ${account}\nnonce ${nonce}\n`));
}
