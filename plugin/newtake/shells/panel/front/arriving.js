// What an address asks for: "#compare=CLIP KEY" opens the comparison of that clip's takes.

const COMPARE = "#compare=";

// An editor's menu leads here. The address is answered once, as soon as the edit is there, and
// whenever it is opened again in a page that is there already.
export function startArriving(store) {
  const answer = () => {
    if (!location.hash.startsWith(COMPARE) || store.edit === null) return;
    const clip = decodeURIComponent(location.hash.slice(COMPARE.length));
    history.replaceState(null, "", location.pathname);
    store.act("compare", { clip });
  };
  store.subscribe("edit", answer);
  addEventListener("hashchange", answer);
}
