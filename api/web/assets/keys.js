// The person's keys in this browser. A private key is made or imported so that nobody can read it again, this page
// included: it can only sign. An entry is {account: "MSP/enrolment", key, spki, certificate: PEM or "", site}.

import { equal, hex, sha256 } from "./bytes.js";
import { openKeyFile } from "./keyfile.js";

const algorithm = { name: "ECDSA", namedCurve: "P-256" };

// generate makes a key: {key, spki}.
export async function generate() {
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  return { key: pair.privateKey, spki: new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)) };
}

// importKeyFile opens a key file and keeps its key; it throws KeyFileError or KeyTaken.
export async function importKeyFile(file, passphrase, account = "") {
  const entry = await openKeyFile(file, passphrase, account);
  await put(entry);
  return entry;
}

// fingerprint is the hex SHA-256 of the public key, by which the ledger knows it.
export const fingerprint = async (spki) => hex(await sha256(spki));

// short is the form that people compare: the first 80 bits in groups of four.
export const short = (digest) => digest.slice(0, 20).match(/.{4}/g).join(" ");

// KeyTaken: there is another key for this account here; it is never overwritten, because an account would be lost with it.
export class KeyTaken extends Error {}

export const list = () => store("readonly", (keys) => keys.getAll());

export const find = (account) => store("readonly", (keys) => keys.get(account));

export const remove = (account) => store("readwrite", (keys) => keys.delete(account));

export async function put(entry) {
  if (entry.key.extractable || entry.key.type !== "private") throw new Error("only unreadable private keys are kept");
  void persist().catch(() => false); // Firefox asks the person first: nothing waits for that
  return store("readwrite", (keys) => {
    const earlier = keys.get(entry.account);
    earlier.onsuccess = () => {
      if (earlier.result && !equal(earlier.result.spki, entry.spki)) return keys.transaction.abort();
      if (earlier.result && !entry.certificate) entry.certificate = earlier.result.certificate;
      return keys.put(entry);
    };
    return earlier;
  }).catch((error) => {
    throw error?.name === "AbortError" ? new KeyTaken(entry.account) : error;
  });
}

// persist asks the browser not to clear the keys away when room gets short, and says what it answered.
export async function persist() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("hehuang", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("keys", { keyPath: "account" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the key store is in use by an older page"));
  });
}

// store does something with the keys in one transaction and gives its result once that is on disk.
async function store(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction("keys", mode, { durability: "strict" });
      const request = act(transaction.objectStore("keys"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error ?? new DOMException("", "AbortError"));
    });
  } finally {
    database.close();
  }
}
