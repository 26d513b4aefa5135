// Enhancements only: every page works without this file.
"use strict";
document.querySelectorAll("form[data-upload]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file || !window.XMLHttpRequest) return;
    event.preventDefault();
    const bar = form.querySelector("progress");
    bar.hidden = false;
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) bar.value = (100 * e.loaded) / e.total; });
    request.addEventListener("load", () => {
      document.open(); document.write(request.responseText); document.close();
      if (request.responseURL) history.replaceState(null, "", request.responseURL);
    });
    request.addEventListener("error", () => { bar.hidden = true; form.submit(); });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
});
const summary = document.getElementById("summary");
if (summary) summary.focus();
