// The panel with which a person brings a key file into this browser, and what is said about keys everywhere.

import { announce, make, say } from "./dom.js";
import { fingerprint, importKeyFile, KeyTaken, persist, short } from "./keys.js";
import { describe, KeyFileError } from "./keyfile.js";

const defects = () => ({
  not_a_key_file: say("这不是密钥文件。密钥文件里应当有一段以 BEGIN PRIVATE KEY 或者 BEGIN ENCRYPTED PRIVATE KEY 开头的文字。", "This is no key file: it should hold one block that begins with BEGIN PRIVATE KEY or BEGIN ENCRYPTED PRIVATE KEY."),
  passphrase_missing: say("这个密钥文件有口令，请输入口令。", "This key file is encrypted. Give its passphrase."),
  passphrase_wrong: say("口令不对，请重新输入。", "That is not the passphrase. Try again."),
  encryption_unknown: say("这个密钥文件的加密方式不能识别。请用 registryctl 重新生成，或者用 openssl pkcs8 转换为 AES-256-CBC。", "This encryption is not known. Convert the file to AES-256-CBC with openssl pkcs8."),
  not_p256: say("这不是 P-256 密钥，或者文件已经损坏。", "This is no P-256 key, or the file is damaged."),
  public_key_missing: say("这个密钥文件缺少公钥，请用 registryctl 重新生成。", "The file lacks the public key."),
  certificate_differs: say("文件里的证书不是这把密钥和这个账号的。", "The certificate in the file is not for this key and account."),
  account_missing: say("文件里没有账号，请填写账号。", "The file names no account. Give it."),
});

// secure says in the page why nothing can be signed where the browser offers no cryptography, and answers false.
export function secure(region) {
  if (globalThis.crypto?.subtle && globalThis.indexedDB) return true;
  announce(region, "bad", say("这个浏览器或者这个网址不能签名。请用 https 网址，或者换一个新版本的浏览器。", "This browser cannot sign at this address. Use the https address, or a newer browser."));
  return false;
}

// keyFacts are the rows that describe an entry of this browser.
export async function keyFacts(entry) {
  return [
    { label: say("账号", "Account"), value: entry.account, mono: true },
    { label: say("密钥指纹", "Key fingerprint"), value: short(await fingerprint(entry.spki)), mono: true },
  ];
}

// kept says whether the browser promised to keep the keys.
export async function kept() {
  return (await persist())
    ? say("浏览器已经答应长期保存本站的密钥。", "The browser promised to keep the keys of this site.")
    : say("浏览器没有答应长期保存：清除浏览数据会丢失密钥。请保留密钥文件，或者再增加一台设备。", "The browser did not promise to keep them: clearing browsing data loses the key. Keep the key file, or add another device.");
}

// keyPanel fills container with the panel. account is asked for if neither it nor the file names one; done is called with the
// entry that was kept.
export function keyPanel(container, { msp, account = "", done }) {
  const file = make("input", { type: "file", id: "key-file", accept: ".pem,.key,.txt", "aria-describedby": "key-file-help" });
  const passphrase = make("input", { type: "password", id: "key-passphrase", autocomplete: "off", class: "medium" });
  const name = make("input", { id: "key-account", class: "medium mono", value: account || msp + "/", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const passphraseField = field(passphrase, say("密钥文件的口令", "Passphrase of the key file"));
  const nameField = field(name, say("账号", "Account"), say("例如 AgencyMSP/he-applicant", "for example AgencyMSP/he-applicant"));
  const open = make("button", { class: "button", hidden: true }, say("导入密钥", "Import the key"));
  const region = make("div", { role: "status", class: "notice live", tabindex: "-1", hidden: true });
  const form = make("form", { class: "drop" },
    make("div", { class: "field" }, make("label", { for: "key-file" }, say("密钥文件", "Key file")),
      make("p", { class: "hint", id: "key-file-help" }, say("选择文件，或者把文件拖到这里。文件只在这个浏览器里读取，不会上传；导入以后谁也读不出密钥。", "Choose the file, or drop it here. It is read in this browser only and sent nowhere; once imported nobody can read the key out.")), file),
    passphraseField, nameField, make("p", { class: "buttons" }, open), region);
  let content = "";

  const show = (found) => {
    passphraseField.hidden = !found.encrypted;
    nameField.hidden = Boolean(found.account || account);
    open.hidden = passphraseField.hidden && nameField.hidden;
    if (open.hidden) return take();
    return (found.encrypted ? passphrase : name).focus();
  };
  const refuse = (error) => {
    const known = error instanceof KeyFileError ? defects()[error.code]
      : error instanceof KeyTaken ? say("这个浏览器里已经有这个账号的另一把密钥，没有覆盖。", "This browser holds another key of this account; it was not overwritten.") : null;
    announce(region, "bad", known ?? say("密钥没有导入。", "The key was not imported.") + " " + error.message);
    const wanted = { passphrase_missing: passphrase, passphrase_wrong: passphrase, account_missing: name }[error.code];
    (wanted ?? region).focus();
  };
  const take = async () => {
    open.disabled = true;
    announce(region, "", say("正在导入……", "Importing …"));
    try {
      const entry = await importKeyFile(content, passphrase.value, account || name.value.trim());
      content = passphrase.value = file.value = "";
      announce(region, "good", say("密钥已导入：", "Imported: ") + entry.account, make("p", {}, await kept()));
      await done(entry);
    } catch (error) {
      refuse(error);
    } finally {
      open.disabled = false;
    }
  };
  const read = async (chosen) => {
    if (!chosen) return;
    try {
      content = chosen.size > 100_000 ? "" : await chosen.text();
      await show(describe(content));
    } catch (error) {
      refuse(error);
    }
  };

  file.addEventListener("change", () => read(file.files[0]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take();
  });
  for (const type of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(type, (event) => {
      event.preventDefault();
      form.classList.toggle("over", type === "dragover");
      if (type === "drop") read(event.dataTransfer.files[0]);
    });
  }
  passphraseField.hidden = nameField.hidden = true;
  container.replaceChildren(form);
}

function field(input, label, help) {
  const hint = help && make("p", { class: "hint", id: input.id + "-help" }, help);
  if (hint) input.setAttribute("aria-describedby", hint.id);
  return make("div", { class: "field" }, make("label", { for: input.id }, label), hint, input);
}
