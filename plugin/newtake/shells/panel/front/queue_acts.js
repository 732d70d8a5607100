// What a person does about a job: cancelling, going on with it, bringing takes in.

import { dollars, say, troubleText } from "./elements.js";
import { question } from "./question.js";
import { submits } from "./queue_words.js";
import { ask, wordsOf } from "./server.js";

const PAST_SUBMIT = new Set(["wait", "download", "conform", "relink"]);

async function told(work) {
  try {
    say((await work()) ?? "");
  } catch (error) {
    say(troubleText(wordsOf(error)));
  }
}

export const collect = () => told(async () => (await ask("collect")).text);

// Asked first where something was submitted already: it may cost all the same.
export function cancel(job) {
  const end = async () => (await ask("cancel", { job: job.id })).text;
  if (!PAST_SUBMIT.has(job.step)) return told(end);
  return question({
    title: `Cancel ${job.clip}?`,
    lines: [
      "It was submitted. What the service has begun may be charged all the same.",
      `Known of its cost: ${job.money}.`,
    ],
    agreements: [],
    yes: "Cancel the job",
    act: async () => say(await end()),
  });
}

export function resume(job) {
  const go = async (agreed) => {
    await ask("resume", { job: job.id, price: job.resume_price, agree_public: Boolean(agreed.agree_public) });
    say(`${job.clip} goes on.`);
  };
  if (submits(job)) return askToResume(job, go, []);
  return go({}).catch((error) => {
    const words = wordsOf(error);
    if (words.error === "Consent") askToResume(job, go, [{ name: "agree_public", text: words.why }]);
    else say(troubleText(words));
  });
}

function askToResume(job, go, agreements) {
  const price = job.resume_price === null ? "" : ` for ${dollars(job.resume_price)}`;
  const wanted = [...agreements];
  if (job.resume_unknown) wanted.push({ name: "unknown", text: "Go on without knowing the price." });
  question({
    title: submits(job) ? `Submit ${job.clip}${price}?` : `Go on with ${job.clip}?`,
    lines: [
      `“${job.prompt}” (${job.settings}).`,
      submits(job) ? "Nothing that it would pay for was submitted yet." : "Nothing is submitted by going on.",
      `So far: ${job.money}.`,
    ],
    agreements: wanted,
    yes: `${job.status === "failed" ? "Retry" : "Resume"}${price}`,
    act: go,
    onConsent: (text) => askToResume(job, go, [{ name: "agree_public", text }]),
  });
}
