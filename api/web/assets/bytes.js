// Bytes, text and PEM, as every other module here needs them.

export const utf8 = (text) => new TextEncoder().encode(text);

// text refuses bytes that are no UTF-8 instead of showing something else for them.
export const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const base64 = (bytes) => btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));

// fromBase64 throws on anything but base64; white space is let through, as PEM has line ends.
export const fromBase64 = (encoded) => Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// pem writes one PEM block in lines of 64 characters.
export function pem(label, der) {
  const lines = base64(der).match(/.{1,64}/g).join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

// pemBlocks gives every PEM block of a text as {label, der}; text around the blocks is skipped.
export function pemBlocks(file) {
  const blocks = file.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g);
  return [...blocks].map(([, label, body]) => ({ label, der: fromBase64(body) }));
}
