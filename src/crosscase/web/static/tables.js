// Filter the columns of a wide table by their headings; the first column and the totals stay.

const field = document.getElementById("column-filter");
const count = document.getElementById("column-count");
const table = document.querySelector(".cross table");

if (field && table) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const names = heads.map((one) => one.textContent.toLocaleLowerCase());
  const stays = (at) => at === 0 || (at === names.length - 1 && !heads[at].querySelector("a") && names[at] === "codings");
  const filter = () => {
    const wanted = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    names.forEach((name, at) => {
      const fits = stays(at) || wanted.every((part) => name.includes(part));
      shown += fits && !stays(at);
      if (heads[at].hidden !== !fits) {
        heads[at].hidden = !fits;
        for (const row of rows) row.cells[at].hidden = !fits;
      }
    });
    count.textContent = wanted.length ? `${shown} of ${names.length - 1} columns` : "";
  };
  field.addEventListener("input", filter);
  // Enter filters, it does not load the page again
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  filter();
}
