// What a list opens beside it, or over it where there is no room beside. Back returns to the list, where one was.

const narrow = matchMedia("(max-width: 62rem)");

/**
 * @param {HTMLElement} aside where an article is shown
 * @param {object} list
 * @param {string} list.nothing what `aside` holds while nothing is open, as HTML
 * @param {() => string} list.address of the list alone
 * @param {() => void} list.closed called when nothing is open any more
 */
export const openBeside = (aside, { nothing, address, closed }) => {
  const article = () => aside.querySelector("article");
  const others = document.querySelectorAll(".top, .bar, .filter, .list");
  let open = !!article();

  const cover = () => {
    for (const each of others) each.inert = narrow.matches && open;
  };
  const clear = () => {
    if (!open) return;
    open = false;
    aside.innerHTML = nothing;
    cover();
    closed();
  };

  /** An article was put there, which has an address of its own. The first one is a step that Back undoes. */
  const opened = (url) => {
    if (!article()) return clear();
    if (open) history.replaceState(history.state, "", url);
    else history.pushState({ opened: true }, "", url);
    open = true;
    cover();
    if (!narrow.matches) return;
    aside.scrollTop = 0;
    article().querySelector("h2").focus();
  };

  const close = () => {
    if (history.state?.opened) return history.back();
    history.replaceState(null, "", address());
    clear();
  };

  addEventListener("popstate", () => {
    if (history.state?.opened) {
      open = true;
      htmx.ajax("GET", location.pathname + location.search, { target: aside, swap: "innerHTML" });
    } else {
      history.replaceState(null, "", address());
      clear();
    }
  });
  narrow.addEventListener("change", cover);
  cover();
  return { opened, close };
};
