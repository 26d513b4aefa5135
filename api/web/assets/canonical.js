// Canonical JSON, the one form in which documents are signed (docs/formats.md).

// canonical encodes a value; it throws on numbers that are no integers within ±(2^53 − 1) and on text that is not in
// Unicode normal form C.
export function canonical(value) {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value && typeof value === "object") {
    return "{" + Object.keys(value).sort(byCodePoint).map((key) => string(key) + ":" + canonical(value[key])).join(",") + "}";
  }
  if (typeof value === "string") return string(value);
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("canonical: number");
  return String(value);
}

function string(s) {
  if (s !== s.normalize("NFC")) throw new Error("canonical: text");
  return '"' + s.replace(/["\\]/g, "\\$&").replace(/[\u0000-\u001f]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")) + '"';
}

function byCodePoint(a, b) {
  const [left, right] = [[...a], [...b]];
  const i = left.findIndex((c, at) => c !== right[at]);
  if (i < 0) return left.length - right.length;
  return i >= right.length ? 1 : left[i].codePointAt(0) - right[i].codePointAt(0);
}
