// How an account comes by its certificate: the key is made here, staff or another device of the person approve its
// fingerprint, and the certificate is fetched for exactly this key.

import { call, passing, Problem } from "./api.js";
import { equal } from "./bytes.js";
import { certificateRequest } from "./csr.js";
import { patience, pause } from "./dom.js";
import { find, fingerprint, generate, put } from "./keys.js";
import { readCertificate } from "./x509.js";

// WrongAnswer: what the site answered does not belong to this key. Its code: key_differs, certificate_differs, ended.
export class WrongAnswer extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// ownKey is the key of an account that is being applied for: the one made before, or a new one.
export async function ownKey(account) {
  const earlier = await find(account);
  if (earlier) return earlier;
  const entry = { account, ...(await generate()), certificate: "", site: location.origin };
  await put(entry);
  return entry;
}

const path = (entry) => "/api/v1/accounts/" + encodeURIComponent(entry.account.split("/")[1]);

// status asks for the account: "" while the site does not know it, otherwise its status. An account of that name with
// another key is somebody else's.
export async function status(entry) {
  let account;
  try {
    account = await call("GET", path(entry));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return "";
    throw error;
  }
  if (account.keyDigest !== (await fingerprint(entry.spki))) throw new WrongAnswer("key_differs");
  return account.status;
}

// fetchCertificate asks for the certificate and keeps it; a certificate for another key or name is not kept.
export async function fetchCertificate(entry) {
  const name = entry.account.split("/")[1];
  const request = await certificateRequest(entry.key, entry.spki, name);
  const { certificate } = await call("POST", path(entry) + "/certificate", { request });
  let read;
  try {
    read = readCertificate(certificate);
  } catch {
    throw new WrongAnswer("certificate_differs");
  }
  if (!equal(read.spki, entry.spki) || read.name !== name) throw new WrongAnswer("certificate_differs");
  entry.certificate = certificate;
  await put(entry);
}

// awaitCertificate asks until the certificate is here. tell is called with every state on the way: "", APPLIED, APPROVED,
// "unreachable".
export async function awaitCertificate(entry, tell) {
  for (const ms of patience(2000, 30_000)) {
    try {
      const now = await status(entry);
      if (now === "APPROVED" || now === "ENABLED") {
        tell("APPROVED");
        return await fetchCertificate(entry);
      }
      if (now !== "" && now !== "APPLIED") throw new WrongAnswer("ended");
      tell(now);
    } catch (error) {
      if (!passing(error)) throw error;
      tell("unreachable");
    }
    await pause(ms);
  }
}
