// Small conveniences. Every page works without this file.
(function () {
  "use strict";

  const AGAIN_AFTER = 8000;

  // The server decides once whatever happens; this only spares people a second click.
  function setBusy(form, busy) {
    form.toggleAttribute("data-submitted", busy);
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      if (busy) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if (form.hasAttribute("data-submitted")) {
      event.preventDefault();
      return;
    }
    setBusy(form, true);
    setTimeout(setBusy, AGAIN_AFTER, form, false);
  });

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-submitted]").forEach(function (form) {
      setBusy(form, false);
    });
  });

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") closeMenus(null);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  });

  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (menu === except) return;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    });
  }

  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details[data-menu]"));
  });

  // Sparing somebody an upload that would be refused at its end.
  document.addEventListener("change", function (event) {
    const field = event.target;
    if (!field.matches || !field.matches("input[type=file][data-max-bytes]")) return;
    const limit = Number(field.dataset.maxBytes);
    const tooLarge = Array.from(field.files).some(function (file) { return file.size > limit; });
    let note = field.parentElement.querySelector("[data-file-note]");
    if (!note) {
      note = document.createElement("p");
      note.className = "usa-error-message";
      note.setAttribute("role", "alert");
      note.dataset.fileNote = "";
      field.before(note);
    }
    note.textContent = tooLarge ? field.dataset.tooLarge : "";
    if (tooLarge) field.value = "";
  });

  function showCount(field) {
    const note = document.querySelector('[data-counts="' + field.id + '"]');
    if (!note) return;
    const left = Number(note.dataset.limit) - field.value.length;
    const words = left < 0 ? note.dataset.over : note.dataset.left;
    note.textContent = words.replace("{n}", Math.abs(left).toLocaleString());
    note.classList.toggle("mp-field__limit--over", left < 0);
  }

  document.addEventListener("input", function (event) {
    if (event.target.id) showCount(event.target);
  });

  // On a phone the navigation and the tabs scroll sideways: show the entry that the reader has come to.
  document.querySelectorAll("nav ul > li > [aria-current]").forEach(function (link) {
    const list = link.closest("ul");
    const beyond = link.getBoundingClientRect().right - list.getBoundingClientRect().right;
    if (beyond > 0) list.scrollLeft += beyond + list.clientWidth / 4;
  });

  const errors = document.querySelector("[data-errors]");
  if (errors) errors.focus();
})();
