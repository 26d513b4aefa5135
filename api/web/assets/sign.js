// Signatures as Fabric wants them: ECDSA P-256 with SHA-256, ASN.1 DER, low S.

import { concat } from "./bytes.js";
import { body, only, read, sequence, tags, unsigned } from "./der.js";

const algorithm = { name: "ECDSA", hash: "SHA-256" };
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

// sign signs bytes with a private CryptoKey.
export async function sign(key, bytes) {
  return derOf(new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes)));
}

// derOf turns r‖s, 64 bytes, into DER. Of the two values of S that are valid peers take only the lower one.
export function derOf(raw) {
  const s = number(raw.subarray(32));
  return sequence(unsigned(raw.subarray(0, 32)), unsigned(bytesOf(s > order / 2n ? order - s : s)));
}

// verify judges a DER signature with a public key (SubjectPublicKeyInfo); it answers false for whatever is malformed.
export async function verify(spki, signature, bytes) {
  try {
    const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return await crypto.subtle.verify(algorithm, key, rawOf(signature), bytes);
  } catch {
    return false;
  }
}

function rawOf(signature) {
  const [r, s, ...more] = read(only(tags.sequence, signature));
  if (more.length > 0) throw new Error("signature");
  return concat(...[r, s].map((part) => bytesOf(number(body(tags.integer, part)))));
}

const number = (bytes) => bytes.reduce((n, byte) => n * 256n + BigInt(byte), 0n);

function bytesOf(n) {
  const digits = n.toString(16).padStart(64, "0");
  if (digits.length !== 64) throw new Error("signature");
  return Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
}
