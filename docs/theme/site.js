// What the theme leaves out for those who use no mouse, or no eyes.
document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
// It puts wide tables into boxes that scroll, after this has run.
addEventListener("load", () => {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) box.tabIndex = 0;
});
