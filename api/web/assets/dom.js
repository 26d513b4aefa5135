// What the page scripts share: language, elements, announcements, waiting.

// language is 0 for Chinese, 1 for English, as the page says.
export const language = () => (document.documentElement.lang === "en" ? 1 : 0);

// say chooses between the two languages.
export const say = (zh, en) => [zh, en][language()];

// make builds an element; attributes whose value is false or null are left out, strings become text.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// facts is a list of labels and values in the style of the pages.
export function facts(rows) {
  return make("dl", { class: "facts" }, ...rows.map(({ label, value, mono, odd }) =>
    make("div", { class: odd ? "odd" : null }, make("dt", {}, label), make("dd", { class: mono ? "mono exact" : "exact" }, value))));
}

// announce replaces the words of a live region (role="status"), which screen readers then say. kind is "", "good",
// "warn" or "bad"; further children, such as what to do, stand below.
export function announce(region, kind, words, ...more) {
  region.className = "notice live " + kind;
  region.replaceChildren(make("p", {}, make("strong", {}, words)), ...more.filter(Boolean));
  region.hidden = false;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// patience gives the pauses between questions that are asked again, in milliseconds: longer and longer up to most.
export function* patience(first, most) {
  for (let ms = first; ; ms = Math.min(most, ms * 1.6)) yield Math.round(ms);
}

// ownPath is a path of this site, so that no link leads elsewhere.
export const ownPath = (path) => (/^\/(?![/\\])/.test(path ?? "") ? path : "/");
