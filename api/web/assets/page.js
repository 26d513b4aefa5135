// Enhancements only: every page works without this file.
"use strict";
(() => {
  document.documentElement.classList.add("js");

  // The error summary gets the focus, so that it is read first.
  const summary = document.getElementById("summary");
  if (summary) summary.focus();

  // Upload with progress; a file that is too large is refused before it is sent.
  document.querySelectorAll("form[data-upload]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      const file = form.querySelector("input[type=file]").files[0];
      if (!file) return;
      event.preventDefault();
      const error = form.querySelector("[data-error]");
      if (file.size > Number(form.dataset.limit)) {
        error.textContent = "✗ " + form.dataset.tooLarge;
        error.hidden = false;
        return;
      }
      error.hidden = true;
      const progress = form.querySelector(".progress");
      const bar = progress.querySelector("progress");
      const percent = progress.querySelector("[data-percent]");
      const button = form.querySelector("button");
      progress.hidden = false;
      button.disabled = true;
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (e) => {
        if (!e.lengthComputable) return;
        bar.value = (100 * e.loaded) / e.total;
        percent.textContent = Math.round(bar.value) + " %";
      });
      request.addEventListener("load", () => {
        document.open();
        document.write(request.responseText);
        document.close();
      });
      request.addEventListener("error", () => {
        progress.hidden = true;
        button.disabled = false;
        HTMLFormElement.prototype.submit.call(form);
      });
      request.open("POST", form.action);
      request.send(new FormData(form));
    });
  });

  // What is typed is saved a moment later, as it is; judging waits for the button.
  document.querySelectorAll("form[data-autosave]").forEach((form) => {
    const note = form.querySelector(".saved");
    let timer = 0;
    let leaving = false;
    const save = async () => {
      const body = new URLSearchParams(new FormData(form));
      body.set("then", "autosave");
      try {
        const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
        if (!leaving) note.textContent = answer.status === 204 ? note.dataset.saved + " " + new Date().toLocaleTimeString() : note.dataset.unsaved;
      } catch {
        note.textContent = note.dataset.unsaved;
      }
    };
    form.addEventListener("input", () => {
      note.textContent = note.dataset.unsaved;
      clearTimeout(timer);
      timer = setTimeout(save, 1500);
    });
    form.addEventListener("submit", () => {
      leaving = true;
      clearTimeout(timer);
    });
  });

  // How many characters are left.
  document.querySelectorAll("[data-max]").forEach((field) => {
    const count = document.querySelector('[data-count="' + CSS.escape(field.id) + '"]');
    const show = () => {
      const n = [...field.value.trim().replaceAll("\r\n", "\n")].length;
      count.textContent = n + " / " + field.dataset.max;
      count.classList.toggle("over", n > Number(field.dataset.max));
    };
    field.addEventListener("input", show);
    if (field.value) show();
  });

  // The answers to the questions about level and persons are carried over to the result at once.
  for (const [question, result] of [["wizard.harm", "level"], ["wizard.persons", "personalInfo"]]) {
    const target = document.getElementById(result);
    document.querySelectorAll('input[name="' + question + '"]').forEach((answer) => {
      answer.addEventListener("change", () => { if (target && answer.checked) target.value = answer.value; });
    });
  }

  // A form that signs is sent once.
  document.querySelectorAll("form[data-single]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-single]").forEach((form) => delete form.dataset.sent));
})();
