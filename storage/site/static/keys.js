// "/" goes to the search box, j and k step through a list. Pages work without it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable], .CodeMirror")) return;
  if (event.key === "/") {
    document.getElementById("q").focus();
    event.preventDefault();
  } else if (event.key === "j" || event.key === "k") {
    const steps = [...document.querySelectorAll("[data-step], main tbody tr")]
      .map((element) => (element.matches("tr") ? element.querySelector("a") : element))
      .filter((element) => element && element.checkVisibility({ contentVisibilityAuto: true }));
    const at = steps.indexOf(document.activeElement);
    const next = event.key === "j" ? at + 1 : at - 1;
    if (steps[next]) steps[next].focus();
  }
});

// The SQL editor draws a field of its own over the labelled one.
addEventListener("load", () => {
  for (const field of document.querySelectorAll(".CodeMirror textarea")) field.setAttribute("aria-label", "SQL");
});
