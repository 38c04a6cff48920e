// Saves each answer as it is given. Without scripts the page's own button does it.
// A version goes with each answer: the server tells when somebody else changed it meanwhile.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  const told = document.getElementById("enregistre");
  const csrf = form.querySelector("input[name=csrf]").value;
  const version = form.querySelector("input[name=version]");
  const waiting = new Set();
  let sending = false;

  const tell = (text, failed) => {
    told.textContent = text;
    told.classList.toggle("saved-failed", Boolean(failed));
  };

  const value = (question) => {
    if (question.dataset.type === "choices") {
      return [...question.querySelectorAll("input:checked")].map((box) => box.value);
    }
    if (question.dataset.type === "table") {
      return [...question.querySelectorAll("tbody tr")].map((row) =>
        Object.fromEntries([...row.querySelectorAll("[data-column]")].map((cell) => [
          cell.dataset.column, cell.querySelector("input, select, textarea").value,
        ])));
    }
    return question.querySelector("input, select, textarea").value;
  };

  const show = (id, sentences) => {
    const place = document.getElementById(`dit-${id}`);
    if (!place) return;
    place.replaceChildren(...sentences.map(({ text, grave }) => {
      const line = document.createElement("p");
      line.className = `problem ${grave ? "problem-wrong" : "problem-warns"}`;
      line.textContent = text;
      return line;
    }));
    const input = document.getElementById(`champ-${id}`);
    if (input) input.toggleAttribute("aria-invalid", false);
    if (input && sentences.some(({ grave }) => grave)) input.setAttribute("aria-invalid", "true");
  };

  const problemsOf = (id, problems) => problems
    .filter(({ path }) => path.split("[")[0] === id)
    .map(({ message, warns, kind }) => ({ text: message, grave: !warns && kind !== "missing" }));

  const taken = (sent, answer) => {
    version.value = answer.version;
    const bar = document.getElementById("avancement");
    if (bar) bar.value = answer.percent;
    for (const id of Object.keys(sent)) show(id, problemsOf(id, answer.problems));
    for (const { field, by } of answer.conflicts) {
      const text = form.dataset.conflict.replace("%(who)s", by.replace(/^user:/, ""));
      show(field, [{ text, grave: false }]);
    }
    for (const question of document.querySelectorAll("[data-field]")) {
      question.hidden = !answer.shown.includes(question.dataset.field);
    }
    tell(form.dataset.saved);
  };

  const refused = (problem) => {
    for (const { where, what } of problem.errors || []) {
      show(where[0].split("[")[0], [{ text: what, grave: true }]);
    }
    tell(problem.errors ? "" : problem.detail || form.dataset.failed, true);
  };

  const send = async () => {
    if (sending || !waiting.size) return;
    sending = true;
    tell(form.dataset.saving);
    const fields = {};
    const names = [...waiting];
    waiting.clear();
    for (const id of names) {
      const question = form.querySelector(`[data-field="${id}"]`);
      fields[id] = { value: value(question), base: Number(version.value) };
    }
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify({ fields }),
      });
      const body = await answer.json();
      if (answer.ok) taken(fields, body);
      else refused(body);
    } catch {
      names.forEach((id) => waiting.add(id)); // sent with the next answer, or by the button
      tell(form.dataset.failed, true);
    }
    sending = false;
    if (waiting.size && !told.classList.contains("saved-failed")) send();
  };

  form.addEventListener("change", (event) => {
    const question = event.target.closest("[data-field]");
    if (!question) return;
    waiting.add(question.dataset.field);
    send();
  });
  window.addEventListener("online", send);
})();
