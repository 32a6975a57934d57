// What a person did and the server did not answer is said; otherwise a page would go on as if it were saved. While an answer is
// long on its way, a bar at the top moves.
(function () {
  const ask = window.fetch;
  const BY_ITSELF = /"changedPropIds":\["[\w-]*tick\.n_intervals"\]/;
  const WORDS = { message: "The server did not answer, so what you did last was perhaps not done.", fix: "See that you are connected, and try it again." };
  const SOON_MS = 400; // a quicker answer needs no bar
  let leaving = false;
  let asked = 0; // requests that are under way
  let soon = 0;

  const part = (type, props) => ({ namespace: "dash_html_components", type, props });

  function say({ message, fix }) {
    const words = [part("Strong", { children: message }), part("Span", { children: ` ${fix}` })];
    window.dash_clientside.set_props("notices", { children: [part("Div", { children: words, className: "sd-notice sd-notice-danger", role: "alert" })] });
    document.querySelectorAll(".sd-working").forEach((button) => button.classList.remove("sd-working"));
  }

  function underWay(change) {
    const before = asked;
    asked += change;
    if (Boolean(before) === Boolean(asked)) return;
    clearTimeout(soon);
    if (asked) soon = setTimeout(() => document.body.classList.add("sd-asking"), SOON_MS);
    else document.body.classList.remove("sd-asking");
  }

  window.addEventListener("pagehide", () => {
    leaving = true;
  });
  window.fetch = async function (...given) {
    const [address, options] = given;
    if (!String(address).includes("/_dash-update-component") || BY_ITSELF.test(options && options.body)) return ask.apply(this, given);
    underWay(1);
    try {
      const answer = await ask.apply(this, given);
      window.dispatchEvent(new Event("scoredesk-answered"));
      // Dash itself sees to 401: it loads the page anew, which asks to sign in.
      if (answer.status >= 400 && answer.status !== 401) say({ ...WORDS, ...(await answer.clone().json().catch(() => ({}))) });
      return answer;
    } catch (error) {
      if (!leaving) say(WORDS);
      throw error;
    } finally {
      underWay(-1);
    }
  };
})();
