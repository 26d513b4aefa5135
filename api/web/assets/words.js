// What a transaction's document asks for, in plain words. The words themselves are in words.json, which a test derives from
// the registry's own types; nothing in a document is left out because there is no word for it.

import { canonical } from "./canonical.js";

let loaded;

// load fetches the words once.
export function load() {
  loaded ??= fetch(new URL("words.json", import.meta.url)).then((answer) => {
    if (!answer.ok) throw new Error("words.json: " + answer.status);
    return answer.json();
  });
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

// NotCanonical: the document is not in its one canonical form, so that what is parsed may not be all that it says.
export class NotCanonical extends Error {}

// tell says what a function with its document does: {title, rows: [{path, label, value, raw}]}. language is 0 for Chinese, 1
// for English. value is for people, raw exactly what the document says; a row without known field has its path as label
// and known: false.
export function tell(words, name, document, language = 0) {
  const tree = JSON.parse(document);
  if (canonical(tree) !== document) throw new NotCanonical(name);
  const known = words.functions[name];
  const rows = flatten(tree, "").map(({ path, value }) => row(words, path, value, known, language));
  const place = (r) => (r.known ? known.fields.indexOf(plain(r.path)) : Infinity);
  return { title: known ? known.title[language] : name, known: Boolean(known), rows: rows.sort((a, b) => compare(a, b, place)) };
}

// compare keeps elements of a list together, in the order of the fields within each.
function compare(a, b, place) {
  const [group, other] = [a, b].map((r) => /^(.*?)\[(\d+)\]/.exec(r.path));
  if (group && other && group[1] === other[1] && group[2] !== other[2]) return Number(group[2]) - Number(other[2]);
  const difference = place(a) - place(b);
  return Number.isNaN(difference) ? 0 : difference;
}

const plain = (path) => path.replace(/\[\d+\]/g, "");

function row(words, path, value, known, language) {
  const field = plain(path);
  const isKnown = Boolean(known?.fields.includes(field));
  const number = path.match(/\[(\d+)\](?!.*\[)/)?.[1];
  const label = (isKnown ? words.labels[field][language] : path) + (isKnown && number ? " " + (Number(number) + 1) : "");
  const raw = typeof value === "string" ? value : canonical(value);
  const term = termOf(words, field, raw)?.[language];
  return { path, label, value: isKnown && term ? `${term}（${raw}）` : say(value, raw, language), raw, known: isKnown };
}

// termOf is the word for a code in a field; fields of one name in several documents may hold codes of several kinds.
function termOf(words, field, code) {
  for (const kind of (words.codes[field] ?? "").split(" ")) {
    if (words.terms[kind]?.[code]) return words.terms[kind][code];
  }
  return undefined;
}

function say(value, raw, language) {
  if (typeof value === "boolean") return (value ? ["是", "yes"] : ["否", "no"])[language];
  if (raw === "" || raw === "[]" || raw === "{}" || raw === "null") return ["（空）", "(empty)"][language];
  return raw;
}

// flatten lists the leaves of a document with their paths: "content.rights[0].kind".
function flatten(value, path) {
  const inner = Array.isArray(value) ? value.map((item, i) => [`${path}[${i}]`, item])
    : value && typeof value === "object" ? Object.entries(value).map(([key, item]) => [path ? `${path}.${key}` : key, item])
      : [];
  return inner.length > 0 ? inner.flatMap(([at, item]) => flatten(item, at)) : [{ path, value }];
}
