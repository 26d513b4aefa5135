// ASN.1 DER, as far as keys, certificates, certificate requests and signatures need it.

import { concat, utf8 } from "./bytes.js";

export const tags = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 };

// tagged is a value with its tag and length.
export function tagged(tag, ...parts) {
  const body = concat(...parts);
  const length = [];
  for (let n = body.length; n > 0; n = Math.floor(n / 256)) length.unshift(n % 256);
  if (body.length < 128) return concat(Uint8Array.of(tag, body.length), body);
  return concat(Uint8Array.of(tag, 0x80 | length.length, ...length), body);
}

export const sequence = (...parts) => tagged(tags.sequence, ...parts);

// unsigned is an INTEGER of big-endian bytes without a sign.
export function unsigned(bytes) {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const short = bytes.subarray(from);
  return tagged(tags.integer, short[0] & 0x80 ? Uint8Array.of(0) : new Uint8Array(), short);
}

// bitString holds whole bytes only.
export const bitString = (bytes) => tagged(tags.bits, Uint8Array.of(0), bytes);

// oid encodes an object identifier in dotted form.
export function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const out = [];
  for (const n of [40 * first + second, ...rest]) {
    const digits = [n & 0x7f];
    for (let left = n >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f));
    out.push(...digits);
  }
  return tagged(tags.oid, Uint8Array.from(out));
}

export const utf8String = (s) => tagged(tags.utf8, utf8(s));

// read parts bytes into values {tag, body, raw}. It refuses what is not DER: lengths that are longer than needed, run
// over the end, or are left open.
export function read(bytes) {
  const values = [];
  for (let at = 0; at < bytes.length; ) {
    const value = one(bytes, at);
    values.push(value);
    at += value.raw.length;
  }
  return values;
}

function one(bytes, at) {
  const tag = bytes[at];
  let length = bytes[at + 1];
  let from = at + 2;
  if ((tag & 0x1f) === 0x1f || length === undefined) throw new Error("DER: tag");
  if (length & 0x80) {
    const digits = bytes.subarray(from, from + (length & 0x7f));
    from += digits.length;
    if (digits.length === 0 || digits.length > 3 || digits.length !== (length & 0x7f) || digits[0] === 0) throw new Error("DER: length");
    length = digits.reduce((n, digit) => n * 256 + digit, 0);
    if (length < 128) throw new Error("DER: length");
  }
  if (from + length > bytes.length) throw new Error("DER: end");
  return { tag, body: bytes.subarray(from, from + length), raw: bytes.subarray(at, from + length) };
}

// only reads exactly one value of a tag and gives its body.
export function only(tag, bytes) {
  const [value, ...more] = read(bytes);
  if (!value || more.length > 0) throw new Error("DER: one value expected");
  return body(tag, value);
}

// body gives the body of a value that must have a tag.
export function body(tag, value) {
  if (value?.tag !== tag) throw new Error("DER: tag " + tag + " expected");
  return value.body;
}

// fields are the values within a SEQUENCE.
export const fields = (value) => read(body(tags.sequence, value));

// wholeBytes is the content of a BIT STRING without odd bits.
export function wholeBytes(value) {
  const bits = body(tags.bits, value);
  if (bits[0] !== 0) throw new Error("DER: bits");
  return bits.subarray(1);
}
