/**
 * Keeps the list current by asking every second (an unchanged list costs a 304) and shows one mail.
 * Everything a mail brings is set as text; its HTML is shown only inside the sandboxed frame.
 */
export const SINK_SCRIPT = `
const POLL_MS = 1000;
const at = (id) => document.getElementById(id);
const parts = [...document.querySelectorAll("[data-part]")];
let mails = [];
let shown = null;
let wanted = "html";
let etag = "";

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const span = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });

const row = (mail) => {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const time = Object.assign(document.createElement("time"), { dateTime: mail.receivedAt, textContent: clock(mail.receivedAt) });
  button.dataset.id = mail.id;
  button.append(span("subject", mail.subject || "(no subject)"), span("to", mail.to.join(", ")), time);
  button.addEventListener("click", () => { show(mail); at("mail").focus({ preventScroll: true }); });
  const item = document.createElement("li");
  item.append(button);
  return item;
};

const linked = (text) => text.split(/(https?:\\/\\/[^\\s<>"]+)/).map((piece, index) => index % 2
  ? Object.assign(document.createElement("a"), { href: piece, textContent: piece, target: "_blank", rel: "noreferrer" })
  : piece);

const showPart = () => {
  const has = { html: shown.html !== "", text: shown.text !== "", headers: true };
  const part = has[wanted] ? wanted : has.html ? "html" : has.text ? "text" : "headers";
  for (const button of parts) {
    const name = button.dataset.part;
    button.disabled = !has[name];
    button.setAttribute("aria-pressed", String(name === part));
    at(name).hidden = name !== part;
  }
};

const show = (mail) => {
  shown = mail;
  at("mail").hidden = false;
  at("subject").textContent = mail.subject || "(no subject)";
  at("from").textContent = mail.from;
  at("to").textContent = mail.to.join(", ");
  at("received").textContent = new Date(mail.receivedAt).toLocaleString();
  at("html").src = "/messages/" + encodeURIComponent(mail.id) + "/html";
  at("text").replaceChildren(...linked(mail.text));
  at("headers").textContent = Object.entries(mail.headers).map(([name, value]) => name + ": " + value).join("\\n");
  showPart();
  markCurrent();
};

const markCurrent = () => {
  for (const button of at("list").querySelectorAll("button")) {
    if (button.dataset.id === shown?.id) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
};

const render = () => {
  const focused = document.activeElement?.dataset?.id;
  at("list").replaceChildren(...mails.map(row));
  if (focused) at("list").querySelector('[data-id="' + CSS.escape(focused) + '"]')?.focus();
  at("empty").hidden = mails.length > 0;
  at("clear").hidden = mails.length === 0;
  at("status").textContent = mails.length === 1 ? "1 mail" : mails.length + " mails";
  document.title = mails.length === 0 ? "Mail sink" : "(" + mails.length + ") Mail sink";
  if (shown && !mails.some((mail) => mail.id === shown.id)) { shown = null; at("mail").hidden = true; }
  if (!shown && mails.length > 0) show(mails[0]); else markCurrent();
};

const poll = async () => {
  try {
    const answer = await fetch("/api/messages");
    const next = answer.headers.get("ETag");
    if (next !== etag) { etag = next; mails = await answer.json(); render(); }
  } catch {
    etag = "";
    at("status").textContent = "The sink does not answer; trying again";
  }
  setTimeout(poll, POLL_MS);
};

for (const button of parts) button.addEventListener("click", () => { wanted = button.dataset.part; showPart(); });
at("clear").addEventListener("click", async () => {
  if (confirm("Delete all mails?")) await fetch("/api/messages", { method: "DELETE" });
});
poll();
`;
