// What every page has: undo and redo by key outside fields are the reader's own; here only small comforts.

// A question before what cannot be seen at once; forms say it in data-ask.
document.addEventListener("submit", (event) => {
  const ask = event.target.dataset.ask;
  if (ask && !window.confirm(ask)) event.preventDefault();
});

// An address that ends so asks for the page on paper.
if (location.hash === "#print") window.addEventListener("load", () => window.print());
