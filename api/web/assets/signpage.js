// The page of one write: it fetches what is to be signed, reads both messages itself, shows in words what they say, and
// signs only what agrees with the page. What the page shows comes from the message, not from the server's word for it.
// Between the two signatures the person reads what would be written, and may stop.

import { call, passing, Problem, Unreachable } from "./api.js";
import { base64, fromBase64, hex, sha256, text } from "./bytes.js";
import { announce, facts, language, make, ownPath, patience, pause, say } from "./dom.js";
import { keyPanel, secure } from "./keypanel.js";
import { find } from "./keys.js";
import { checkProposal, checkTransaction, Refused } from "./messages.js";
import { sign } from "./sign.js";
import { load, NotCanonical, tell } from "./words.js";
import { readCertificate } from "./x509.js";

const page = document.getElementById("sign");
const region = document.getElementById("sign-status");
const content = document.getElementById("sign-content");
const answer = document.getElementById("sign-answer");
// The buttons of the two signatures, by the state that awaits them.
const buttons = { PREPARED: document.getElementById("sign-buttons"), ENDORSED: document.getElementById("sign-confirm") };
const { transaction, account } = page.dataset;
const path = "/api/v1/transactions/" + encodeURIComponent(transaction);

let words, entry, expected;
let current; // the transaction as the site last said
let message; // the bytes that were checked and may be signed
let proposal = null; // the facts of the proposal that was signed here

async function start() {
  if (!secure(region)) return;
  document.getElementById("sign-button").addEventListener("click", () => press("PREPARED", "endorsement", say("已签名，正在由市数据局和登记机构核验……", "Signed. Bureau and agency are checking it …")));
  document.getElementById("sign-submit").addEventListener("click", () => press("ENDORSED", "submission", say("已确认，正在写入账本……", "Confirmed. Writing to the ledger …")));
  document.getElementById("sign-stop").addEventListener("click", stop);
  document.getElementById("sign-leave").addEventListener("click", () => history.back());
  await attempt(async () => {
    words = await load();
    entry = await find(account);
    if (!entry?.certificate) return askForKey();
    return open();
  });
}

async function open() {
  const { channel, chaincode, function: name, document } = page.dataset;
  expected = { channel, chaincode, function: name, document, account, certificate: entry.certificate };
  await follow(await call("GET", path));
}

function askForKey() {
  announce(region, "warn", say("这个浏览器里没有账号 ", "This browser holds no key of the account ") + account + say(" 的密钥，不能签名。", ": it cannot sign."),
    make("p", {}, say("请导入密钥文件，或者到有密钥的设备上登录办理。", "Import the key file, or sign on the device that has the key.")));
  keyPanel(content, { msp: account.split("/")[0], account, done: async (imported) => {
    if (imported.account !== account || !imported.certificate) {
      return announce(region, "warn", say("导入的不是账号 ", "This is not a key with certificate of the account ") + account + say(" 的密钥和证书。", "."));
    }
    entry = imported;
    content.replaceChildren();
    return attempt(open);
  } });
}

// follow does what the state of the transaction asks for.
async function follow(tx) {
  current = tx;
  hideButtons();
  switch (tx.state) {
    case "PREPARED":
    case "ENDORSED":
      await check(tx);
      return offer();
    case "UNKNOWN":
      return await follow(await outcome());
    case "COMMITTED":
      announce(region, "good", say("已经写入账本", "It is on the ledger") + (tx.block ? say("（区块 ", " (block ") + tx.block + say("）", ")") : ""));
      return location.assign(ownPath(page.dataset.next));
  }
  return ended(tx);
}

// check reads the message that waits for a signature; nothing that was not checked is ever signed.
async function check(tx) {
  message = null;
  const bytes = fromBase64(tx.toSign);
  const isProposal = tx.state === "PREPARED";
  const said = isProposal ? await checkProposal(expected, bytes) : await checkTransaction(expected, proposal, bytes);
  if (said.txId !== tx.txId) throw new Refused("tx_id", said.txId);
  show(said, hex(await sha256(bytes)));
  if (isProposal) proposal = said;
  else showAnswer(said);
  message = bytes;
}

function show(said, digest) {
  const told = tell(words, said.function, text(said.args[0]), language());
  content.replaceChildren(make("section", {},
    make("h2", {}, told.title),
    told.known ? null : make("p", { class: "error" }, say("这项业务没有中文说明，下面是原文。不清楚的，不要签名。", "There are no words for this act; what follows is the raw document. Do not sign what you do not understand.")),
    facts(told.rows.map(({ label, value, known }) => ({ label: known ? label : say("未知内容 ", "unknown: ") + label, value, odd: !known }))),
    make("details", {}, make("summary", {}, say("签名的原文", "What exactly is signed")), facts([
      { label: say("签名账号", "Signed as"), value: account, mono: true },
      { label: say("通道 / 链码", "Channel / chaincode"), value: said.channel + " / " + said.chaincode, mono: true },
      { label: say("业务", "Function"), value: said.function, mono: true },
      { label: say("交易编号", "Transaction"), value: said.txId, mono: true },
      { label: say("时间", "Time"), value: new Date(said.timestamp).toLocaleString(["zh-CN", "en"][language()]) },
      { label: say("原文", "Document"), value: text(said.args[0]), mono: true },
      { label: "SHA-256", value: digest, mono: true },
    ]))));
}

// showAnswer says what the organisations' peers answered.
function showAnswer(said) {
  const term = (kind, code) => words.terms[kind]?.[code]?.[language()] ?? code;
  const status = (code) => words.terms.status[code]?.[language()] ?? words.terms.account[code]?.[language()] ?? words.terms.assetStatus[code]?.[language()] ?? code;
  const receipt = JSON.parse(said.response.payload || "{}");
  const changes = said.event ? JSON.parse(said.event.payload).changes ?? [] : [];
  answer.replaceChildren(make("h2", {}, say("各方核验的结果：将要写入账本", "What the organisations answered and would write")), facts([
    { label: say("已经核验", "Endorsed by"), value: [...new Set(said.endorsers.map((one) => term("organisation", one.msp)))].join(say("、", ", ")) },
    ...Object.entries(receipt).filter(([name]) => name !== "txId").map(([name, value]) => ({ label: words.labels[name]?.[language()] ?? { status: say("结果", "Result"), id: say("编号", "Number") }[name] ?? name, value: name === "status" ? status(value) : String(value) })),
    ...changes.map((change) => ({ label: term("object", change.object), value: `${change.id}　${change.before ? status(change.before) : say("（新）", "(new)")} → ${status(change.after)}` })),
    { label: say("写入记录", "Records written"), value: String(said.writes.length) },
  ]));
}

function offer() {
  const until = readCertificate(entry.certificate).until;
  if (until < Date.now()) {
    return announce(region, "bad", say("您的证书已经到期，不能签名。请申请新的账号。", "Your certificate has expired: it cannot sign. Apply for a new account."));
  }
  announce(region, "", current.state === "PREPARED"
    ? say("请核对下面的内容。签名以后由各方核验，您确认核验结果以前不写入账本。", "Check what follows. Once signed it is checked by the organisations; nothing is written before you confirm their result.")
    : say("核验通过，还没有写入账本。请核对下面将要写入的结果；与您要办理的不一致的，请停止。", "Endorsed, and not yet written. Check below what would be written; if it is not what you meant, stop."));
  showButtons();
}

function hideButtons() {
  for (const group of Object.values(buttons)) group.hidden = true;
}

// showButtons offers the signature that is awaited, if its message was checked.
function showButtons() {
  hideButtons();
  if (message) buttons[current.state].hidden = false;
}

// press gives the signature that the state awaits over the message that was checked and shown, and goes on to what follows:
// after the first signature that is the person's reading of the result.
async function press(state, step, told) {
  if (current.state !== state || !message) return;
  hideButtons();
  announce(region, "", told);
  region.focus();
  await attempt(async () => follow(await give(step)));
}

// stop gives no second signature: without it nothing can be written.
function stop() {
  message = null;
  hideButtons();
  announce(region, "warn", say("已停止，没有写入任何内容：缺少您的第二个签名，这笔业务不能提交。", "Stopped. Nothing was written: without your second signature it cannot be submitted."),
    make("p", {}, say("核验结果与您要办理的业务不一致的，请告诉登记机构和市数据局，交易编号：", "If the result was not what you asked for, tell the registrar and the bureau the transaction: ") + current.txId),
    make("p", { class: "buttons" }, make("a", { class: "button second", href: "/" }, say("返回首页", "Back to the start"))));
  region.focus();
}

// give signs the checked message and hands the signature in. Whatever goes wrong on the way, the site is asked how far it
// came; only if it came no further the failure is shown.
async function give(step) {
  const signature = base64(await sign(entry.key, message));
  const before = current.state;
  try {
    return await call("PUT", path + "/" + step, { signature });
  } catch (error) {
    let now;
    try {
      now = await call("GET", path);
    } catch {
      throw step === "submission" && error instanceof Unreachable ? new Lost() : error;
    }
    if (now.state === before) throw error;
    return now;
  }
}

// Lost: the submission was sent and no answer came. It may have arrived.
class Lost extends Error {}

// outcome asks until it is known what became of the transaction. It is never sent anew.
async function outcome() {
  let asked = 0;
  for (const ms of patience(1000, 10_000)) {
    announce(region, "", say(`已经送出，正在查询结果（第 ${++asked} 次）。请等待，不要重新办理。`, `Sent. Asking for the outcome (${++asked}). Please wait and do not start again.`));
    try {
      const tx = await call("GET", path);
      if (tx.state !== "UNKNOWN") return tx;
    } catch (error) {
      if (!passing(error)) throw error;
    }
    await pause(ms);
  }
}

const again = () => {
  const form = document.getElementById("sign-again");
  form.hidden = false;
  return form.querySelector("button");
};

// ended says why the transaction has come to nothing.
function ended(tx) {
  const problem = tx.problem ?? {};
  const fields = make("ul", {}, ...(problem.errors ?? []).map((f) => make("li", {}, f.message)));
  switch (tx.state) {
    case "CONFLICT":
      announce(region, "warn", say("同一记录刚刚有别人办理，这次没有写入任何内容。请重新准备，核对以后再签名。", "Somebody else acted on the same record just now; nothing was written. Prepare it anew, check and sign."));
      return again().focus();
    case "EXPIRED":
      announce(region, "warn", say("超过了签名的时限，没有写入任何内容。请重新准备，核对以后再签名。", "It was not signed in time; nothing was written. Prepare it anew, check and sign."));
      return again().focus();
    case "REFUSED":
      announce(region, "bad", problem.detail ?? say("登记系统没有接受这项业务。", "The registry refused it."), fields, make("p", {}, say("没有写入任何内容。请返回修改。", "Nothing was written. Go back and correct it.")));
      break;
    default:
      announce(region, "bad", say("账本没有接受这笔交易，没有写入任何内容。请返回重试；仍然失败的，请把交易编号告诉登记机构：", "The ledger did not take it; nothing was written. Try again; if it fails again, tell the registrar the transaction: ") + tx.txId);
  }
  return region.focus();
}

const refusals = () => ({
  malformed: say("待签名的内容读不懂。", "The message cannot be read."),
  tx_id: say("交易编号不符。", "The transaction id differs."),
  channel: say("不是本登记网络的通道。", "It is for another channel."),
  chaincode: say("不是本登记系统的链码。", "It is for another chaincode."),
  function: say("不是页面上的这项业务。", "It is another act than the page shows."),
  arguments: say("内容与页面上的不一致。", "It says something else than the page shows."),
  transient: say("附带了页面上没有的数据。", "It carries data that the page does not show."),
  msp: say("签名机构不是您的机构。", "It is for another organisation's member."),
  creator: say("不是您的证书。", "It is for another certificate."),
  time: say("它的时间与这台电脑的时间相差太大。请校准电脑的日期和时间，然后重新打开本页。", "Its time differs too much from this computer's clock. Set date and time right and open this page again."),
  proposal: say("返回的不是您签名的那份申请的结果。", "The answer is not for the message that you signed."),
  endorsers: say("没有得到市数据局和登记机构双方的核验。", "Bureau and agency did not both endorse it."),
  endorsement: say("核验结果被改动过。", "The endorsed result was altered."),
  response: say("核验没有通过。", "It was not endorsed."),
  event: say("核验结果说的是另一项业务。", "The result speaks of another act."),
  writes: say("核验结果要写入别处。", "The result writes elsewhere."),
});

// attempt runs a step and says in plain words what went wrong and what to do.
async function attempt(step) {
  try {
    await step();
  } catch (error) {
    hideButtons();
    if (error instanceof Lost) return attempt(async () => follow(await outcome()));
    explain(error);
    region.focus();
  }
}

function explain(error) {
  const retry = showButtons;
  if (error instanceof Refused || error instanceof NotCanonical) {
    message = null;
    const why = refusals()[error.code] ?? refusals().malformed;
    announce(region, "bad", say("没有签名：服务器准备的内容与本页不符。", "Not signed: what the server prepared does not agree with this page."), make("p", {}, why),
      error.code === "time" ? null : make("p", {}, say("请不要在这里继续办理，把这个情况告诉登记机构和市数据局，并改用 registryctl 或者另一家机构的网站。", "Do not go on here. Tell the registrar and the bureau, and use registryctl or another organisation's site.")),
      make("p", { class: "hint mono" }, error.code ? error.message : "NotCanonical"));
  } else if (error instanceof Problem && error.status === 401) {
    announce(region, "warn", error.message, make("p", { class: "buttons" }, make("a", { class: "button", href: "/signin?next=" + encodeURIComponent(location.pathname + location.search) }, say("重新登录", "Sign in again"))));
  } else if (error instanceof Problem) {
    announce(region, "bad", error.message, make("ul", {}, ...error.fields.map((f) => make("li", {}, f.message))), make("p", {}, say("没有写入任何内容，可以再试一次。", "Nothing was written. You may try again.")));
    retry();
  } else if (error instanceof Unreachable) {
    announce(region, "bad", say("没有连上服务器。没有写入任何内容，请检查网络后再试一次。", "The server did not answer. Nothing was written. Check the network and try again."));
    retry();
  } else {
    announce(region, "bad", say("没有签名：页面出错。请重新打开本页。", "Not signed: the page failed. Open it again."), make("p", { class: "hint mono" }, String(error)));
  }
}

start();
