// The key file: a few lines of plain text, a private key (PKCS #8, P-256, plain or encrypted), and the certificate once
// it is issued. docs/formats.md has it in full.

import { concat, equal, pem, pemBlocks, utf8 } from "./bytes.js";
import { body, fields, oid, read, tags } from "./der.js";
import { sign, verify } from "./sign.js";
import { publicKeyOf, readCertificate } from "./x509.js";

// KeyFileError says by its code what is wrong with a key file: not_a_key_file, passphrase_missing, passphrase_wrong,
// encryption_unknown, not_p256, public_key_missing, certificate_differs, account_missing.
export class KeyFileError extends Error {
  constructor(code) {
    super("key file: " + code);
    this.code = code;
  }
}

const line = (file, name) => file.match(new RegExp(`^${name}:[ \\t]*(\\S+)[ \\t]*\\r?$`, "m"))?.[1] ?? "";

// describe says what a key file holds without opening it: {account, site, encrypted}.
export function describe(file) {
  return { account: line(file, "Account"), site: line(file, "Site"), encrypted: keyBlock(file).label === "ENCRYPTED PRIVATE KEY" };
}

function keyBlock(file) {
  let keys = [];
  try {
    keys = pemBlocks(file).filter((block) => block.label.endsWith("PRIVATE KEY"));
  } catch {
    // not base64
  }
  if (keys.length !== 1 || !["PRIVATE KEY", "ENCRYPTED PRIVATE KEY"].includes(keys[0].label)) throw new KeyFileError("not_a_key_file");
  return keys[0];
}

// openKeyFile gives the entry that a key file holds. The key is made unreadable as it is imported; account is used where
// the file names none.
export async function openKeyFile(file, passphrase, account) {
  const found = describe(file);
  const block = keyBlock(file);
  const pkcs8 = found.encrypted ? await decrypt(block.der, passphrase) : block.der;
  const certificate = certificateOf(file);
  const spki = await publicKey(pkcs8, certificate);
  const key = await privateKey(pkcs8);
  const probe = crypto.getRandomValues(new Uint8Array(32));
  if (!(await verify(spki, await sign(key, probe), probe))) throw new KeyFileError(certificate ? "certificate_differs" : "not_p256");
  const name = found.account || account;
  if (!name) throw new KeyFileError("account_missing");
  if (certificate && (certificate.name !== name.split("/")[1] || !equal(certificate.spki, spki))) throw new KeyFileError("certificate_differs");
  return { account: name, key, spki, certificate: certificate ? pem("CERTIFICATE", certificate.der) : "", site: found.site };
}

function certificateOf(file) {
  try {
    const first = pemBlocks(file).find((block) => block.label === "CERTIFICATE");
    return first ? readCertificate(pem(first.label, first.der)) : null;
  } catch {
    throw new KeyFileError("not_a_key_file");
  }
}

// A public key on P-256 is this head and the uncompressed point.
const spkiHead = Uint8Array.from([0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00]);

async function publicKey(pkcs8, certificate) {
  let point;
  try {
    point = publicKeyOf(pkcs8);
  } catch {
    throw new KeyFileError("not_p256");
  }
  if (point) return concat(spkiHead, point);
  if (certificate) return certificate.spki;
  throw new KeyFileError("public_key_missing");
}

async function privateKey(pkcs8) {
  try {
    return await crypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  } catch {
    throw new KeyFileError("not_p256");
  }
}

const ids = {
  pbes2: oid("1.2.840.113549.1.5.13"),
  pbkdf2: oid("1.2.840.113549.1.5.12"),
  hmacSHA256: oid("1.2.840.113549.2.9"),
  aes256: oid("2.16.840.1.101.3.4.1.42"),
};

// maxRounds keeps a made-up file from occupying the browser for minutes.
const maxRounds = 5_000_000;

async function decrypt(der, passphrase) {
  if (!passphrase) throw new KeyFileError("passphrase_missing");
  let cipher;
  try {
    cipher = encryption(der);
  } catch {
    throw new KeyFileError("encryption_unknown");
  }
  const secret = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
  const kdf = { name: "PBKDF2", hash: "SHA-256", salt: cipher.salt, iterations: cipher.rounds };
  const key = await crypto.subtle.deriveKey(kdf, secret, { name: "AES-CBC", length: 256 }, false, ["decrypt"]);
  try {
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: cipher.iv }, key, cipher.content));
    fields(read(plain)[0]);
    return plain;
  } catch {
    throw new KeyFileError("passphrase_wrong");
  }
}

// encryption reads the parameters of PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC; nothing else is taken.
function encryption(der) {
  const [algorithm, content] = fields(read(der)[0]);
  const [scheme, parameters] = fields(algorithm);
  const [kdf, cipher] = fields(parameters).map(fields);
  const [salt, rounds, ...rest] = fields(kdf[1]);
  const prf = fields(rest.at(-1))[0];
  for (const [got, want] of [[scheme, ids.pbes2], [kdf[0], ids.pbkdf2], [prf, ids.hmacSHA256], [cipher[0], ids.aes256]]) {
    if (!equal(got.raw, want)) throw new Error("encryption");
  }
  const count = body(tags.integer, rounds).reduce((n, byte) => n * 256 + byte, 0);
  if (count < 1 || count > maxRounds) throw new Error("encryption");
  return { salt: body(tags.octets, salt), rounds: count, iv: body(tags.octets, cipher[1]), content: body(tags.octets, content) };
}
