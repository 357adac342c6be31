// Intervals take a while, so the page comes without them and they are put in when they are there.

const working = document.getElementById("working");

if (working) {
  working.replaceChildren("Working out intervals and the unitizing alpha… ", Object.assign(document.createElement("progress"), { ariaLabel: "Working" }));
  try {
    const answer = await fetch(working.dataset.from);
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("coefficients").replaceChildren(...made.body.childNodes);
    working.textContent = "With intervals.";
  } catch (error) {
    working.textContent = `The intervals could not be worked out: ${error.message}.`;
  }
}
