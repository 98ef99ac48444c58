// Keeps a writer told about what is saved. The page saves without this file too, by its buttons.
(function () {
  "use strict";

  const form = document.getElementById("answer");
  const status = document.getElementById("saved");
  if (!form || !status) return;

  const AGAIN_AFTER = 5000;
  const WITH_WORDS = [400, 401, 409];
  let unsaved = false;
  let again = null;

  function cookie(name) {
    const found = document.cookie.split("; ").find(function (part) { return part.startsWith(name + "="); });
    return found ? found.slice(name.length + 1) : "";
  }

  // Signing in again in another tab changes the token that this page was made with.
  function freshenToken() {
    const token = cookie("csrftoken");
    if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token;
  }

  function tryAgain() {
    clearTimeout(again);
    again = setTimeout(function () { form.dispatchEvent(new Event("input")); }, AGAIN_AFTER);
  }

  form.addEventListener("input", function () { unsaved = true; });
  form.addEventListener("submit", function () {
    freshenToken();
    unsaved = false;
  });

  form.addEventListener("htmx:configRequest", function (event) {
    freshenToken();
    const token = cookie("csrftoken");
    if (!token) return;
    event.detail.parameters.csrfmiddlewaretoken = token;
    event.detail.headers["X-CSRFToken"] = token;
    unsaved = false;
  });

  status.addEventListener("htmx:beforeSwap", function (event) {
    if (WITH_WORDS.includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      unsaved = true;
    }
  });

  form.addEventListener("htmx:responseError", function () {
    unsaved = true;
    status.textContent = form.dataset.refused;
  });

  form.addEventListener("htmx:sendError", function () {
    unsaved = true;
    status.textContent = form.dataset.unsaved;
    tryAgain();
  });

  window.addEventListener("beforeunload", function (event) {
    if (unsaved) event.preventDefault();
  });
})();
