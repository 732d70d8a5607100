// What the menu does by itself: takes of clips are changed and removed, files are shown.

import { say, troubleText } from "./elements.js";
import { offerAbout } from "./about.js";
import { takeName } from "./menu_clip.js";
import { question } from "./question.js";
import { ask, wordsOf } from "./server.js";
import { startUndo } from "./undo.js";

export function offerActs(store) {
  offerAbout(store);
  startUndo(store);
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
        say(await store.act("change takes", { changes: [{ clip, what: "remove", take }] }));
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
