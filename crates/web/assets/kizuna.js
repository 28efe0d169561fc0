// Keys, copying, light and dark. Everything here is a convenience: pages work without it.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("with-script");
  const find = document.getElementById("find");
  const help = document.getElementById("help");
  const said = document.getElementById("said");
  const YEAR_SECONDS = 31536000;
  const CHORD_MS = 1500;
  const SAID_MS = 2000;

  const keep = (name, value) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax${secure}`;
  };

  // The node learns the reader's zone once; the next page shows times in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !/(^|; )kizuna-zone=/.test(document.cookie)) keep("kizuna-zone", zone);

  // What was opened tells so itself, once.
  const opened = document.querySelector("form[data-open]");
  if (opened) opened.requestSubmit();

  let saying = 0;
  const say = (text) => {
    said.textContent = text;
    clearTimeout(saying);
    saying = setTimeout(() => { said.textContent = ""; }, SAID_MS);
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without TLS on another host browsers offer no clipboard: select a text box and let the browser copy it.
      const box = document.createElement("textarea");
      box.value = text;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    say(said.dataset.copied);
  };

  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      event.preventDefault();
      copy(copier.dataset.copy);
      return;
    }
    const theme = event.target.closest("[data-set-theme]");
    if (theme) {
      event.preventDefault();
      root.dataset.theme = theme.dataset.setTheme;
      keep("kizuna-theme", theme.dataset.setTheme);
      for (const other of document.querySelectorAll("[data-set-theme]")) {
        if (other === theme) other.setAttribute("aria-pressed", "true");
        else other.removeAttribute("aria-pressed");
      }
      return;
    }
    if (event.target.closest("[data-help]") && help) {
      event.preventDefault();
      help.showModal();
    }
  });

  const step = (by) => {
    const places = [...document.querySelectorAll("[data-list] a.open")];
    if (places.length === 0) return;
    const now = places.indexOf(document.activeElement);
    const next = now < 0 ? (by > 0 ? 0 : places.length - 1) : Math.min(places.length - 1, Math.max(0, now + by));
    places[next].focus();
    places[next].scrollIntoView({ block: "nearest" });
  };

  let chordUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && document.activeElement === find) {
      find.blur();
      return;
    }
    if (event.target.closest("input, select, textarea, [contenteditable], dialog[open]")) return;
    const now = Date.now();
    if (now < chordUntil && /^[a-z]$/.test(event.key)) {
      chordUntil = 0;
      const place = document.querySelector(`[data-go="${event.key}"]`);
      if (place) {
        event.preventDefault();
        place.click();
      }
      return;
    }
    switch (event.key) {
      case "/":
        if (find) { event.preventDefault(); find.focus(); find.select(); }
        break;
      case "g": chordUntil = now + CHORD_MS; break;
      case "j": step(1); break;
      case "k": step(-1); break;
      case "?":
        if (help) { event.preventDefault(); help.showModal(); }
        break;
      default: break;
    }
  });
})();
