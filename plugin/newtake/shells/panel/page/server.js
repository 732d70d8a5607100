// Asking the server: one POST for each thing; what it refuses is thrown with its words.

export class Trouble extends Error {
  constructor(words) {
    super(words.what);
    this.words = words;
  }
}

export class Gone extends Error {}

export async function ask(what, request = {}, signal = undefined) {
  let answer;
  let document;
  try {
    answer = await fetch(`api/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
      signal,
    });
    document = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Gone();
  }
  if (!answer.ok) throw new Trouble(document);
  return document;
}

export const GONE = {
  what: "New Take does not answer.",
  next: "Open it again: Workspace > Scripts > New Take in Resolve, or `newtake resolve open`.",
};

export const wordsOf = (error) => (error instanceof Trouble ? error.words : GONE);
