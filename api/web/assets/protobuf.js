// A reader for the few protobuf messages that a signature covers. It is stricter than protobuf asks for, because what is
// shown must be all that is signed: unknown fields, fields that occur twice, other wire types, numbers written longer than
// needed and bytes left over are refused.

import { text } from "./bytes.js";

// Malformed: the bytes are not the message that they should be.
export class Malformed extends Error {}

// message describes a message by its fields: number → [name, kind]; kinds are bytes, string and number, with * for repeated.
export const message = (fields) => fields;

const empty = { bytes: () => new Uint8Array(), string: () => "", number: () => 0, "bytes*": () => [] };

// decode reads a message; fields that are absent have their zero value, as protobuf has it.
export function decode(fields, bytes) {
  const values = Object.fromEntries(Object.values(fields).map(([name, kind]) => [name, empty[kind]()]));
  const seen = new Set();
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const head = varint(reader);
    const [name, kind] = fields[Math.floor(head / 8)] ?? refuse("field " + Math.floor(head / 8));
    if (head % 8 !== (kind === "number" ? 0 : 2)) refuse("wire type of " + name);
    if (seen.has(name) && !kind.endsWith("*")) refuse(name + " twice");
    seen.add(name);
    const value = kind === "number" ? varint(reader) : chunk(reader);
    if (kind === "bytes*") values[name].push(value);
    else values[name] = kind === "string" ? string(name, value) : value;
  }
  return values;
}

function refuse(why) {
  throw new Malformed(why);
}

// varint reads numbers up to 2^53 − 1; none of these messages needs greater or negative ones.
function varint(reader) {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.bytes[reader.at++] ?? refuse("end");
    value += (byte & 0x7f) * scale;
    if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 49) refuse("number too great");
    if (byte < 0x80) {
      if (byte === 0 && scale > 1) refuse("number longer than needed");
      return value;
    }
  }
}

function chunk(reader) {
  const length = varint(reader);
  if (length > reader.bytes.length - reader.at) refuse("end");
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

function string(name, bytes) {
  try {
    return text(bytes);
  } catch {
    return refuse(name + " is no text");
  }
}
