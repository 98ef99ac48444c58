// Keeps a writer told about what is saved. The page saves without this file too, by its buttons.
(function () {
  "use strict";

  const form = document.getElementById("answer");
  const status = document.getElementById("saved");
  if (!form || !status) return;

  const AGAIN_AFTER = 5000;
  const WITH_WORDS = [400, 401, 409];
  const KEPT = ["narrative", "self_rating", "rating_reason", "ticked", "outcome", "comment"];
  const PLACE = "milepost-unsaved:" + form.dataset.keep;
  const AT_LEAST_EVERY = 10000;
  let unsaved = false;
  let refused = false;
  let sent = "";
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

  // What is not acknowledged yet stays in this tab, for the person who typed it: over a lost connection, a
  // reload, a way back. The browser drops it with the tab, so nothing of it is left on a shared machine.

  function pairs(isChosen, valueOf) {
    return Array.from(form.elements).filter(function (one) {
      return KEPT.includes(one.name) && (one.type === "textarea" || isChosen(one));
    }).map(function (one) { return [one.name, one.type === "textarea" ? valueOf(one) : one.value]; });
  }

  function typed() {
    return pairs(function (box) { return box.checked; }, function (field) { return field.value; });
  }

  // As the page came: a browser may have put back by itself what was typed before a reload.
  function came() {
    return pairs(function (box) { return box.defaultChecked; }, function (field) { return field.defaultValue; });
  }

  function version() {
    return form.querySelector("[name=version]");
  }

  function keep(submitted) {
    const entry = { version: version().value, typed: typed(), submitted: Boolean(submitted) };
    try {
      sessionStorage.setItem(PLACE, JSON.stringify(entry));
    } catch (error) {
      // A full or forbidden store: the text is still in its field.
    }
  }

  function forget() {
    sessionStorage.removeItem(PLACE);
  }

  function kept() {
    try {
      return JSON.parse(sessionStorage.getItem(PLACE));
    } catch (error) {
      return null;
    }
  }

  function fill(entries) {
    form.querySelectorAll("[type=checkbox], [type=radio]").forEach(function (box) {
      if (!KEPT.includes(box.name)) return;
      box.checked = entries.some(function (pair) { return pair[0] === box.name && pair[1] === box.value; });
    });
    form.querySelectorAll("textarea").forEach(function (field) {
      const pair = entries.find(function (one) { return one[0] === field.name; });
      if (pair) field.value = pair[1];
    });
  }

  function restore() {
    if (form.dataset.recovered) {
      form.dispatchEvent(new Event("input"));
      return;
    }
    const entry = kept();
    if (!entry) return;
    const same = JSON.stringify(entry.typed) === JSON.stringify(came());
    const arrived = entry.submitted && Number(form.dataset.version) > Number(entry.version);
    if (same || arrived) {
      forget();
      return;
    }
    fill(entry.typed);
    // The version that was seen while typing: whatever came after it is compared, not overwritten.
    version().value = entry.version;
    status.textContent = form.dataset.restored;
    form.dispatchEvent(new Event("input"));
  }

  function tryAgain(after) {
    clearTimeout(again);
    again = setTimeout(function () { form.dispatchEvent(new Event("input")); }, after);
  }

  form.addEventListener("input", function () {
    unsaved = true;
    if (status.textContent !== form.dataset.pending) status.textContent = form.dataset.pending;
    keep(false);
  });

  // Whoever writes without a pause is saved as well.
  setInterval(function () {
    if (unsaved && !refused && navigator.onLine) form.dispatchEvent(new Event("keepnow"));
  }, AT_LEAST_EVERY);

  // By a link or by closing: the browser takes these words along after the page is gone.
  window.addEventListener("pagehide", function () {
    const entry = kept();
    if (!entry || entry.submitted || refused || !navigator.onLine) return;
    freshenToken();
    const words = new URLSearchParams(entry.typed);
    words.append("version", version().value);
    words.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    keep(true);
    fetch(form.getAttribute("hx-post"), { method: "POST", body: words, keepalive: true, headers: { "HX-Request": "true" } });
  });

  // A page that comes back as it was left does not know what was saved since.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });

  form.addEventListener("submit", function (event) {
    if (!navigator.onLine) {
      event.preventDefault();
      status.textContent = form.dataset.unsaved;
      return;
    }
    freshenToken();
    keep(true);
    unsaved = false;
  });

  form.addEventListener("htmx:configRequest", function (event) {
    sent = JSON.stringify(typed());
    unsaved = false;
    refused = false;
    freshenToken();
    const token = cookie("csrftoken");
    if (!token) return;
    event.detail.parameters.csrfmiddlewaretoken = token;
    event.detail.headers["X-CSRFToken"] = token;
  });

  form.addEventListener("htmx:afterRequest", function (event) {
    if (!event.detail.successful) return;
    if (JSON.stringify(typed()) === sent) forget();
    else keep(false);
  });

  status.addEventListener("htmx:beforeSwap", function (event) {
    if (WITH_WORDS.includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      unsaved = true;
      refused = true;
    }
  });

  form.addEventListener("htmx:responseError", function () {
    unsaved = true;
    refused = true;
    status.textContent = form.dataset.refused;
  });

  form.addEventListener("htmx:sendError", function () {
    unsaved = true;
    status.textContent = form.dataset.unsaved;
    tryAgain(AGAIN_AFTER);
  });

  window.addEventListener("online", function () { if (unsaved) tryAgain(0); });
  window.addEventListener("beforeunload", function (event) {
    if (unsaved && (refused || !navigator.onLine)) event.preventDefault();
  });

  // Only then does htmx listen to the form.
  document.addEventListener("DOMContentLoaded", restore);
})();
