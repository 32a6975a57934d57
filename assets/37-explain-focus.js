// A link of the list that is gone once it was followed leaves the keyboard to its heir, and not to the top of the page: the same
// way on the next page of rows, or the next condition that may be taken away.
(function () {
  const places = { pager: ".sd-explain-pager a", chips: "#explain-chips a" };
  let left = null; // the link that was followed last: its place, its words, and where it stood

  function heir() {
    const links = [...document.querySelectorAll(places[left.place])];
    if (left.place === "pager") return links.find((link) => link.textContent === left.words) || links[0];
    return links[Math.min(left.at, links.length - 1)] || document.getElementById("explain-column");
  }

  document.addEventListener("click", (event) => {
    left = null;
    for (const [place, links] of Object.entries(places)) {
      const link = event.target.closest(links);
      if (link) left = { place, link, words: link.textContent, at: [...document.querySelectorAll(links)].indexOf(link) };
    }
  });
  document.addEventListener("focusin", (event) => {
    if (left && event.target !== left.link) left = null; // the keyboard has gone elsewhere by itself
  });
  new MutationObserver(() => {
    if (!left || left.link.isConnected) return;
    const next = heir();
    left = null;
    if (next && document.activeElement === document.body) next.focus();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
