// What the menu does by itself: takes of clips are changed, files are shown.

import { say, troubleText } from "./elements.js";
import { offerAbout } from "./about.js";
import { takeName } from "./menu_clip.js";
import { question } from "./question.js";
import { ask, wordsOf } from "./server.js";

export function offerActs(store) {
  offerAbout(store);
  store.on("takes", (detail) => told(() => ask("takes", detail)));
  store.on("reveal", ({ clip, take }) => told(() => ask("reveal", { clip, take })));
  store.on("remove", ({ clip, take }) => {
    const known = store.takeOf(clip, take);
    const name = takeName(known);
    question({
      title: `Remove ${name} from ${store.clipOf(clip).name}?`,
      lines: [
        known.selected ? "It is selected; the clip shows its original then." : "",
        "It leaves the timeline. Its files stay on disk, and the original is not touched.",
      ],
      agreements: [],
      yes: `Remove ${name}`,
      act: async () => {
        const done = await ask("takes", { changes: [{ clip, what: "remove", take }] });
        say(done.text ?? "");
      },
    });
  });
}

async function told(work) {
  try {
    say((await work()).text ?? "");
  } catch (error) {
    say(troubleText(wordsOf(error)));
  }
}
