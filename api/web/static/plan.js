// Follows a plan live: the server says what moved, in the reader's language; nothing is asked again.
// Without scripts the page loads itself again instead.
(() => {
  const part = document.querySelector("[data-follow]");
  if (!part || !window.EventSource) return;
  const events = new EventSource(part.dataset.follow);
  const show = (name, tell) => events.addEventListener(name, (event) => tell(JSON.parse(event.data)));

  const badge = (within, told) => {
    const state = within.querySelector(".state");
    state.className = `state state-${told.tone}`;
    state.textContent = told.label;
  };

  show("device", (told) => {
    const row = document.getElementById(`push-${told.push}`);
    if (!row) return; // on another page of the list
    badge(row, told);
    row.querySelector(".step").textContent = told.step;
  });
  show("plan", (told) => {
    badge(part, told);
    document.getElementById("fait").textContent = told.ended;
    document.getElementById("total").textContent = told.total;
    const bar = document.getElementById("avancement");
    bar.max = told.total;
    bar.value = told.ended;
    for (const [wave, ended, total] of told.waves) {
      const row = document.getElementById(`vague-${wave}`);
      if (!row) continue;
      row.querySelector("progress").value = ended;
      row.querySelector(".fait").textContent = `${ended} / ${total}`;
    }
  });
  show("end", () => {
    events.close();
    window.location.reload(); // errors, differences and journals are in the page as it is now
  });
})();
