// A text → the topic that it is about, with the probability of each. `{"text": "…"}` gives one answer, `{"texts": ["…", …]}` a list.

import labels from "./labels.json";
import { type Json, Refused, type Transform } from "./model";
import vocabulary from "./vocabulary.txt";

const places = new Map(
  vocabulary
    .trimEnd()
    .split("\n")
    .map((token, index) => [token, index]),
);

/** Size of the model's input. A vocabulary of another size would be another model's: the transform then does not load. */
const width = 251;
if (places.size !== width) throw new Error("vocabulary.txt is not the model's");

/** Bounds on what a call can cost: texts, and characters of each. */
const most = { texts: 64, characters: 10_000 };

export default {
  request(body, context) {
    const texts = textsOf(body);
    context.state["single"] = !Array.isArray(texts);
    const all = [texts].flat();
    const data = new Float32Array(all.length * width);
    all.forEach((text, row) => {
      for (const token of tokensOf(text)) {
        const place = places.get(token);
        if (place !== undefined) data[row * width + place]! += 1;
      }
    });
    return { counts: { shape: [all.length, width], data } };
  },

  response({ label, probabilities }, context) {
    const answers = Array.from(label.data, (index, row) => ({
      topic: labels[Number(index)],
      scores: Object.fromEntries(
        labels.map((name, column) => [name, probabilities.data[row * labels.length + column]]),
      ),
    }));
    return context.state["single"] === true ? answers[0]! : answers;
  },
} satisfies Transform;

function textsOf(body: Json | Uint8Array): string | string[] {
  if (typeof body !== "object" || body === null || body instanceof Uint8Array || Array.isArray(body))
    throw new Refused('send {"text": "…"} or {"texts": ["…", …]} as JSON');
  const given = body["text"] ?? body["texts"];
  const texts = Array.isArray(given) ? given : [given];
  if (texts.length === 0 || texts.length > most.texts) throw new Refused(`texts: must be 1 to ${most.texts}`);
  for (const text of texts)
    if (typeof text !== "string" || text.length > most.characters)
      throw new Refused(`text: must be a text of at most ${most.characters} characters`);
  return given as string | string[];
}

/** As `examples/train.py` has it: the first five letters of each word. */
function tokensOf(text: string): string[] {
  return (text.toLowerCase().match(/[a-z]{2,}/g) ?? []).map((word) => word.slice(0, 5));
}
