// The list of codings at the side: what a screen reader gets, and where a coding is changed.

/** One coding as an article with its buttons; `acts` are [label, what it does, whether it can be done now]. */
export function item(coding, path, css, acts) {
  const made = element("article", "coding");
  made.dataset.coding = coding.id;
  const title = element("h3");
  title.append(element("span", `swatch ${css}`), " ", path.join(" › "));
  made.append(title, element("p", "by", coding.coder ? `by ${coding.coder}` : "coder unknown"), quoted(coding.text));
  if (coding.note) made.append(element("p", "note", coding.note));
  const buttons = element("p", "acts");
  for (const [label, act, hint] of acts) {
    const button = element("button", "", label);
    button.type = "button";
    button.title = hint;
    button.addEventListener("click", act);
    buttons.append(button);
  }
  made.append(buttons);
  return made;
}

/** A field for the note of a coding; `draft.text` follows what is typed. */
export function noteField(draft, keep, leave) {
  const made = element("form", "note-field");
  const label = element("label", "", "Note");
  const field = element("textarea");
  Object.assign(field, { rows: 3, maxLength: 100000, value: draft.text });
  field.addEventListener("input", () => { draft.text = field.value; });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep();
    else return;
    event.preventDefault();
  });
  label.append(field);
  const left = Object.assign(element("button", "", "Leave"), { type: "button", onclick: leave });
  made.append(label, element("button", "main", "Keep note"), " ", left);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
  return made;
}

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function quoted(text) {
  const made = element("q", "", text.length > 220 ? `${text.slice(0, 140).trim()} … ${text.slice(-70).trim()}` : text);
  made.dir = "auto";
  return made;
}
