// Light or dark: as the system says, until a person says otherwise.

import { byId } from "./elements.js";

const KEPT = "newtake.theme";

export function startTheme() {
  const button = byId("theme");
  const light = matchMedia("(prefers-color-scheme: light)");
  const show = () => {
    const theme = localStorage.getItem(KEPT) ?? (light.matches ? "light" : "dark");
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === "light" ? "Dark" : "Light";
    button.setAttribute("aria-label", `${button.textContent} theme`);
  };
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme;
    localStorage.setItem(KEPT, now === "light" ? "dark" : "light");
    show();
  });
  light.addEventListener("change", show);
  addEventListener("storage", (event) => { if (event.key === KEPT) show(); });
  show();
}
