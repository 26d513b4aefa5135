// Applying for an account, and the keys of this browser on the page of one's own account.

import { call, Problem } from "./api.js";
import { announce, facts, make, say } from "./dom.js";
import { awaitCertificate, ownKey, WrongAnswer } from "./enrol.js";
import { keyFacts, keyPanel, kept, secure } from "./keypanel.js";
import { fingerprint, list, remove, short } from "./keys.js";

const form = document.getElementById("account-apply");
if (form) applying();
const own = document.getElementById("account-keys");
if (own) owning();

// applying makes the key before anything is sent, so that an application never stands on the ledger without it.
async function applying() {
  const region = document.getElementById("account-status");
  if (!secure(region)) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply(region);
  });
  for (const kind of form.elements.kind) kind.addEventListener("change", () => showKind(kind.value));
  showKind(form.elements.kind.value);
  const waiting = (await list()).filter((entry) => !entry.certificate);
  if (waiting.length === 1) await wait(waiting[0], region);
  else if (waiting.length > 1) {
    announce(region, "", say("这些账号还在等待证书：", "These accounts wait for their certificates:"), make("p", { class: "buttons" },
      ...waiting.map((entry) => make("button", { type: "button", class: "button second", onclick: () => wait(entry, region) }, entry.account))));
  }
}

// showKind shows what is asked for a new account; for another device of the person the approving device says the rest.
function showKind(kind) {
  for (const part of form.querySelectorAll("[data-kind]")) {
    part.hidden = part.dataset.kind !== kind;
    for (const input of part.querySelectorAll("input, select")) input.disabled = part.hidden;
  }
}

async function apply(region) {
  const value = (name) => form.elements[name].value.trim();
  const isDevice = form.elements.kind.value === "device";
  const name = value("enrolment");
  if (!/^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/.test(name)) {
    announce(region, "bad", say("账号名用 3 至 40 个小写字母、数字和中间的连字符，例如 li-applicant。", "A name has 3 to 40 small letters, digits and inner hyphens, for example li-applicant."));
    return form.elements.enrolment.focus();
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const role = form.elements.role;
    const msp = (!isDevice && role.selectedOptions?.[0]?.dataset.msp) || form.dataset.msp;
    const entry = await ownKey(msp + "/" + name);
    if (!isDevice) {
      announce(region, "", say("密钥已经生成，正在提交申请……", "The key is made. Applying …"));
      const request = { enrolment: name, party: value("party").toUpperCase(), role: value("role"), region: value("region"), until: value("until"), keyDigest: await fingerprint(entry.spki) };
      for (const optional of ["contract", "replaces"]) if (value(optional)) request[optional] = value(optional);
      await call("POST", "/api/v1/accounts", request);
    }
    await wait(entry, region);
  } catch (error) {
    explain(error, region);
  } finally {
    button.disabled = false;
  }
}

// wait shows the fingerprint in large type and asks until the certificate is here.
async function wait(entry, region) {
  form.hidden = true;
  await showFingerprint(entry);
  const progress = {
    "": say("等待您在另一台设备上确认（或者等待申请送达）……", "Waiting for your confirmation on the other device …"),
    APPLIED: say("已经申请，等待工作人员与您核对密钥指纹……", "Applied. Waiting for staff to compare the fingerprint with you …"),
    APPROVED: say("已经核准，正在领取证书……", "Approved. Fetching the certificate …"),
    unreachable: say("暂时连不上服务器，会继续询问……", "The server does not answer at the moment; it is asked again …"),
  };
  let last;
  try {
    await awaitCertificate(entry, (state) => {
      if (state !== last) announce(region, "", progress[state], make("p", { class: "hint" }, say("可以关闭本页，以后用同一个浏览器再打开，会接着办理。", "You may close this page; open it again in the same browser to go on.")));
      last = state;
    });
    announce(region, "good", say("账号已经启用，可以登录了。", "The account is enabled. You can sign in."),
      make("p", {}, await kept()), make("p", { class: "buttons" }, make("a", { class: "button", href: "/signin" }, say("登录", "Sign in"))));
  } catch (error) {
    explain(error, region, entry);
  }
  region.focus();
}

async function showFingerprint(entry) {
  const digest = await fingerprint(entry.spki);
  const copy = make("button", { type: "button", class: "button second", onclick: async () => {
    await navigator.clipboard.writeText(digest);
    copy.textContent = say("✓ 已复制", "✓ copied");
  } }, say("复制完整指纹", "Copy the whole fingerprint"));
  document.getElementById("account-fingerprint").replaceChildren(
    make("h2", {}, say("您的密钥指纹", "Your key's fingerprint")),
    make("p", { class: "fingerprint" }, short(digest)),
    make("p", {}, say("请到登记机构窗口，或者拨打您已知的电话，把上面五组字符读给工作人员。工作人员核对一致以后才会核准。不要把指纹交给别人代读。", "Read these five groups out to the registrar's staff, at the hall or over a telephone number that you know. They approve only what they heard from you.")),
    facts([{ label: say("账号", "Account"), value: entry.account, mono: true }, { label: say("完整指纹", "Whole fingerprint"), value: digest, mono: true }]),
    make("p", { class: "hint" }, say("增加本人的另一台设备：在已经登录的设备上打开“我的账号”，把账号名和完整指纹填入“增加设备”。", "For another device of yours: on the device that is signed in open “My account” and enter name and whole fingerprint under “Add a device”.")),
    make("p", { class: "buttons" }, copy));
}

function explain(error, region, entry) {
  const again = make("p", { class: "buttons" }, make("button", { type: "button", class: "button second", onclick: () => location.reload() }, say("重新开始", "Start again")));
  const drop = entry && make("p", { class: "buttons" }, make("button", { type: "button", class: "button danger second", onclick: () => discard(entry) }, say("删除这把没有用的密钥", "Remove this useless key")));
  if (error instanceof WrongAnswer) {
    announce(region, "bad", {
      key_differs: say("这个账号名已经由另一把密钥使用。请换一个账号名。", "Another key holds an account of this name. Choose another name."),
      certificate_differs: say("收到的证书不是这把密钥的，没有保存。请联系登记机构。", "The certificate is not for this key and was not kept. Tell the registrar."),
      ended: say("这个账号已经停用或者注销。请联系登记机构。", "This account was suspended or revoked. Ask the registrar."),
    }[error.code], drop);
  } else if (error instanceof Problem) {
    announce(region, "bad", error.message, make("ul", {}, ...error.fields.map((f) => make("li", {}, f.message))), form.hidden ? again : null);
    form.hidden = false;
  } else {
    announce(region, "bad", say("没有办成，请检查网络后重试。密钥已经保存在这个浏览器里。", "Not done. Check the network and try again; the key is kept in this browser.") + " " + error.message, again);
  }
  region.focus();
}

async function discard(entry) {
  await remove(entry.account);
  location.reload();
}

// owning lists the keys of this browser with what becomes of them.
async function owning() {
  const region = document.getElementById("account-keys-status");
  if (!secure(region)) return;
  const show = async () => {
    const entries = await list();
    own.replaceChildren(...(await Promise.all(entries.map((entry) => keyCard(entry, region, show)))),
      make("p", { class: "hint" }, entries.length > 0 ? await kept() : say("这个浏览器里没有密钥。", "This browser holds no key.")));
  };
  await show();
  keyPanel(document.getElementById("account-import"), { msp: own.dataset.msp, done: show });
}

async function keyCard(entry, region, show) {
  const sure = make("details", {}, make("summary", {}, say("从这个浏览器删除", "Remove from this browser")),
    make("p", {}, say("删除以后这把密钥不能恢复。没有密钥文件，也没有别的设备的，以后不能再用这个账号。", "It cannot be brought back. Without key file or another device this account is lost.")),
    make("p", { class: "buttons" }, make("button", { type: "button", class: "button danger", onclick: async () => {
      await remove(entry.account);
      announce(region, "good", say("已经删除：", "Removed: ") + entry.account);
      await show();
      region.focus();
    } }, say("删除密钥", "Remove the key"))));
  const state = entry.certificate ? null : make("p", {}, make("a", { href: "/account/apply" }, say("等待核准，去领取证书", "Waits for approval: fetch the certificate")));
  return make("section", { class: "card" }, facts(await keyFacts(entry)), state, sure);
}
