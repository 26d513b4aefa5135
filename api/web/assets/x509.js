// What the pages need to know of a certificate. Whether it is trusted is for the peers to judge.

import { equal, pemBlocks, text } from "./bytes.js";
import { body, fields, oid, read, tags, wholeBytes } from "./der.js";

const commonName = oid("2.5.4.3");

// readCertificate reads a PEM text that holds exactly one certificate: {spki, name, from, until, der}; from and until in
// milliseconds, name the subject's common name.
export function readCertificate(file) {
  const blocks = pemBlocks(file);
  if (blocks.length !== 1 || blocks[0].label !== "CERTIFICATE") throw new Error("one certificate expected");
  const der = blocks[0].der;
  const [certificate, ...more] = read(der);
  if (more.length > 0) throw new Error("one certificate expected");
  const parts = fields(fields(certificate)[0]);
  if (parts[0].tag === 0xa0) parts.shift(); // version
  const [, , , validity, subject, spki] = parts;
  const [from, until] = fields(validity).map(instant);
  return { der, spki: spki.raw, name: nameOf(subject), from, until };
}

function nameOf(subject) {
  const names = fields(subject)
    .map((set) => fields(read(body(tags.set, set))[0]))
    .filter(([type]) => equal(type.raw, commonName));
  if (names.length !== 1) throw new Error("one common name expected");
  return text(names[0][1].body);
}

function instant(value) {
  const digits = text(value.body);
  const full = value.tag === tags.utcTime ? (digits < "5" ? "20" : "19") + digits : digits;
  const [, year, month, day, hour, minute, second] = full.match(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

// publicKeyOf is the public key within a PKCS #8 P-256 key, as uncompressed point, or null if the file leaves it out.
export function publicKeyOf(pkcs8) {
  const [, algorithm, octets] = fields(read(pkcs8)[0]);
  const [kind, curve] = fields(algorithm);
  if (!equal(kind.raw, oid("1.2.840.10045.2.1")) || !equal(curve.raw, oid("1.2.840.10045.3.1.7"))) throw new Error("no P-256 key");
  const point = fields(read(body(tags.octets, octets))[0]).find((part) => part.tag === 0xa1);
  return point ? wholeBytes(read(point.body)[0]) : null;
}
