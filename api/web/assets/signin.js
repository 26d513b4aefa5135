// Signing in: the person chooses a key of this browser, or brings a key file, and signs the site's challenge with it.

import { call, Problem } from "./api.js";
import { base64 } from "./bytes.js";
import { challengeMessage } from "./challenge.js";
import { announce, make, ownPath, say } from "./dom.js";
import { keyPanel, secure } from "./keypanel.js";
import { fingerprint, list, short } from "./keys.js";
import { sign } from "./sign.js";
import { readCertificate } from "./x509.js";

const page = document.getElementById("signin");
const region = document.getElementById("signin-status");
const keys = document.getElementById("signin-keys");

async function start() {
  if (!secure(region)) return;
  await showKeys();
  keyPanel(document.getElementById("signin-import"), { msp: page.dataset.msp, done: async (entry) => {
    await showKeys();
    document.getElementById("key " + entry.account)?.focus();
  } });
}

async function showKeys() {
  const entries = await list();
  const cards = await Promise.all(entries.map(card));
  keys.replaceChildren(cards.length > 0 ? make("ul", { class: "cards" }, ...cards)
    : make("p", { class: "empty" }, say("这个浏览器里还没有您的密钥。请在下面导入密钥文件，或者先申请账号。", "This browser holds no key of yours yet. Import a key file below, or apply for an account first.")));
}

async function card(entry) {
  const digest = short(await fingerprint(entry.spki));
  const name = entry.account.split("/")[1];
  if (!entry.certificate) {
    return make("li", {}, make("a", { href: "/account/apply", id: "key " + entry.account }, make("strong", {}, name),
      make("span", {}, say("等待核准，点此领取证书", "waits for approval: fetch its certificate")), make("small", { class: "mono" }, digest)));
  }
  const expired = readCertificate(entry.certificate).until < Date.now();
  return make("li", {}, make("button", { type: "button", id: "key " + entry.account, disabled: expired, onclick: () => signIn(entry) },
    make("strong", {}, say("以 ", "Sign in as ") + name + say(" 登录", "")),
    make("span", {}, expired ? say("证书已经到期，请申请新的账号", "its certificate has expired") : entry.account), make("small", { class: "mono" }, digest)));
}

async function signIn(entry) {
  for (const button of keys.querySelectorAll("button")) button.disabled = true;
  announce(region, "", say("正在登录……", "Signing in …"));
  try {
    await answerChallenge(entry);
    announce(region, "good", say("已登录", "Signed in"));
    location.assign(ownPath(page.dataset.next));
  } catch (error) {
    explain(error);
    await showKeys();
  }
}

// answerChallenge signs for the address in the address bar and for no other: a challenge of another site is not signed.
async function answerChallenge({ account, key, certificate }) {
  const { nonce, origin } = await call("POST", "/api/v1/sign-ins/challenges", { account });
  if (origin !== location.origin) throw new ElsewhereError(origin);
  const signature = base64(await sign(key, challengeMessage(location.origin, account, nonce)));
  await call("POST", "/api/v1/sign-ins", { account, certificate, nonce, signature });
}

class ElsewhereError extends Error {}

function explain(error) {
  if (error instanceof ElsewhereError) {
    const there = /^https?:\/\//.test(error.message) ? make("p", {}, make("a", { href: error.message }, error.message)) : null;
    announce(region, "bad", say("您打开的网址不是本站登记的网址，没有登录。请从下面的网址进入：", "This is not the site's own address; nothing was signed. Go to:"), there);
  } else if (error instanceof Problem) {
    announce(region, "bad", error.message);
  } else {
    announce(region, "bad", say("没有连上服务器，请检查网络后重试。", "The server did not answer. Check the network and try again."));
  }
  region.focus();
}

start();
