// The JSON API of this site.

import { language } from "./dom.js";

// Problem is a failure that the service explains itself: problem.detail is a sentence for people.
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || String(status));
    Object.assign(this, { status, code: document.code ?? "", fields: document.errors ?? [] });
  }
}

// Unreachable: no answer came; whether the request arrived is not known.
export class Unreachable extends Error {}

// passing tells whether the same question may be answered later.
export const passing = (error) => error instanceof Unreachable || (error instanceof Problem && (error.status >= 500 || error.status === 429));

// call sends a request and gives the answer's document, null if it has none.
export async function call(method, path, body) {
  let answer, text;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Accept-Language": ["zh-CN", "en"][language()], ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
      cache: "no-store",
    });
    text = await answer.text();
  } catch (error) {
    throw new Unreachable(error.message);
  }
  const document = parse(text);
  if (!answer.ok) throw new Problem(answer.status, document ?? {});
  return document;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
